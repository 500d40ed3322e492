import { mapInParallel } from '@suite/foundation';
import type { PlannedImage, TransferPlan } from '../transfer/plan.ts';
import type { Transfers } from '../transfer/transfers.ts';

/** What Azure brought, and what it would not. */
export interface ImportOutcome {
  /** The plan without what is there now. */
  readonly plan: TransferPlan;
  /** Why the rest goes another way, one sentence per repository and digest. */
  readonly refusals: ReadonlyMap<PlannedImage, string>;
}

/** A repository in the registry that an image comes from. */
export interface ImportPlace {
  readonly host: string;
  readonly repository: string;
}

export interface ImportTask {
  readonly planned: PlannedImage;
  readonly from: ImportPlace;
}

/** Why the target's own import service did not bring a manifest. */
export interface ImportRefusal {
  readonly why: string;
  /** A right that is missing and a network that is closed are so for all images of that registry. */
  readonly isLasting: boolean;
}

/**
 * Lets the target fetch a manifest and its children by itself, under its digest and without a tag. Gives the refusal after which
 * another way may work; rejects with what is no refusal: an import without an end, a resource manager that does not answer.
 */
export type ImportManifest = (
  from: ImportPlace,
  digest: string,
  repository: string,
) => Promise<ImportRefusal | undefined>;

/** Microsoft names no limit of imports at once; this many have been run by its own pipelines. */
const imagesAtOnce = 8;
const referrersAtOnce = 4;

/**
 * Lets Azure import images by digest, with everything that refers to them, and looks afterwards by digest what really came.
 * No tag moves. Rejects with what is no refusal.
 */
export async function importImages(
  tasks: readonly ImportTask[],
  plan: TransferPlan,
  target: Pick<Transfers, 'find'>,
  importManifest: ImportManifest,
): Promise<ImportOutcome> {
  const refusals = new Map<PlannedImage, string>();
  const lasting = new Map<string, string>();

  await mapInParallel(tasks, imagesAtOnce, async ({ planned, from }) => {
    const known = lasting.get(from.host);
    if (known !== undefined) {
      refusals.set(planned, known);
      return;
    }
    const bring = async (digest: string) => {
      const refusal = await importManifest(from, digest, planned.copy.repository);
      if (refusal === undefined) return;
      if (refusal.isLasting) lasting.set(from.host, refusal.why);
      refusals.set(planned, refusal.why);
    };
    const [first, ...referrers] = rootsOf(planned);
    if (first !== undefined) await bring(first);
    if (refusals.has(planned)) return;
    // What import leaves behind: each goes by its own digest.
    await mapInParallel(referrers, referrersAtOnce, bring);
  });
  return { plan: await withoutPresent(plan, tasks, target), refusals };
}

/** Digests to import: what is missing and no part of something else that is; the image itself comes first. */
export function rootsOf({ root, manifests }: PlannedImage): readonly string[] {
  const missing = manifests.filter(({ isPresent }) => !isPresent).map(({ manifest }) => manifest);
  const parts = new Set(missing.flatMap(({ children }) => children.map(({ digest }) => digest)));
  const roots = missing.map(({ descriptor }) => descriptor.digest).filter(digest => !parts.has(digest));
  return [...roots.filter(digest => digest === root.digest), ...roots.filter(digest => digest !== root.digest)];
}

const looksAtOnce = 8;

/** Asks the target for everything that was imported: only its bytes, which hash to the digest, prove that it is there. */
async function withoutPresent(
  plan: TransferPlan,
  tasks: readonly ImportTask[],
  target: Pick<Transfers, 'find'>,
): Promise<TransferPlan> {
  const imported = new Set(tasks.map(({ planned }) => planned));
  const images = await mapInParallel(plan.images, 1, async image => {
    if (!imported.has(image)) return image;
    const manifests = await mapInParallel(image.manifests, looksAtOnce, async one => {
      if (one.isPresent) return one;
      const found = await target.find(image.copy.repository, one.manifest.descriptor.digest);
      return { ...one, isPresent: found !== undefined };
    });
    return { ...image, manifests };
  });
  const needed = new Set(
    images.flatMap(({ copy, manifests }) =>
      manifests.flatMap(({ manifest, isPresent }) =>
        isPresent ? [] : manifest.blobs.map(({ digest }) => `${copy.repository}@${digest}`),
      ),
    ),
  );
  const blobs = plan.blobs.filter(({ repository, descriptor }) => needed.has(`${repository}@${descriptor.digest}`));
  return { images, blobs };
}
