import { digestOf } from '../descriptor.ts';
import type { Exchange } from '../exchange.ts';

export interface MemoryRepository {
  readonly blobs: Map<string, Uint8Array>;
  readonly manifests: Map<string, { readonly mediaType: string; readonly bytes: Uint8Array }>;
  readonly tags: Map<string, string>;
}

export interface MemoryCall {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Headers;
  /** Of the body, in bytes. */
  readonly length: number;
}

export interface MemoryOptions {
  /** Whether there is a referrers API. */
  readonly referrers?: boolean;
  /** Whether uploads tell where they stand. */
  readonly status?: boolean;
  /** How many bytes of the n-th flowing request or answer arrive before the connection breaks; all unless told. */
  readonly cutAfter?: (call: MemoryCall, length: number) => number | undefined;
  /** Answers instead of the registry. */
  readonly instead?: (
    call: MemoryCall,
  ) => { readonly status: number; readonly headers?: Record<string, string> } | undefined;
  /** Whether the connection breaks once the registry has done what a flowing request asks for. */
  readonly losesAnswer?: (call: MemoryCall) => boolean;
  /** Told of each byte that the registry has taken; may throw to end the process that sends. */
  readonly onTaken?: (bytes: number) => void;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A registry in memory that answers as OCI distribution 1.1 says: what the transfer is tested against without a network. */
export function createMemoryRegistry(options: MemoryOptions = {}) {
  const repositories = new Map<string, MemoryRepository>();
  const uploads = new Map<string, Uint8Array[]>();
  let begun = 0;
  const calls: MemoryCall[] = [];
  const traffic = { received: 0, sent: 0 };
  const open = (name: string): MemoryRepository => {
    const found = repositories.get(name) ?? { blobs: new Map(), manifests: new Map(), tags: new Map() };
    repositories.set(name, found);
    return found;
  };
  const broken = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
  const lengthOf = (id: string) => (uploads.get(id) ?? []).reduce((sum, chunk) => sum + chunk.length, 0);
  const progress = (id: string, repository: string, status: number): Reply => ({
    status,
    headers: {
      location: `/v2/${repository}/blobs/uploads/${id}`,
      range: `0-${Math.max(0, lengthOf(id) - 1)}`,
    },
  });
  const error = (status: number, code: string): Reply => ({
    status,
    body: new TextEncoder().encode(JSON.stringify({ errors: [{ code, message: code }] })),
  });

  const blob = (call: MemoryCall, name: string, digest: string): Reply => {
    const bytes = repositories.get(name)?.blobs.get(digest);
    if (bytes === undefined) return error(404, 'BLOB_UNKNOWN');
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(call.headers.get('range') ?? '') ?? [];
    if (from === undefined || to === undefined) return { status: 200, body: bytes };
    const range = `bytes ${from}-${to}/${bytes.length}`;
    return { status: 206, headers: { 'content-range': range }, body: bytes.subarray(Number(from), Number(to) + 1) };
  };
  const upload = (call: MemoryCall, name: string, id: string, query: URLSearchParams, body: Uint8Array): Reply => {
    const { method } = call;
    if (id === '' && method === 'POST') {
      const mounted = repositories.get(query.get('from') ?? '')?.blobs.get(query.get('mount') ?? '');
      if (mounted !== undefined) {
        open(name).blobs.set(query.get('mount') ?? '', mounted);
        return { status: 201 };
      }
      begun += 1;
      const made = `u${begun}`;
      uploads.set(made, []);
      return progress(made, name, 202);
    }
    const chunks = uploads.get(id);
    if (chunks === undefined) return error(404, 'BLOB_UPLOAD_UNKNOWN');
    if (method === 'GET') return options.status === false ? error(405, 'UNSUPPORTED') : progress(id, name, 204);
    if (method === 'DELETE') return { status: uploads.delete(id) ? 204 : 404 };
    if (method === 'PATCH') return progress(id, name, 202);
    const whole = Buffer.concat([...chunks, body]);
    uploads.delete(id);
    const digest = query.get('digest') ?? '';
    if (digestOf(whole) !== digest) return error(400, 'DIGEST_INVALID');
    open(name).blobs.set(digest, whole);
    return { status: 201, headers: { 'docker-content-digest': digest } };
  };
  const manifest = (call: MemoryCall, name: string, reference: string, body: Uint8Array): Reply => {
    const repository = open(name);
    if (call.method === 'PUT') {
      const digest = digestOf(body);
      const said = JSON.parse(new TextDecoder().decode(body));
      const needed: { digest: string; mediaType: string }[] = [said.config, ...(said.layers ?? [])].filter(Boolean);
      const isMissing =
        needed.some(one => !repository.blobs.has(one.digest) && !one.mediaType.includes('foreign')) ||
        (said.manifests ?? []).some((one: { digest: string }) => !repository.manifests.has(one.digest));
      // The list of a fall-back tag names what is there as well.
      if (isMissing) return error(400, 'MANIFEST_BLOB_UNKNOWN');
      repository.manifests.set(digest, { mediaType: call.headers.get('content-type') ?? '', bytes: body });
      if (!reference.includes(':')) repository.tags.set(reference, digest);
      const noted = options.referrers !== false && said.subject ? { 'oci-subject': String(said.subject.digest) } : {};
      return { status: 201, headers: { 'docker-content-digest': digest, ...noted } };
    }
    const digest = reference.includes(':') ? reference : (repository.tags.get(reference) ?? '');
    const found = repository.manifests.get(digest);
    if (found === undefined) return error(404, 'MANIFEST_UNKNOWN');
    return {
      status: 200,
      headers: { 'content-type': found.mediaType, 'docker-content-digest': digest },
      body: found.bytes,
    };
  };
  const list = (name: string, digest: string): Reply => {
    if (options.referrers === false) return { status: 404, body: new TextEncoder().encode('404 page not found') };
    const manifests = [...open(name).manifests].flatMap(([own, { mediaType, bytes }]) => {
      const said = JSON.parse(new TextDecoder().decode(bytes));
      return said.subject?.digest === digest ? [{ mediaType, digest: own, size: bytes.length }] : [];
    });
    return { status: 200, body: new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, manifests })) };
  };

  const answer = (call: MemoryCall, url: URL, body: Uint8Array): Reply => {
    const [, name = '', kind = '', rest = ''] =
      /^\/v2\/(.+?)\/(blobs\/uploads|blobs|manifests|referrers|tags)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'blobs') return blob(call, name, rest);
    if (kind === 'blobs/uploads') return upload(call, name, rest, url.searchParams, body);
    if (kind === 'manifests') return manifest(call, name, rest, body);
    if (kind === 'referrers') return list(name, rest);
    const tags = { tags: [...open(name).tags.keys()] };
    return { status: 200, body: new TextEncoder().encode(JSON.stringify(tags)) };
  };
  const note = (method: string, url: URL, headers: Headers, length: number): MemoryCall => {
    const call = { method, path: url.href.slice(url.origin.length), headers, length };
    calls.push(call);
    return call;
  };

  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(String(input));
    const body = (init?.body as Uint8Array | undefined) ?? new Uint8Array();
    const call = note(init?.method ?? 'GET', url, new Headers(init?.headers), body.length);
    if (call.path.includes('/blobs/')) {
      traffic.received += body.length;
      options.onTaken?.(body.length);
    }
    const { status, headers = {}, body: sent }: Reply = options.instead?.(call) ?? answer(call, url, body);
    const isBodiless = call.method === 'HEAD' || status === 204;
    return new Response(isBodiless ? null : (sent as Uint8Array<ArrayBuffer> | undefined), { status, headers });
  };

  /** Takes what arrives of a chunk, also when the connection breaks. */
  const take = async (call: MemoryCall, id: string, length: number, chunks: AsyncIterable<Uint8Array>) => {
    const kept = uploads.get(id);
    const most = options.cutAfter?.(call, length) ?? Number.POSITIVE_INFINITY;
    let taken = 0;
    for await (const chunk of chunks) {
      const part = chunk.slice(0, Math.max(0, most - taken));
      taken += part.length;
      traffic.received += part.length;
      if (part.length > 0) kept?.push(part);
      options.onTaken?.(part.length);
      if (part.length < chunk.length) throw broken();
    }
  };

  const exchange: Exchange = async ({ url, method, headers, body }) => {
    const call = note(method, url, new Headers(headers), body?.length ?? 0);
    const instead = options.instead?.(call);
    const id = url.pathname.split('/').at(-1) ?? '';
    const [from] = (call.headers.get('content-range') ?? '').split('-');
    if (instead === undefined && body !== undefined && uploads.has(id)) {
      if (Number(from) !== lengthOf(id))
        return flowing(call, { ...progress(id, '', 416), ...error(416, 'RANGE_INVALID') });
      await take(call, id, body.length, body.chunks);
    }
    const reply = instead ?? answer(call, url, new Uint8Array());
    if (options.losesAnswer?.(call) === true) throw broken();
    return flowing(call, reply);
  };

  const flowing = (call: MemoryCall, { status, headers = {}, body = new Uint8Array() }: Reply) => {
    async function* parts() {
      const most = call.method === 'GET' ? options.cutAfter?.(call, body.length) : undefined;
      const end = Math.min(body.length, most ?? body.length);
      for (let at = 0; at < end; at += 1000) {
        const part = body.slice(at, Math.min(end, at + 1000));
        traffic.sent += part.length;
        yield part;
      }
      if (end < body.length) throw broken();
    }
    return { status, headers: new Headers(headers), body: parts(), discard: () => undefined };
  };

  return { repositories, uploads, calls, traffic, open, fetch, exchange };
}

export type MemoryRegistry = ReturnType<typeof createMemoryRegistry>;
