import { asArray, asObject, asString, isObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';

/** Images of all containers in an object, wherever its pods are described. */
export function imagesOf(object: KubernetesObject): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isObject(value)) return;
    for (const list of ['containers', 'initContainers', 'ephemeralContainers']) {
      for (const container of asArray(value[list])) {
        const image = asString(asObject(container)['image']);
        if (image) found.add(image);
      }
    }
    for (const inner of Object.values(value)) visit(inner);
  };
  visit(object['spec']);
  return [...found].sort();
}

export function hasDigest(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image);
}
