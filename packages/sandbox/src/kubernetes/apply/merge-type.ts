import { isObject } from '@suite/foundation';
import data from '../data/merge-types.json' with { type: 'json' };
import { at, type Fields, strings } from '../objects.ts';

/** How values of a place in an object merge: the structured-merge-diff schema, as far as it tells anything. */
export type MergeType =
  /** Replaced whole. */
  | { readonly kind: 'atomic' }
  /** Objects merge by field; lists and scalars in places that are not named are replaced whole. */
  | { readonly kind: 'struct'; readonly fieldOf: (key: string) => MergeType }
  /** As struct, but keys are data: each is owned by itself. */
  | { readonly kind: 'map'; readonly of: () => MergeType }
  /** Items are known by keys. */
  | {
      readonly kind: 'list';
      readonly keys: readonly string[];
      readonly defaults: Readonly<Fields>;
      readonly of: () => MergeType;
    }
  | { readonly kind: 'set' };

export const atomic: MergeType = { kind: 'atomic' };
export const set: MergeType = { kind: 'set' };
/** An object of a known type with nothing particular in it. */
export const plain: MergeType = { kind: 'struct', fieldOf: () => plain };
/** Fields that no schema knows. */
const untyped: MergeType = { kind: 'map', of: () => untyped };

/** `atomic`, the name of a type, or what is particular about a list or map. */
type FieldEntry = string | ListEntry;

interface ListEntry {
  readonly keys?: readonly string[];
  readonly defaults?: Readonly<Fields>;
  readonly of?: string;
  readonly set?: boolean;
  readonly map?: string;
  /** Merge key of strategic merge patches; empty for lists of scalars. */
  readonly patch?: string;
}

const entries = data as Readonly<Record<string, Readonly<Record<string, FieldEntry>>>>;
const known = new Map<string, MergeType>();

/** A type by its name in data/merge-types.json. */
export function mergeTypeOf(name: string): MergeType {
  if (name === 'atomic') return atomic;
  const found = known.get(name);
  if (found !== undefined) return found;
  const fields = entries[name];
  if (fields === undefined) return plain;
  const type: MergeType = { kind: 'struct', fieldOf: key => fieldType(fields[key]) };
  known.set(name, type);
  return type;
}

function fieldType(entry: FieldEntry | undefined): MergeType {
  if (entry === undefined) return plain;
  if (typeof entry === 'string') return mergeTypeOf(entry);
  if (entry.set === true) return set;
  const of = () => (entry.of === undefined ? plain : mergeTypeOf(entry.of));
  if (entry.map !== undefined) return { kind: 'map', of: () => mergeTypeOf(entry.map ?? '') };
  return entry.keys === undefined ? atomic : { kind: 'list', keys: entry.keys, defaults: entry.defaults ?? {}, of };
}

/** Merge keys of strategic merge patches, by type: a walk of its own, for lists that it merges are not always those of apply. */
export interface PatchType {
  fieldOf(key: string): { readonly mergeKey?: string; readonly type: PatchType };
}

export function patchTypeOf(name: string | undefined): PatchType {
  const fields = name === undefined ? undefined : entries[name];
  return {
    fieldOf: key => {
      const entry = fields?.[key];
      if (entry === undefined) return { type: patchTypeOf(undefined) };
      if (typeof entry === 'string') return { type: patchTypeOf(entry) };
      const type = patchTypeOf(entry.of ?? entry.map);
      return entry.patch === undefined ? { type } : { mergeKey: entry.patch, type };
    },
  };
}

const metadata = () => mergeTypeOf('meta.v1.ObjectMeta');

/** The type of a custom resource, from the OpenAPI schema of its definition; without one nothing is known but metadata. */
export function customMergeType(schema: Readonly<Fields> | undefined): MergeType {
  const body = schema === undefined ? untyped : fromSchema(schema);
  return {
    kind: 'struct',
    fieldOf: key => {
      if (key === 'metadata') return metadata();
      if (body.kind === 'struct') return body.fieldOf(key);
      return body.kind === 'map' ? body.of() : plain;
    },
  };
}

function fromSchema(schema: Readonly<Fields>): MergeType {
  const items = at(schema, 'items');
  switch (schema['x-kubernetes-list-type']) {
    case 'map': {
      const keys = strings(schema['x-kubernetes-list-map-keys']);
      const defaults = keys.flatMap(key => {
        const value = at(items, 'properties', key)['default'];
        return value === undefined ? [] : [[key, value] as const];
      });
      return { kind: 'list', keys, defaults: Object.fromEntries(defaults), of: () => fromSchema(items) };
    }
    case 'set':
      return set;
  }
  if (schema['x-kubernetes-map-type'] === 'atomic' || schema['type'] === 'array') return atomic;
  const properties = at(schema, 'properties');
  const additional = schema['additionalProperties'];
  const hasProperties = Object.keys(properties).length > 0;
  if (isObject(additional)) return { kind: 'map', of: () => fromSchema(additional) };
  if (!hasProperties) return schema['x-kubernetes-preserve-unknown-fields'] === true ? untyped : plain;
  return {
    kind: 'struct',
    fieldOf: key => (isObject(properties[key]) ? fromSchema(at(properties, key)) : untyped),
  };
}
