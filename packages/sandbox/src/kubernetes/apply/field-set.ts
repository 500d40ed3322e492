import { canonicalJson, isObject } from '@suite/foundation';
import { at, type Fields, list } from '../objects.ts';
import type { MergeType } from './merge-type.ts';

/**
 * A set of places in an object, in the form of `managedFields`: steps are `f:name` (a field), `k:{"name":"a"}` (an item known by
 * keys) and `v:"a"` (an item of a set).
 */
export interface FieldSet {
  /** Whether the place itself belongs to the set. */
  readonly member: boolean;
  readonly children: ReadonlyMap<string, FieldSet>;
}

export const nothing: FieldSet = { member: false, children: new Map() };
export const leaf: FieldSet = { member: true, children: new Map() };

export const fieldStep = (name: string): string => `f:${name}`;

/** The step to a list's item; undefined for an item that lacks its keys. */
export function itemStep(item: unknown, type: Extract<MergeType, { kind: 'list' | 'set' }>): string | undefined {
  if (type.kind === 'set') return `v:${canonicalJson(item)}`;
  if (!isObject(item)) return undefined;
  const found = type.keys.flatMap(key => {
    const value = item[key] ?? type.defaults[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return found.length === 0 ? undefined : `k:${canonicalJson(Object.fromEntries(found))}`;
}

export function isEmpty(set: FieldSet): boolean {
  return !set.member && [...set.children.values()].every(isEmpty);
}

export function childOf(set: FieldSet, step: string): FieldSet {
  return set.children.get(step) ?? nothing;
}

/** Combines two sets place by place. */
function combine(one: FieldSet, other: FieldSet, keep: (one: boolean, other: boolean) => boolean): FieldSet {
  const steps = new Set([...one.children.keys(), ...other.children.keys()]);
  const children = [...steps].flatMap(step => {
    const child = combine(childOf(one, step), childOf(other, step), keep);
    return isEmpty(child) ? [] : [[step, child] as const];
  });
  return { member: keep(one.member, other.member), children: new Map(children) };
}

export const union = (one: FieldSet, other: FieldSet): FieldSet => combine(one, other, (a, b) => a || b);
export const intersection = (one: FieldSet, other: FieldSet): FieldSet => combine(one, other, (a, b) => a && b);
export const difference = (one: FieldSet, other: FieldSet): FieldSet => combine(one, other, (a, b) => a && !b);

/** Only the members under the named fields of the root, or all but them. */
export function restrict(set: FieldSet, names: readonly string[], mode: 'keep' | 'drop'): FieldSet {
  const isNamed = (step: string) => names.some(name => fieldStep(name) === step);
  const children = [...set.children].filter(([step]) => isNamed(step) === (mode === 'keep'));
  return { member: set.member, children: new Map(children) };
}

export function singleton(path: readonly string[]): FieldSet {
  const [step, ...rest] = path;
  return step === undefined ? leaf : { member: false, children: new Map([[step, singleton(rest)]]) };
}

/** Fields of known objects belong to a set that owns anything in them. */
export function withNamedFields(set: FieldSet, type: MergeType): FieldSet {
  const children = [...set.children].map(([step, child]) => {
    const filled = withNamedFields(child, typeAt(type, step));
    const isNamed = type.kind === 'struct' && step.startsWith('f:');
    return [step, isNamed ? { ...filled, member: true } : filled] as const;
  });
  return { member: set.member, children: new Map(children) };
}

export function typeAt(type: MergeType, step: string): MergeType {
  switch (type.kind) {
    case 'struct':
      return type.fieldOf(step.slice(2));
    case 'map':
    case 'list':
      return type.of();
    default:
      return type;
  }
}

export function toFieldsV1(set: FieldSet): Fields {
  const steps = [...set.children.keys()].sort();
  return {
    ...(set.member && steps.length > 0 ? { '.': {} } : {}),
    ...Object.fromEntries(steps.map(step => [step, toFieldsV1(childOf(set, step))])),
  };
}

export function fromFieldsV1(fields: unknown): FieldSet {
  const read = (value: unknown): FieldSet => {
    const object = at(value);
    const steps = Object.keys(object).filter(key => key !== '.');
    return {
      member: '.' in object || steps.length === 0,
      children: new Map(steps.map(step => [step, read(object[step])])),
    };
  };
  return { ...read(fields), member: false };
}

/** The members as paths in the words of conflicts, those of a level before those below it: `.spec.template.spec.containers[name="web"].image`. */
export function pathsOf(set: FieldSet, prefix = ''): string[] {
  const steps = [...set.children.keys()].sort();
  return [
    ...steps.filter(step => childOf(set, step).member).map(step => `${prefix}${inWords(step)}`),
    ...steps.flatMap(step => pathsOf(childOf(set, step), `${prefix}${inWords(step)}`)),
  ];
}

function inWords(step: string): string {
  const value = step.slice(2);
  if (step.startsWith('f:')) return `.${value}`;
  if (step.startsWith('v:')) return `[=${value}]`;
  const keys = Object.entries(at(JSON.parse(value)));
  return `[${keys.map(([key, one]) => `${key}=${JSON.stringify(one)}`).join(',')}]`;
}

/** A path by indices (`spec.containers[0].img`) in the words of the server, which knows items by their keys. */
export function pathInWords(path: string, object: unknown, type: MergeType): string {
  let [current, place]: [unknown, MergeType] = [object, type];
  const steps = (path.match(/\[\d+\]|[^.[\]]+/g) ?? []).map(step => {
    const index = /^\[(\d+)\]$/.exec(step)?.[1];
    const isItem = index !== undefined && (place.kind === 'list' || place.kind === 'set');
    const next = index === undefined ? at(current)[step] : list(current)[Number(index)];
    const known = isItem ? itemStep(next, place as Extract<MergeType, { kind: 'list' | 'set' }>) : undefined;
    const found = known ?? (index === undefined ? fieldStep(step) : undefined);
    [current, place] = [next, found === undefined ? place : typeAt(place, found)];
    return found === undefined ? step : inWords(found);
  });
  return steps.join('');
}
