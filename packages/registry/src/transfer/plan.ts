import { mapInParallel } from '@suite/foundation';
import type { Descriptor } from '../descriptor.ts';
import { RegistryFailure } from '../failure.ts';
import { demandName, demandReference, nameOf } from '../names.ts';
import type { Requests } from '../requests.ts';
import type { Manifest } from './manifest.ts';
import { readRawManifest } from './registry-source.ts';
import type { ImageCopy, ImageSource } from './source.ts';
import { hasBlob, smallBytes } from './upload.ts';
import { type PlannedManifest, type PlannedTag, walkImage } from './walk.ts';

export interface PlannedImage {
  readonly copy: ImageCopy;
  readonly root: Descriptor;
  /** The image, what it consists of, and everything that refers to it: each after its own children. */
  readonly manifests: readonly PlannedManifest[];
  readonly tags: readonly PlannedTag[];
}

/** What happens to a blob that a repository needs. */
export interface PlannedBlob {
  readonly repository: string;
  readonly descriptor: Descriptor;
  readonly source: ImageSource;
  readonly action:
    | { readonly kind: 'none' }
    /** Another repository of the target has it, or will. */
    | { readonly kind: 'mount'; readonly from: string }
    /** `isUnasked`: it may be there; whoever sends it asks. */
    | { readonly kind: 'send'; readonly isUnasked?: true };
}

export interface PlanOptions {
  /**
   * Which blobs the target is asked for; `large` ones unless told. Small ones are cheaper to begin than to ask for, so a plan
   * that goes on to be performed need not know: sums count them as sent. One for people asks for `all`.
   */
  readonly asks?: 'all' | 'large';
}

/** What would move; nothing was written to find out. */
export interface TransferPlan {
  readonly images: readonly PlannedImage[];
  readonly blobs: readonly PlannedBlob[];
}

/** Sums of a plan, for people. */
export interface TransferTotals {
  /** Bytes of blobs that go through this process. */
  readonly bytes: number;
  readonly blobs: number;
  readonly mounts: number;
  readonly manifests: number;
  /** Signatures, SBOMs and other referrers among the manifests, those that are there included. */
  readonly referrers: number;
  /** Layers that stay where they are. */
  readonly foreign: number;
  /** New ones and those that move. */
  readonly tags: number;
}

const imagesAtOnce = 4;
const looksAtOnce = 8;

/** Throws RegistryFailure where a source lacks something, or sends something else than its digest says. */
export async function planTransfer(
  requests: Requests,
  copies: readonly ImageCopy[],
  { asks = 'large' }: PlanOptions = {},
): Promise<TransferPlan> {
  for (const { repository, digest, tags } of copies) {
    demandName(repository);
    for (const reference of [digest, ...tags]) demandReference(reference);
    if (!digest.startsWith('sha256:')) throw new Error(`"${digest}" is no digest: a tag is no source.`);
  }
  const images = await mapInParallel(copies, imagesAtOnce, copy => planImage(requests, copy));
  return { images, blobs: await planBlobs(requests, images, asks) };
}

async function planImage(requests: Requests, copy: ImageCopy): Promise<PlannedImage> {
  const target = { read: (reference: string) => readRawManifest(requests, copy.repository, reference) };
  const { root, manifests, tags } = await walkImage(copy, target);
  return { copy, root, manifests, tags };
}

interface Need {
  readonly repository: string;
  readonly descriptor: Descriptor;
  readonly source: ImageSource;
}

