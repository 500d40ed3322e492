import type { Check } from '@suite/change-report';
import { asObject, asString, count } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { code, finding, some } from './finding.ts';
import type { CheckInput } from './input.ts';
import { allContainers, workloadsOf } from './pod-templates.ts';

/** Images by tag alone: what runs may change without a plan. One line for each release. */
export function checkImages({ releases }: CheckInput): Check[] {
  return releases.flatMap(({ release, objects }) => {
    const images = imagesOf(objects);
    const loose = images.filter(image => !/@sha256:[0-9a-f]{64}$/.test(image));
    if (loose.length === 0) return [];
    return [
      finding(release, 'images', {
        name: 'Images are pinned by digest',
        status: 'warning',
        message: `${loose.length} of ${count(images.length, 'image')} ${loose.length === 1 ? 'has' : 'have'} no digest: ${some(loose.map(code))}.`,
        remedy: `Set digests in ${code(`${release.setting}.values`)}, or mirror the images into the environment's registry.`,
      }),
    ];
  });
}

/** Every image that the objects name, once, in order. Operators take theirs from `spec.image` of their resources. */
export function imagesOf(objects: readonly KubernetesObject[]): string[] {
  const ofPods = workloadsOf(objects).flatMap(({ spec }) => allContainers(spec).map(({ image }) => asString(image)));
  const ofResources = objects.map(object => asString(asObject(object['spec'])['image']));
  return [...new Set([...ofPods, ...ofResources])].filter(image => image !== undefined && image !== '') as string[];
}
