import { asArray, asObject, asString, mapInParallel, parseJson, UserError } from '@suite/foundation';
import { type Descriptor, describe, imageIndex, isDigest, readAnnotations } from '../descriptor.ts';
import { RegistryFailure, untrue } from '../failure.ts';
import { readReferrerPages } from '../list.ts';
import { nameOf } from '../names.ts';
import type { Requests } from '../requests.ts';
import { expectHabits } from './habits.ts';
import type { Manifest } from './manifest.ts';
import type { PlannedBlob, PlannedImage, TransferPlan } from './plan.ts';
import { readRawManifest } from './registry-source.ts';
import { createSweep } from './sweep.ts';
import { uploadBlob } from './upload.ts';
import type { PlannedTag } from './walk.ts';

export interface TransferOptions {
  /** Whether a tag that stands for something else moves; refused otherwise, before anything is written. */
  readonly overwrite?: boolean;
  /** Blobs that move at the same time; 4 unless told. */
  readonly blobsAtOnce?: number;
  /** Content of one request, in bytes; 64 MiB unless told. It flows, so this costs no memory. */
  readonly chunkBytes?: number;
  /** Told of bytes as they go. */
  readonly onBytes?: (bytes: number) => void;
}

/** What really moved. */
export interface TransferResult {
  /** Bytes of blobs that were sent, those that were sent again after a failure included. */
  readonly bytes: number;
  readonly blobs: number;
  readonly mounts: number;
  readonly manifests: number;
  readonly tags: readonly PlannedTag[];
}

const mebibyte = 1024 * 1024;

/**
 * Performs a plan: blobs, then manifests with children first, then tags, and no tag before everything of every image is
 * there. It can be ended at any point; the next plan holds what is missing. Throws UserError for a tag that may not move,
 * and RegistryFailure.
 */
export async function performTransfer(
  requests: Requests,
  { images, blobs }: TransferPlan,
  options: TransferOptions = {},
): Promise<TransferResult> {
  if (options.overwrite !== true) demandNoMoves(requests, images);
  const sums = { bytes: 0, blobs: 0, mounts: 0 };
  await moveBlobs(requests, blobs, options, sums);
  const put = await mapInParallel(images, manifestsAtOnce, image => putManifests(requests, image));
  const tags = images
    .flatMap(image => image.tags.map(tag => ({ image, tag })))
    .filter(({ tag }) => tag.state !== 'same');
  await mapInParallel(tags, manifestsAtOnce, ({ image, tag }) => putTag(requests, image, tag));
  const manifests = put.reduce((sum, one) => sum + one, 0);
  return { ...sums, manifests, tags: tags.map(({ tag }) => tag) };
}

const blobsAtOnce = 4;
const manifestsAtOnce = 4;

function demandNoMoves({ host }: Requests, images: readonly PlannedImage[]): void {
  const moves = images.flatMap(({ copy, tags }) =>
    tags.filter(({ state }) => state === 'moves').map(tag => ({ ...tag, repository: copy.repository })),
  );
  if (moves.length === 0) return;
  throw new UserError(
    moves.map(({ repository, tag, before, digest }) => ({
      message: `The tag ${host}/${repository}:${tag} stands for ${before} and would move to ${digest}.`,
      remedy: 'Use another tag, or set `overwrite: true`. Nothing was written.',
    })),
  );
}

async function moveBlobs(
  requests: Requests,
  planned: readonly PlannedBlob[],
  options: TransferOptions,
  sums: { bytes: number; blobs: number; mounts: number },
): Promise<void> {
  const sweep = createSweep();
  const habits = expectHabits(options.chunkBytes ?? 64 * mebibyte);
  const onBytes = (bytes: number) => {
    sums.bytes += bytes;
    options.onBytes?.(bytes);
  };
  const move = async ({ repository, descriptor, source, action }: PlannedBlob) => {
    if (action.kind === 'none') return;
    const how = action.kind === 'mount' ? { from: action.from } : { isUnasked: action.isUnasked === true };
    const moved = await uploadBlob(requests, { repository, descriptor, source, ...how }, { habits, sweep, onBytes });
    if (moved !== 'there') sums[moved === 'mounted' ? 'mounts' : 'blobs'] += 1;
  };
  const atOnce = options.blobsAtOnce ?? blobsAtOnce;
  // The largest first: one of them begun last would be waited for by all.
  const bySize = (one: PlannedBlob, other: PlannedBlob) => other.descriptor.size - one.descriptor.size;
  const sent = planned.filter(({ action }) => action.kind === 'send').sort(bySize);
  await mapInParallel(sent, atOnce, move);
  // What is mounted may come from what was sent.
  await mapInParallel(
    planned.filter(({ action }) => action.kind === 'mount'),
    atOnce,
    move,
  );
}

