import { ImportFailure } from '@suite/azure';
import { mapInParallel } from '@suite/foundation';
import type { PlannedImage, TransferPlan } from '@suite/registry';
import type { Connected, OpenRegistry } from './ports.ts';

/** What Azure brought, and what it would not. */
export interface ImportOutcome {
  /** The plan without what is there now. */
  readonly plan: TransferPlan;
  /** Why the rest goes another way, one sentence per repository and digest. */
  readonly refusals: ReadonlyMap<PlannedImage, string>;
}

export interface ImportTask {
  readonly planned: PlannedImage;
  /** In the source registry. */
  readonly from: string;
}

/** Microsoft names no limit of imports at once; this many have been run by its own pipelines. */
const imagesAtOnce = 8;
const referrersAtOnce = 4;

/**
 * Lets Azure import images by digest, with everything that refers to them, and looks afterwards by digest what really came.
 * No tag moves. Throws what is no refusal: an import that has not come to its end, a resource manager that does not answer.
 */
export async function importImages(
  tasks: readonly ImportTask[],
  plan: TransferPlan,
  source: OpenRegistry,
  target: OpenRegistry,
  { importImage }: Pick<Connected, 'importImage'>,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const [from, to] = [source.resource?.id, target.resource?.id];
  if (from === undefined || to === undefined) throw new Error('Imports take two registries of the resource manager.');
  const refusals = new Map<PlannedImage, string>();
  /** A right that is missing and a network that is closed are so for all images. */
  let refusal: string | undefined;

  await mapInParallel(tasks, imagesAtOnce, async ({ planned, from: repository }) => {
    if (refusal !== undefined) {
      refusals.set(planned, refusal);
      return;
    }
    const bring = (digest: string) =>
      importImage(
        to,
        {
          source: { resourceId: from },
          repository,
          digest,
          targetTags: [],
          untaggedTargetRepositories: [planned.copy.repository],
          overwrite: false,
        },
        { signal },
      );
    try {
      const [first, ...referrers] = rootsOf(planned);
      if (first !== undefined) await bring(first);
      // What import leaves behind: each goes by its own digest.
      await mapInParallel(referrers, referrersAtOnce, bring);
    } catch (error) {
      if (!(error instanceof ImportFailure) || error.kind === 'unfinished') throw error;
      const why = error.problems[0]?.message ?? error.message;
      if (lasting.includes(error.kind)) refusal = why;
      refusals.set(planned, why);
    }
  });
  return { plan: await withoutPresent(plan, tasks, target), refusals };
}

const lasting: readonly string[] = ['forbidden', 'firewall', 'tenant'];

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
  { transfers }: OpenRegistry,
): Promise<TransferPlan> {
  const imported = new Set(tasks.map(({ planned }) => planned));
  const images = await mapInParallel(plan.images, 1, async image => {
    if (!imported.has(image)) return image;
    const manifests = await mapInParallel(image.manifests, looksAtOnce, async one => {
      if (one.isPresent) return one;
      const found = await transfers.find(image.copy.repository, one.manifest.descriptor.digest);
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
