import type { ChangeReport } from '@suite/change-report';
import { mapInParallel } from '@suite/foundation';
import type { Known } from './observe.ts';
import type { OpenRegistry } from './ports.ts';

type Difference = ChangeReport['differences'][number];

const looksAtOnce = 8;

/** Reads back what was brought: the image by its digest, and what each tag stands for. */
export async function confirm(images: readonly Known[], { host, transfers }: OpenRegistry): Promise<Difference[]> {
  const found = await mapInParallel(images, looksAtOnce, async ({ image, planned }): Promise<Difference[]> => {
    const { repository } = image;
    const { root, tags } = planned;
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

/** Where the target lacks something of an image, as `verify` says it. Pure. */
export function differencesOf({ image, planned, missingPlatforms }: Known, host: string): Difference[] {
  const what = `image ${image.repository}`;
  const { root, manifests, tags } = planned;
  const lost = manifests.filter(({ isPresent }) => !isPresent).map(({ manifest, role }) => ({ ...manifest, role }));
  if (lost.some(({ descriptor }) => descriptor.digest === root.digest)) {
    return [{ what, path: '', expected: `${root.digest} in ${host}`, actual: 'absent' }];
  }
  return [
    ...lost.map(({ descriptor, role }) => ({
      what,
      path: role === 'image' ? 'manifest' : 'signature or other referrer',
      expected: descriptor.digest,
      actual: 'absent',
    })),
    ...tags
      .filter(({ state }) => state !== 'same')
      .map(({ tag, digest, before }) => ({ what, path: `tag ${tag}`, expected: digest, actual: before ?? 'absent' })),
    ...missingPlatforms.map(platform => ({ what, path: 'platform', expected: platform, actual: 'absent' })),
  ];
}
