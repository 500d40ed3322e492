import { groupOf, type KubernetesObject } from '@suite/kubernetes';
import type { RenderedApplication } from '../render/index.ts';

/** A kind of object that an application makes, as the rules of projects are about it. */
export interface MadeResource {
  readonly group: string;
  readonly kind: string;
  readonly name: string;
  readonly isNamespaced: boolean;
  readonly namespace: string | undefined;
}

/** All that an application makes, hooks included. */
export function resourcesOf({ objects, hooks }: RenderedApplication): MadeResource[] {
  return [...objects, ...hooks.map(({ object }) => object)].map(readResource);
}

function readResource({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): MadeResource {
  return { group: groupOf(apiVersion), kind, name, isNamespaced: namespace !== undefined, namespace };
}
