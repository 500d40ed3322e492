import { type Descriptor, digestOf } from '../descriptor.ts';
import { RegistryFailure, untrue } from '../failure.ts';
import { nameOf } from '../names.ts';
import type { Requests } from '../requests.ts';
import { uploadPlace } from '../upload-place.ts';
import { type ContentReader, openReader } from './content-reader.ts';
import { createHashTrail, type HashTrail } from './hash-trail.ts';
import type { ImageSource } from './source.ts';
import type { Sweep } from './sweep.ts';

export interface BlobUpload {
  readonly repository: string;
  readonly descriptor: Descriptor;
  readonly source: ImageSource;
  /** Repository of the target that has it. */
  readonly from?: string;
}

export interface UploadOptions {
  /** Content of one PATCH, in bytes. */
  readonly chunkBytes: number;
  readonly sweep: Sweep;
  /** Told of bytes that went to the registry, also of those that did not arrive. */
  readonly onBytes: (bytes: number) => void;
}

/** What is not larger goes in one request. */
const smallBytes = 4 * 1024 * 1024;
/** Failures in a row without a byte more. */
const mostFailures = 5;

/**
 * Brings a blob into a repository: by mounting where it can, else in chunks that go on where the registry says it stands.
 * The digest is computed from what passes, and an upload is only finished when it is right. Throws RegistryFailure.
 */
export async function uploadBlob(
  requests: Requests,
  upload: BlobUpload,
  options: UploadOptions,
): Promise<'mounted' | 'sent'> {
  const begun = await begin(requests, upload, upload.from);
  if (begun === 'mounted') return 'mounted';
  // Nobody asked whether it is there where a mount was planned; a registry that mounts nothing may have it all the same.
  if (upload.from !== undefined && (await isThere(requests, upload))) {
    await abandon(requests, upload, begun);
    return 'mounted';
  }
  if (upload.descriptor.size <= smallBytes) await sendAtOnce(requests, upload, options, begun);
  else await sendInChunks(requests, upload, options, begun);
  return 'sent';
}

/** An upload as far as the registry has it. */
interface Session {
  readonly place: URL;
  readonly offset: number;
  /** Smallest chunk that the registry takes (OCI distribution specification, `OCI-Chunk-Min-Length`). */
  readonly leastChunk: number;
}

function commonOf({ repository, descriptor }: BlobUpload) {
  return { repository, right: 'push', purpose: `push the blob ${nameOf(repository, descriptor.digest)}` } as const;
}

async function begin(requests: Requests, upload: BlobUpload, from?: string): Promise<Session | 'mounted'> {
  const { repository, descriptor } = upload;
  const query = from === undefined ? '' : `?${new URLSearchParams({ mount: descriptor.digest, from })}`;
  try {
    const answer = await requests.patiently({
      ...commonOf(upload),
      method: 'POST',
      to: `blobs/uploads/${query}`,
      ...(from === undefined ? {} : { from }),
      accept: from === undefined ? [202] : [201, 202],
    });
    if (answer.status === 201) return 'mounted';
    const leastChunk = Number(answer.headers.get('oci-chunk-min-length') ?? 0) || 0;
    return { place: uploadPlace(requests, repository, answer.headers), offset: 0, leastChunk };
  } catch (error) {
    // Some registries refuse what they cannot mount, and so does one whose token may not read there.
    const isRefusal = error instanceof RegistryFailure && (error.kind === 'refused' || error.kind === 'rights');
    if (from === undefined || !isRefusal) throw error;
    return begin(requests, upload);
  }
}

async function sendAtOnce(
  requests: Requests,
  upload: BlobUpload,
  { onBytes, sweep }: UploadOptions,
  begun: Session,
): Promise<void> {
  const { source, descriptor } = upload;
  const bytes = await requests
    .retrying(() => readWhole(source, descriptor))
    .catch(async error => {
      await abandon(requests, upload, begun);
      throw error;
    });
  let session: Session | undefined = begun;
  await requests.retrying(async () => {
    if (session === undefined) {
      // The answer to the last request may have been lost on its way.
      if (await isThere(requests, upload)) return;
      session = await beginAnew(requests, upload);
    }
    const { place } = session;
    session = undefined;
    await finish(requests, upload, place, bytes);
    onBytes(bytes.length);
    sweep(bytes.length);
  });
}