async function planBlobs(
  requests: Requests,
  images: readonly PlannedImage[],
  asks: 'all' | 'large',
): Promise<readonly PlannedBlob[]> {
  const needs = new Map<string, Map<string, Need>>();
  const places = new Map<string, string>();
  for (const { copy, manifests } of images) {
    for (const { manifest, isPresent } of manifests) {
      for (const descriptor of manifest.blobs) {
        const { digest } = descriptor;
        // A manifest that is there has its blobs: registries take no other.
        if (isPresent) places.set(digest, copy.repository);
        else {
          const byRepository = needs.get(digest) ?? new Map<string, Need>();
          const before = [...byRepository.values()][0];
          if (before !== undefined && before.descriptor.size !== descriptor.size)
            throw twoSizes(copy, manifest, digest);
          if (!byRepository.has(copy.repository)) byRepository.set(copy.repository, { ...copy, descriptor });
          needs.set(digest, byRepository);
        }
      }
    }
  }
  const planned = await mapInParallel([...needs], looksAtOnce, ([digest, byRepository]) =>
    planBlob(requests, [...byRepository.values()], places.get(digest), asks),
  );
  return planned.flat();
}

/** One blob in all repositories that need it: the first one is asked for it, the others mount it from there. */
async function planBlob(
  requests: Requests,
  needs: readonly Need[],
  known: string | undefined,
  asks: 'all' | 'large',
): Promise<readonly PlannedBlob[]> {
  const [first, ...others] = needs;
  if (first === undefined) return [];
  const own = first.source.place?.host === requests.host ? first.source.place.repository : undefined;
  const place = known ?? own;
  const mount = ({ repository, descriptor, source }: Need, from: string): PlannedBlob => ({
    repository,
    descriptor,
    source,
    action: from === repository ? { kind: 'none' } : { kind: 'mount', from },
  });
  if (place !== undefined) return needs.map(need => mount(need, place));
  const { repository, descriptor, source } = first;
  const look = async (): Promise<PlannedBlob['action']> => {
    if (asks === 'large' && descriptor.size <= smallBytes) return { kind: 'send', isUnasked: true };
    return (await hasBlob(requests, repository, descriptor.digest)) ? { kind: 'none' } : { kind: 'send' };
  };
  return [{ repository, descriptor, source, action: await look() }, ...others.map(need => mount(need, repository))];
}

/** A blob that a repository needs. */
export interface LostBlob {
  readonly repository: string;
  readonly descriptor: Descriptor;
}

/** Blobs that are not there though the manifest is that names them. Registries take no such manifest, and may lose a blob later. */
export async function findLostBlobs(requests: Requests, { images }: TransferPlan): Promise<readonly LostBlob[]> {
  const needed = new Map<string, LostBlob>();
  for (const { copy, manifests } of images) {
    for (const { manifest, isPresent } of manifests) {
      if (!isPresent) continue;
      for (const descriptor of manifest.blobs) {
        needed.set(nameOf(copy.repository, descriptor.digest), { repository: copy.repository, descriptor });
      }
    }
  }
  const looked = await mapInParallel([...needed.values()], looksAtOnce, async blob => ({
    blob,
    isThere: await hasBlob(requests, blob.repository, blob.descriptor.digest),
  }));
  return looked.flatMap(({ blob, isThere }) => (isThere ? [] : [blob]));
}

export function totalsOf({ images, blobs }: TransferPlan): TransferTotals {
  const sent = blobs.filter(({ action }) => action.kind === 'send');
  const manifests = images.flatMap(image => image.manifests);
  return {
    bytes: sent.reduce((sum, { descriptor }) => sum + descriptor.size, 0),
    blobs: sent.length,
    mounts: blobs.filter(({ action }) => action.kind === 'mount').length,
    manifests: manifests.filter(({ isPresent }) => !isPresent).length,
    referrers: manifests.filter(({ role }) => role === 'referrer').length,
    foreign: manifests.reduce((sum, { manifest }) => sum + manifest.foreign.length, 0),
    tags: images.flatMap(({ tags }) => tags).filter(({ state }) => state !== 'same').length,
  };
}

function twoSizes({ source }: ImageCopy, { descriptor }: Manifest, digest: string): RegistryFailure {
  return new RegistryFailure('untrue', {
    message: `${source.name} gives ${digest} another size in ${nameOf('its manifest', descriptor.digest)} than elsewhere.`,
    remedy: 'Nothing of it was used. Look who made this image.',
  });
}
