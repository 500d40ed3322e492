import type { Descriptor } from '../descriptor.ts';
import { RegistryFailure, untrue } from '../failure.ts';
import { nameOf } from '../names.ts';
import type { Requests } from '../requests.ts';
import { uploadPlace } from '../upload-place.ts';
import { type ContentReader, openReader } from './content-reader.ts';
import { type Habits, leastChunkBytes, shrinkChunks } from './habits.ts';
import { createHashTrail, type HashTrail } from './hash-trail.ts';
import type { ImageSource } from './source.ts';
import type { Sweep } from './sweep.ts';

export interface BlobUpload {
  readonly repository: string;
  readonly descriptor: Descriptor;
  readonly source: ImageSource;
  /** Repository of the target that has it. */
  readonly from?: string;
  /** Nobody has asked yet whether it is there. */
  readonly isUnasked?: boolean;
}

export interface UploadOptions {
  readonly habits: Habits;
  readonly sweep: Sweep;
  /** Told of bytes that went to the registry, also of those that did not arrive. */
  readonly onBytes: (bytes: number) => void;
}

/** What is not larger goes in one request everywhere, and is cheaper to begin than to ask for. */
export const smallBytes = 4 * 1024 * 1024;
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
): Promise<'mounted' | 'sent' | 'there'> {
  const { repository } = upload;
  const { habits } = options;
  const isUnasked = upload.from === undefined && upload.isUnasked === true;
  // To mount it from where it is to go asks and begins in one request.
  const asks = isUnasked && habits.answersByMounting;
  if (isUnasked && !asks && (await isThere(requests, upload))) return 'there';
  const from = upload.from ?? (asks ? repository : undefined);
  const mounted = from === undefined ? 'refused' : await mount(requests, upload, from);
  if (mounted === 'mounted') return asks ? 'there' : 'mounted';
  if (mounted === 'refused' && asks) habits.answersByMounting = false;
  const begun = mounted === 'refused' ? await begin(requests, upload) : mounted;
  // Nobody asked whether it is there where a mount was planned; a registry that mounts nothing may have it all the same.
  const isUnsure = upload.from !== undefined || (asks && mounted === 'refused');
  if (isUnsure && (await isThere(requests, upload))) {
    await abandon(requests, upload, begun);
    return asks ? 'there' : 'mounted';
  }
  await send(requests, upload, options, begun);
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

async function begin(requests: Requests, upload: BlobUpload): Promise<Session> {
  const { headers } = await requests.patiently({
    ...commonOf(upload),
    method: 'POST',
    to: 'blobs/uploads/',
    accept: [202],
  });
  return sessionOf(requests, upload, headers);
}

/** A registry that does not have it there begins an upload instead. */
async function mount(requests: Requests, upload: BlobUpload, from: string): Promise<Session | 'mounted' | 'refused'> {
  try {
    const { status, headers } = await requests.patiently({
      ...commonOf(upload),
      method: 'POST',
      to: `blobs/uploads/?${new URLSearchParams({ mount: upload.descriptor.digest, from })}`,
      from,
      accept: [201, 202],
    });
    return status === 201 ? 'mounted' : sessionOf(requests, upload, headers);
  } catch (error) {
    // Some registries refuse what they cannot mount, and so does one whose token may not read there.
    if (error instanceof RegistryFailure && (error.kind === 'refused' || error.kind === 'rights')) return 'refused';
    throw error;
  }
}

function sessionOf(requests: Requests, { repository }: BlobUpload, headers: Headers): Session {
  const leastChunk = Number(headers.get('oci-chunk-min-length') ?? 0) || 0;
  return { place: uploadPlace(requests, repository, headers), offset: 0, leastChunk };
}

async function send(requests: Requests, upload: BlobUpload, options: UploadOptions, begun: Session): Promise<void> {
  const { descriptor } = upload;
  const { habits } = options;
  const content: Content = { trail: createHashTrail(), reader: undefined };
  const wherever = async (session: Session) => {
    const found = await locate(requests, upload, session, content.trail.position);
    if (found === undefined) await abandon(requests, upload, session);
    return found;
  };
  let session: Session | undefined = begun;
  let best = 0;
  let failures = 0;
  let isTokenNew = false;
  /** The last chunk goes with the request that closes the upload; after a failure it goes alone, and can be resumed. */
  let closesAtOnce = true;
  let isClosing = false;
  try {
    for (;;) {
      try {
        session ??= await begin(requests, upload);
        while (session !== undefined && session.offset < descriptor.size) {
          const end = endOfChunk(upload, habits, session);
          const mayClose = habits.closesWithContent || descriptor.size <= smallBytes;
          isClosing = end === descriptor.size && closesAtOnce && mayClose;
          const sent: Session | 'closed' | 'refused' = isClosing
            ? await closeWithContent(requests, upload, options, content, session)
            : await sendChunk(requests, upload, options, content, session, end);
          if (sent === 'closed') return;
          if (sent === 'refused') {
            drop(content);
            if (isClosing) habits.closesWithContent = closesAtOnce = false;
            else shrinkChunks(habits);
            isClosing = false;
            session = await wherever(session);
            continue;
          }
          session = sent;
          if (session.offset <= best) continue;
          best = session.offset;
          failures = 0;
          isTokenNew = false;
        }
        if (session === undefined) continue;
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
        // The answer to the last request may have been lost on its way.
        const mayBeDone =
          session !== undefined &&
          (session.offset >= descriptor.size || (isClosing && content.trail.position >= descriptor.size));
        if (mayBeDone && (await isThere(requests, upload))) return;
        if (isClosing && !isOfToken) closesAtOnce = false;
        session = session === undefined ? undefined : await wherever(session);
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

function endOfChunk({ descriptor }: BlobUpload, habits: Habits, { offset, leastChunk }: Session): number {
  return Math.min(descriptor.size, offset + Math.max(habits.chunkBytes, leastChunk));
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

/** Sends the chunk that begins where the registry stands. Refused: it is too large for what stands between. */
async function sendChunk(
  requests: Requests,
  upload: BlobUpload,
  options: UploadOptions,
  content: Content,
  session: Session,
  end: number,
): Promise<Session | 'refused'> {
  const { repository } = upload;
  const { place, offset, leastChunk } = session;
  const reader = await readerAt(upload, content, offset);
  const answer = await requests.flow({
    ...commonOf(upload),
    method: 'PATCH',
    to: place,
    headers: { 'Content-Type': 'application/octet-stream', 'Content-Range': `${offset}-${end - 1}` },
    body: { length: end - offset, chunks: chunksTo(end, reader, content, options) },
    accept: end - offset > Math.max(leastChunkBytes, leastChunk) ? [202, 413] : [202],
  });
  answer.discard();
  if (answer.status === 413) return 'refused';
  const stands = offsetOf(answer.headers) ?? end;
  if (stands > end) throw untrue(requests.host, `an upload of ${stands} bytes where ${end} were sent`);
  return { place: uploadPlace(requests, repository, answer.headers), offset: stands, leastChunk };
}

/**
 * Statuses of a registry, or of a proxy before it, that takes content in chunks alone or no such large request
 * (goharbor/harbor#23015: 413; Azure/acr#866: 416).
 */
const refusalsOfContent = [400, 405, 411, 413, 415, 416, 501];

/** Sends all that is left and closes the upload, in one request. */
async function closeWithContent(
  requests: Requests,
  upload: BlobUpload,
  options: UploadOptions,
  content: Content,
  { place, offset }: Session,
): Promise<'closed' | 'refused'> {
  const { digest, size } = upload.descriptor;
  const reader = await readerAt(upload, content, offset);
  const answer = await requests.flow({
    ...commonOf(upload),
    method: 'PUT',
    to: closingOf(place, digest),
    headers: {
      'Content-Type': 'application/octet-stream',
      ...(offset === 0 ? {} : { 'Content-Range': `${offset}-${size - 1}` }),
    },
    body: { length: size - offset, chunks: checkedToTheEnd(upload, reader, content, options) },
    accept: [201, ...refusalsOfContent],
  });
  answer.discard();
  if (answer.status !== 201) return 'refused';
  demandStored(requests, digest, answer.headers);
  return 'closed';
}

/** The last bytes go only once everything passed and its digest is right: what is wrong is never whole anywhere. */
async function* checkedToTheEnd(
  upload: BlobUpload,
  reader: ContentReader,
  content: Content,
  options: UploadOptions,
): AsyncIterable<Uint8Array> {
  let held: Uint8Array | undefined;
  for await (const chunk of chunksTo(upload.descriptor.size, reader, content, options)) {
    if (held !== undefined) yield held;
    held = chunk;
  }
  // The attempt was given up meanwhile.
  if (held === undefined || content.reader !== reader) return;
  await demandWhole(upload, content);
  yield held;
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

async function finish(requests: Requests, upload: BlobUpload, place: URL): Promise<void> {
  const { digest } = upload.descriptor;
  const { headers } = await requests.send({
    ...commonOf(upload),
    method: 'PUT',
    to: closingOf(place, digest),
    headers: { 'Content-Type': 'application/octet-stream' },
    body: new Uint8Array(),
    accept: [201],
  });
  demandStored(requests, digest, headers);
}

function closingOf(place: URL, digest: string): URL {
  const to = new URL(place);
  to.searchParams.set('digest', digest);
  return to;
}

function demandStored({ host }: Requests, digest: string, headers: Headers): void {
  const stored = headers.get('docker-content-digest') ?? digest;
  if (stored !== digest) throw untrue(host, `the digest ${stored} for what was pushed as ${digest}`);
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
    remedy:
      'Nothing of it was used. Run the job again; if it persists, check who can write there, and what is in between.',
  });
}