async function readWhole(source: ImageSource, descriptor: Descriptor): Promise<Uint8Array> {
  const reader = await openReader(source, descriptor, 0);
  try {
    const chunks: Uint8Array[] = [];
    for (let left = descriptor.size; left > 0; ) {
      const chunk = await reader.read(left);
      chunks.push(chunk);
      left -= chunk.length;
    }
    await reader.demandEnd();
    const bytes = Buffer.concat(chunks);
    demandDigest(source, descriptor, digestOf(bytes));
    return bytes;
  } finally {
    await reader.close();
  }
}

async function sendInChunks(
  requests: Requests,
  upload: BlobUpload,
  options: UploadOptions,
  begun: Session,
): Promise<void> {
  const { descriptor } = upload;
  const content: Content = { trail: createHashTrail(), reader: undefined };
  let session: Session | undefined = begun;
  let best = 0;
  let failures = 0;
  let isTokenNew = false;
  try {
    for (;;) {
      try {
        session ??= await beginAnew(requests, upload);
        while (session.offset < descriptor.size) {
          session = await sendChunk(requests, upload, options, content, session);
          if (session.offset <= best) continue;
          best = session.offset;
          failures = 0;
          isTokenNew = false;
        }
        await demandWhole(upload, content);
        return await finish(requests, upload, session.place);
      } catch (error) {
        drop(content);
        const verdict = error instanceof RegistryFailure ? error.retry : { retry: false as const };
        // A token that ended in the middle; the next one is new.
        const isOfToken = error instanceof RegistryFailure && error.kind === 'rights' && !isTokenNew;
        failures += 1;
        if ((!verdict.retry && !isOfToken) || failures >= mostFailures) throw error;
        if (isOfToken) isTokenNew = true;
        else await requests.pause(pauseOf(verdict, failures));
        if (session !== undefined && session.offset >= descriptor.size && (await isThere(requests, upload))) return;
        session = session === undefined ? undefined : await locate(requests, upload, session, content.trail.position);
      }
    }
  } catch (error) {
    // What is left of it would only lie there until the registry tidies up.
    if (session !== undefined) await abandon(requests, upload, session);
    throw error;
  } finally {
    drop(content);
  }
}

/** What passes: a reader is given up with the attempt that used it, because that may still wait for its next bytes. */
interface Content {
  readonly trail: HashTrail;
  reader: ContentReader | undefined;
}

function drop(content: Content): void {
  // It ends once its next bytes come, or fail to.
  content.reader?.close().catch(() => undefined);
  content.reader = undefined;
}

/** A reader at an offset; the bytes before it pass for the digest alone. */
async function readerAt({ source, descriptor }: BlobUpload, content: Content, offset: number): Promise<ContentReader> {
  const { trail } = content;
  if (content.reader !== undefined && content.reader.position === offset && trail.position === offset) {
    return content.reader;
  }
  drop(content);
  const reader = await openReader(source, descriptor, trail.rewind(offset));
  content.reader = reader;
  while (trail.position < offset) trail.update(await reader.read(offset - trail.position));
  return reader;
}

/** Everything passed, nothing more comes, and its digest is right. */
async function demandWhole(upload: BlobUpload, content: Content): Promise<void> {
  const { source, descriptor } = upload;
  const reader = await readerAt(upload, content, descriptor.size);
  await reader.demandEnd();
  demandDigest(source, descriptor, content.trail.digest());
}

const longestPauseMs = 60_000;

function pauseOf(verdict: RegistryFailure['retry'], failures: number): number {
  const after = verdict.retry ? verdict.afterMs : undefined;
  return Math.min(longestPauseMs, after ?? 1000 * 2 ** (failures - 1));
}

