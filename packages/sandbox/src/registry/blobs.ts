import { header, type WorldRequest, type WorldResponse } from '../network/http.ts';
import type { RegistryCall } from './call.ts';
import { grants } from './call.ts';
import { beginUpload, digestOf, openRepository, type Traffic, trafficOf, type Upload } from './content.ts';
import { refusals } from './errors.ts';

/** `/v2/<name>/blobs/<digest>` */
export function blobItself({ request, content, name, handOn }: RegistryCall, digest: string): WorldResponse {
  const repository = content.repositories.get(name);
  const blob = repository?.blobs.get(digest);
  if (repository === undefined || blob === undefined) throw refusals.blobUnknown();
  if (request.method === 'DELETE') {
    repository.blobs.delete(digest);
    return { status: 202 };
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') throw refusals.unsupported(`${request.method} of a blob`);
  const elsewhere = request.method === 'GET' ? handOn?.(name, digest) : undefined;
  if (elsewhere !== undefined)
    return { status: 307, headers: { Location: elsewhere, 'Docker-Content-Digest': digest } };
  return sendBlob(request, trafficOf(content, name), digest, blob);
}

/** The blob, or the part of it that was asked for. */
export function sendBlob(request: WorldRequest, traffic: Traffic, digest: string, blob: Buffer): WorldResponse {
  const headers = {
    'Accept-Ranges': 'bytes',
    'Content-Type': 'application/octet-stream',
    'Docker-Content-Digest': digest,
    ETag: `"${digest}"`,
  };
  const range = header(request, 'range');
  const [from, to] = range === undefined ? [0, blob.length] : readRange(range, blob.length);
  const part = blob.subarray(from, to);
  if (request.method === 'GET') traffic.sent += part.length;
  return {
    status: range === undefined ? 200 : 206,
    headers: {
      ...headers,
      'Content-Length': String(part.length),
      ...(range === undefined ? {} : { 'Content-Range': `bytes ${from}-${to - 1}/${blob.length}` }),
    },
    body: part,
  };
}

/** `bytes=2-5`, `bytes=2-` and `bytes=-3`, as a half-open interval. */
function readRange(range: string, length: number): readonly [from: number, to: number] {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length : Math.min(length, Number(last) + 1);
  if ((first === '' && last === '') || from >= to)
    throw refusals.rangeInvalid({ 'Content-Range': `bytes */${length}` });
  return [from, to];
}

/** `/v2/<name>/blobs/uploads/`: begins an upload, does one at once (`digest`), or takes over a blob (`mount`, `from`). */
export async function startUpload(call: RegistryCall): Promise<WorldResponse> {
  const { request, content, name, access } = call;
  if (request.method !== 'POST') throw refusals.unsupported(`${request.method} of all uploads`);
  const mount = request.query.get('mount');
  const from = request.query.get('from');
  if (mount !== null && from !== null && grants(access, 'repository', from, 'pull')) {
    const blob = content.repositories.get(from)?.blobs.get(mount);
    if (blob !== undefined) {
      openRepository(content, name).blobs.set(mount, blob);
      return created(name, mount);
    }
  }
  const upload = beginUpload(content, name);
  const digest = request.query.get('digest');
  if (digest === null) return progress(upload, 202);
  await receive(call, upload);
  return finish(call, upload, digest);
}

/** `/v2/<name>/blobs/uploads/<id>` */
export async function uploadItself(call: RegistryCall, id: string): Promise<WorldResponse> {
  const { request, content, name } = call;
  const upload = content.uploads.get(id);
  if (upload === undefined || upload.repository !== name) throw refusals.uploadUnknown();
  switch (request.method) {
    case 'GET':
      return progress(upload, 204);
    case 'PATCH':
      demandOffset(call, upload);
      await receive(call, upload);
      return progress(upload, 202);
    case 'PUT': {
      const digest = request.query.get('digest');
      if (digest === null) throw refusals.digestInvalid('');
      demandOffset(call, upload);
      await receive(call, upload);
      return finish(call, upload, digest);
    }
    case 'DELETE':
      content.uploads.delete(id);
      return { status: 204 };
    default:
      throw refusals.unsupported(`${request.method} of an upload`);
  }
}

/** What arrives is kept also when the connection breaks: the next chunk goes on from there. */
async function receive({ request, content, name }: RegistryCall, upload: Upload): Promise<void> {
  const traffic = trafficOf(content, name);
  for await (const chunk of request.stream) {
    upload.chunks.push(chunk as Buffer);
    upload.size += (chunk as Buffer).length;
    traffic.received += (chunk as Buffer).length;
  }
}

function finish({ content, name }: RegistryCall, upload: Upload, digest: string): WorldResponse {
  const blob = Buffer.concat(upload.chunks);
  content.uploads.delete(upload.id);
  if (digestOf(blob) !== digest) throw refusals.digestInvalid(digest);
  openRepository(content, name).blobs.set(digest, blob);
  return created(name, digest);
}

/** The chunk must begin where the last one ended, by its own range and by the state in the address. */
function demandOffset({ request }: RegistryCall, upload: Upload): void {
  const [, start] = /^(?:bytes[ =])?(\d+)-\d+/.exec(header(request, 'content-range') ?? '') ?? [];
  const state = request.query.get('_state');
  const offsets = [start, state === null ? undefined : readState(state)].flatMap(one =>
    one === undefined ? [] : [Number(one)],
  );
  if (offsets.some(offset => offset !== upload.size)) throw refusals.rangeInvalid(progressHeaders(upload));
}

function progress(upload: Upload, status: number): WorldResponse {
  return { status, headers: progressHeaders(upload) };
}

function progressHeaders({ id, repository, size }: Upload): Record<string, string> {
  return {
    Location: `/v2/${repository}/blobs/uploads/${id}?_nouploadcache=false&_state=${makeState(size)}`,
    'Docker-Upload-Uuid': id,
    // So a registry says that it has nothing, too.
    Range: `0-${Math.max(0, size - 1)}`,
  };
}

const makeState = (offset: number) =>
  encodeURIComponent(Buffer.from(JSON.stringify({ Offset: offset })).toString('base64'));
const readState = (state: string) => /"Offset":(\d+)/.exec(Buffer.from(state, 'base64').toString('utf8'))?.[1];

function created(name: string, digest: string): WorldResponse {
  return {
    status: 201,
    headers: { Location: `/v2/${name}/blobs/${digest}`, 'Docker-Content-Digest': digest },
  };
}
