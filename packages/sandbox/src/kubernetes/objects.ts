import { isObject } from '@suite/foundation';
import { at, list, text } from '../azure/arm/body.ts';

/** JSON of an object or of a part of one. */
export type Fields = Record<string, unknown>;

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

export interface Metadata {
  name: string;
  namespace?: string;
  generateName?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: readonly OwnerReference[];
  finalizers?: readonly string[];
  managedFields?: readonly Fields[];
}

/** An object of Kubernetes. What the store holds is never changed in place: see {@link copyOf}. */
export interface KubeObject extends Fields {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

export { at, list, text };

export function copyOf<T>(value: T): T {
  return structuredClone(value);
}

export function objects(value: unknown): readonly Fields[] {
  return list(value).filter(isObject) as readonly Fields[];
}

export function strings(value: unknown): readonly string[] {
  return list(value).filter(one => typeof one === 'string') as readonly string[];
}

export function numberAt(value: unknown, key: string): number | undefined {
  const found = at(value)[key];
  return typeof found === 'number' ? found : undefined;
}

/** String values of a map such as labels. */
export function stringMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(at(value)).filter(([, one]) => typeof one === 'string')) as Record<
    string,
    string
  >;
}

/** Whether two JSON values are the same, whatever the order of keys. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index]))
    );
  }
  if (!isObject(one) || !isObject(other)) return false;
  const [keys, others] = [definedKeys(one), definedKeys(other)];
  return keys.length === others.length && keys.every(key => isSame(one[key], other[key]));
}

function definedKeys(value: Readonly<Fields>): string[] {
  return Object.keys(value).filter(key => value[key] !== undefined);
}

/** RFC 3339 in whole seconds, as Kubernetes writes times. */
export function timestamp(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

export function controllerOf(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find(reference => reference.controller === true);
}

export function ownerReferenceTo(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}
