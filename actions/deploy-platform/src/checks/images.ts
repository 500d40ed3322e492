import type { Check } from '@suite/change-report';
import { count } from '@suite/foundation';
import { imagesOf } from '../mirror/rendered-images.ts';
import { code, finding, some } from './finding.ts';
import { type CheckInput, madeBy } from './input.ts';

/** Images by tag alone: what runs may change without a plan. One line for each release. */
export function checkImages({ releases }: CheckInput): Check[] {
  return releases.flatMap(checked => {
    const { release } = checked;
    const images = imagesOf(madeBy(checked));
    const loose = images.filter(image => !/@sha256:[0-9a-f]{64}$/.test(image));
    if (loose.length === 0) return [];
    return [
      finding(release, 'images', {
        name: 'Image digests',
        status: 'warning',
        message: `${loose.length} of ${count(images.length, 'image')} ${loose.length === 1 ? 'has' : 'have'} no digest: ${some(loose.map(code))}.`,
        remedy: `Set digests in ${code(`${release.setting}.values`)}, or let the environment mirror them with ${code('registry.mirror: true')}.`,
      }),
    ];
  });
}
