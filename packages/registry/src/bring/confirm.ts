import { mapInParallel } from '@suite/foundation';
import type { PlannedImage } from '../transfer/plan.ts';
import type { Transfers } from '../transfer/transfers.ts';

/** Where a registry is not as it should be. */
export interface ImageDifference {
  /** `image apps/web` */
  readonly what: string;
  /** Empty for the image itself. */
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

const looksAtOnce = 8;

/** Reads back what was brought: the image by its digest, and what each tag stands for. */
export async function confirm(
  images: readonly PlannedImage[],
  { host, transfers }: { readonly host: string; readonly transfers: Pick<Transfers, 'find'> },
): Promise<ImageDifference[]> {
  const found = await mapInParallel(images, looksAtOnce, async ({ copy, root, tags }): Promise<ImageDifference[]> => {
    const { repository } = copy;
    const what = `image ${repository}`;
    const there = await transfers.find(repository, root.digest);
    const missing =
      there === undefined ? [{ what, path: '', expected: `${root.digest} in ${host}`, actual: 'absent' }] : [];
    const moved = await mapInParallel(tags, 1, async ({ tag, digest }) => {
      const actual = (await transfers.find(repository, tag))?.digest;
      return actual === digest ? [] : [{ what, path: `tag ${tag}`, expected: digest, actual: actual ?? 'absent' }];
    });
    return [...missing, ...moved.flat()];
  });
  return found.flat();
}
