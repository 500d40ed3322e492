import type { ImageDifference } from '@suite/registry';
import type { Known } from './observe.ts';

/** Where the target lacks something of an image, as `verify` says it. Pure. */
export function differencesOf({ image, planned, missingPlatforms }: Known, host: string): ImageDifference[] {
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