/** All but the image itself where a tag will bring it; gives how many it put. */
async function putManifests(requests: Requests, { copy, root, manifests, tags }: PlannedImage): Promise<number> {
  const { repository } = copy;
  const missing = manifests.filter(({ isPresent }) => !isPresent).map(({ manifest }) => manifest);
  const referring = manifests.filter(({ manifest }) => manifest.subject !== undefined);
  /** A tag alone brings it later; what refers to it wants it there before. */
  const isTagged =
    referring.length === 0 && tags.some(({ digest, state }) => digest === root.digest && state !== 'same');
  const silent: Manifest[] = [];
  for (const manifest of missing) {
    if (isTagged && manifest.descriptor.digest === root.digest) continue;
    const knowsSubject = await putManifest(requests, repository, manifest.descriptor.digest, manifest);
    if (manifest.subject !== undefined && !knowsSubject) silent.push(manifest);
  }
  // A run that was killed may have put a referrer and not the list of it.
  if (silent.length > 0 || referring.some(({ isPresent }) => isPresent)) {
    await demandListed(
      requests,
      repository,
      referring.map(({ manifest }) => manifest),
    );
  }
  return missing.length;
}

async function putTag(
  requests: Requests,
  { copy, manifests }: PlannedImage,
  { tag, digest }: PlannedTag,
): Promise<void> {
  const found = manifests.find(({ manifest }) => manifest.descriptor.digest === digest);
  if (found === undefined) throw new Error(`The plan has a tag ${tag} for ${digest}, and no such manifest.`);
  await putManifest(requests, copy.repository, tag, found.manifest);
}

/** Whether the registry says that it has noted the subject. */
async function putManifest(
  requests: Requests,
  repository: string,
  reference: string,
  { descriptor, bytes }: Pick<Manifest, 'descriptor' | 'bytes'>,
): Promise<boolean> {
  const { headers } = await requests.patiently({
    repository,
    right: 'push',
    purpose: `push ${nameOf(repository, reference)}`,
    method: 'PUT',
    to: `manifests/${reference}`,
    headers: { 'Content-Type': descriptor.mediaType },
    body: bytes,
    accept: [201],
  });
  const stored = headers.get('docker-content-digest') ?? descriptor.digest;
  if (stored === descriptor.digest) return headers.get('oci-subject') !== null;
  throw untrue(requests.host, `the digest ${stored} for what was pushed as ${descriptor.digest}`);
}

/** Everything that refers to something is found by it: by the referrers API, or by the fall-back tag where there is none. */
async function demandListed(requests: Requests, repository: string, referring: readonly Manifest[]): Promise<void> {
  const bySubject = new Map<string, Manifest[]>();
  for (const manifest of referring) {
    const digest = manifest.subject?.digest ?? '';
    bySubject.set(digest, [...(bySubject.get(digest) ?? []), manifest]);
  }
  for (const [subject, manifests] of bySubject) {
    const listed = await readReferrerPages(requests, repository, subject);
    if (listed === undefined) {
      await putFallback(requests, repository, subject, manifests);
      continue;
    }
    const known = new Set(listed.map(({ descriptor }) => descriptor.digest));
    const lost = manifests.find(({ descriptor }) => !known.has(descriptor.digest));
    if (lost === undefined) continue;
    throw new RegistryFailure('refused', {
      message: `The registry ${requests.host} does not list ${lost.descriptor.digest} among what refers to ${nameOf(repository, subject)}.`,
      remedy: 'Run the job again; if it persists, ask whoever runs that registry.',
    });
  }
}

/** Adds to the fall-back tag; what others have put there stays. */
async function putFallback(
  requests: Requests,
  repository: string,
  subject: string,
  manifests: readonly Manifest[],
): Promise<void> {
  if (!isDigest(subject)) return;
  const tag = subject.replace(':', '-');
  const before = await readRawManifest(requests, repository, tag);
  const entries = asArray(asObject(parseJson(new TextDecoder().decode(before?.bytes)))['manifests']);
  const known = new Set(entries.map(entry => asObject(entry)['digest']));
  const added = manifests.filter(({ descriptor }) => !known.has(descriptor.digest));
  if (added.length === 0) return;
  const all = [...entries, ...added.map(referrerEntry)];
  const bytes = new TextEncoder().encode(JSON.stringify({ schemaVersion: 2, mediaType: imageIndex, manifests: all }));
  await putManifest(requests, repository, tag, { descriptor: describe(imageIndex, bytes), bytes });
}

/** As the referrers API would show it. */
function referrerEntry({ descriptor, bytes }: Manifest): Descriptor & { readonly artifactType?: string } {
  const manifest = asObject(parseJson(new TextDecoder().decode(bytes)));
  const artifactType = asString(manifest['artifactType']) ?? asString(asObject(manifest['config'])['mediaType']);
  const annotations = readAnnotations(manifest['annotations']);
  return {
    ...descriptor,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