/** Sends the chunk that begins where the registry stands. */
async function sendChunk(
  requests: Requests,
  upload: BlobUpload,
  options: UploadOptions,
  content: Content,
  session: Session,
): Promise<Session> {
  const { repository, descriptor } = upload;
  const { place, offset, leastChunk } = session;
  const end = Math.min(descriptor.size, offset + Math.max(options.chunkBytes, leastChunk));
  const reader = await readerAt(upload, content, offset);
  const answer = await requests.flow({
    ...commonOf(upload),
    method: 'PATCH',
    to: place,
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Range': `${offset}-${end - 1}` },
    body: { length: end - offset, chunks: chunksTo(end, reader, content, options) },
    accept: [202],
  });
  answer.discard();
  const stands = offsetOf(answer.headers) ?? end;
  if (stands > end) throw untrue(requests.host, `an upload of ${stands} bytes where ${end} were sent`);
  return { place: uploadPlace(requests, repository, answer.headers), offset: stands, leastChunk };
}

async function* chunksTo(
  end: number,
  reader: ContentReader,
  content: Content,
  { onBytes, sweep }: UploadOptions,
): AsyncIterable<Uint8Array> {
  while (reader.position < end) {
    const chunk = await reader.read(end - reader.position);
    // The attempt was given up meanwhile.
    if (content.reader !== reader) return;
    content.trail.update(chunk);
    onBytes(chunk.length);
    sweep(chunk.length);
    yield chunk;
  }
}

/**
 * Asks where an upload stands. Undefined where it cannot go on: the registry lost it, does not tell (as Azure's did for
 * years: Azure/azure-sdk-for-net#35322), or tells what cannot be.
 */
async function locate(
  requests: Requests,
  upload: BlobUpload,
  session: Session,
  sent: number,
): Promise<Session | undefined> {
  const { status, headers } = await requests.patiently({
    ...commonOf(upload),
    method: 'GET',
    to: session.place,
    accept: [200, 204, 400, 404, 405, 416],
  });
  const offset = offsetOf(headers);
  if (status >= 400 || offset === undefined || offset > sent) return undefined;
  const place = headers.has('location') ? uploadPlace(requests, upload.repository, headers) : session.place;
  return { ...session, place, offset };
}

/** `Range: 0-41` is 42 bytes. `0-0` is one or none, so it is taken for no word. */
export function offsetOf(headers: Headers): number | undefined {
  const last = /^(?:bytes[= ])?0-(\d+)$/.exec(headers.get('range') ?? '')?.[1];
  return last === undefined || last === '0' ? undefined : Number(last) + 1;
}

async function beginAnew(requests: Requests, upload: BlobUpload): Promise<Session> {
  const begun = await begin(requests, upload);
  if (begun === 'mounted') throw untrue(requests.host, 'the answer to a mount that nobody asked for');
  return begun;
}

async function finish(requests: Requests, upload: BlobUpload, place: URL, body?: Uint8Array): Promise<void> {
  const { digest } = upload.descriptor;
  const to = new URL(place);
  to.searchParams.set('digest', digest);
  const { headers } = await requests.send({
    ...commonOf(upload),
    method: 'PUT',
    to,
    headers: { 'Content-Type': 'application/octet-stream' },
    body: body ?? new Uint8Array(),
    accept: [201],
  });
  const stored = headers.get('docker-content-digest') ?? digest;
  if (stored !== digest) throw untrue(requests.host, `the digest ${stored} for what was pushed as ${digest}`);
}

async function isThere(requests: Requests, upload: BlobUpload): Promise<boolean> {
  const { repository, descriptor } = upload;
  return hasBlob(requests, repository, descriptor.digest);
}

export async function hasBlob(requests: Requests, repository: string, digest: string): Promise<boolean> {
  const { status } = await requests.patiently({
    repository,
    right: 'pull',
    purpose: `look for the blob ${nameOf(repository, digest)}`,
    method: 'HEAD',
    to: `blobs/${digest}`,
    accept: [200, 404],
  });
  return status === 200;
}

async function abandon(requests: Requests, upload: BlobUpload, { place }: Session): Promise<void> {
  const request = { ...commonOf(upload), method: 'DELETE', to: place, accept: [202, 204] } as const;
  await requests.send(request).catch(() => undefined);
}

function demandDigest(source: ImageSource, { digest }: Descriptor, actual: string): void {
  if (actual === digest) return;
  throw new RegistryFailure('untrue', {
    message: `${source.name} gave something else than ${digest}: it hashes to ${actual}.`,
    remedy: 'Nothing of it was used. Run the job again; if it persists, look who writes there and what stands between.',
  });
}
