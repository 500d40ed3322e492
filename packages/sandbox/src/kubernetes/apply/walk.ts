import { isObject } from '@suite/foundation';
import { type Fields, isSame } from '../objects.ts';
import { childOf, type FieldSet, fieldStep, isEmpty, itemStep, nothing, typeAt, union } from './field-set.ts';
import { type MergeType, plain } from './merge-type.ts';

/** What tells two objects apart. No place is in more than one of the sets. */
export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

type ListType = Extract<MergeType, { kind: 'list' | 'set' }>;
type ObjectType = Extract<MergeType, { kind: 'struct' | 'map' }>;

const isList = (type: MergeType): type is ListType => type.kind === 'list' || type.kind === 'set';
const isObjectType = (type: MergeType): type is ObjectType => type.kind === 'struct' || type.kind === 'map';
const isBlank = (value: unknown) =>
  value === undefined ||
  value === null ||
  (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

interface Builder {
  member: boolean;
  readonly children: Map<string, FieldSet>;
}

const finish = ({ member, children }: Builder): FieldSet => ({ member, children });

function add(builder: Builder, step: string, set: FieldSet): void {
  if (!isEmpty(set)) builder.children.set(step, union(childOf(builder, step), set));
}

/** Every place that an applied configuration claims. */
export function fieldSetOf(value: unknown, type: MergeType): FieldSet {
  const builder: Builder = { member: false, children: new Map() };
  if (isList(type) && Array.isArray(value)) {
    for (const item of value) {
      const step = itemStep(item, type);
      if (step === undefined) continue;
      const inside = type.kind === 'list' ? fieldSetOf(item, type.of()) : nothing;
      add(builder, step, { ...inside, member: true });
    }
    return finish(builder);
  }
  if (isObjectType(type) && isObject(value)) {
    for (const [key, item] of Object.entries(value)) {
      const step = fieldStep(key);
      const inside = fieldSetOf(item, typeAt(type, step));
      const isEmptyObject = isObject(item) && Object.keys(item).length === 0;
      const isOwned = inside.member || item === null || isEmptyObject || type.kind === 'map';
      add(builder, step, { ...inside, member: isOwned });
    }
    return finish(builder);
  }
  // Lists that are known by keys claim nothing when there is no list.
  return { member: !(isList(type) && value === null), children: new Map() };
}

/** Items by their steps; of several with one step the first, as nobody can tell them apart. */
function itemsOf(value: unknown, type: ListType): Map<string, unknown> {
  const items = new Map<string, unknown>();
  for (const item of Array.isArray(value) ? value : []) {
    const step = itemStep(item, type);
    if (step !== undefined && !items.has(step)) items.set(step, item);
  }
  return items;
}

function entriesOf(value: unknown): Map<string, unknown> {
  return new Map(isObject(value) ? Object.entries(value).map(([key, item]) => [fieldStep(key), item]) : []);
}

const none: Comparison = { added: nothing, modified: nothing, removed: nothing };

/** What `after` adds to `before`, changes in it, and takes away. */
export function compare(before: unknown, after: unknown, type: MergeType): Comparison {
  const isBranch = isList(type)
    ? [before, after].every(value => value === undefined || value === null || Array.isArray(value))
    : isObjectType(type) && [before, after].every(value => value === undefined || value === null || isObject(value));
  if (!isBranch || (isBlank(before) && isBlank(after))) return compareLeaf(before, after);
  const [left, right] = isList(type)
    ? [itemsOf(before, type), itemsOf(after, type)]
    : [entriesOf(before), entriesOf(after)];
  const found = { added: new Map(), modified: new Map(), removed: new Map() } as const;
  for (const step of new Set([...left.keys(), ...right.keys()])) {
    const inside = compare(left.get(step), right.get(step), isList(type) ? itemType(type) : typeAt(type, step));
    for (const kind of ['added', 'modified', 'removed'] as const) {
      if (!isEmpty(inside[kind])) found[kind].set(step, inside[kind]);
    }
  }
  return {
    added: { member: before === undefined, children: found.added },
    modified: { member: false, children: found.modified },
    removed: { member: after === undefined, children: found.removed },
  };
}

function compareLeaf(before: unknown, after: unknown): Comparison {
  const whole: FieldSet = { member: true, children: new Map() };
  if (before === undefined) return after === undefined ? none : { ...none, added: whole };
  if (after === undefined) return { ...none, removed: whole };
  return isSame(before, after) ? none : { ...none, modified: whole };
}

function itemType(type: ListType): MergeType {
  return type.kind === 'list' ? type.of() : plain;
}

/** Lays a configuration over what is there. */
export function mergeValues(live: unknown, applied: unknown, type: MergeType): unknown {
  if (applied === undefined) return live;
  if (isList(type) && Array.isArray(applied) && Array.isArray(live) && !(isBlank(live) && isBlank(applied))) {
    return mergeLists(live, applied, type);
  }
  if (isObjectType(type) && isObject(applied) && isObject(live) && !(isBlank(live) && isBlank(applied))) {
    const keys = new Set([...Object.keys(live), ...Object.keys(applied)]);
    const merged = [...keys].map(
      key => [key, mergeValues(live[key], applied[key], typeAt(type, fieldStep(key)))] as const,
    );
    return Object.fromEntries(merged);
  }
  return applied;
}

/**
 * Applied items in their own order, live ones that they leave out as near to their places as that allows: the very walk of
 * structured-merge-diff (`typed/merge.go`).
 */
function mergeLists(live: readonly unknown[], applied: readonly unknown[], type: ListType): unknown[] {
  const [there, wanted] = [itemsOf(live, type), itemsOf(applied, type)];
  const [left, right] = [[...there.keys()], [...wanted.keys()]];
  const shared = right.filter(step => there.has(step));
  const done = new Set<string>();
  const merged: unknown[] = [];
  const take = (step: string) => {
    done.add(step);
    merged.push(mergeValues(there.get(step), wanted.get(step), itemType(type)));
    if (shared[0] === step) shared.shift();
  };
  for (let [l, r] = [0, 0]; l < left.length || r < right.length; ) {
    const [mine, theirs] = [left[l], right[r]];
    const isForeign = mine !== undefined && !wanted.has(mine);
    const comesLater = mine !== undefined && theirs !== undefined && shared[0] !== undefined && shared[0] !== mine;
    if (isForeign) {
      take(mine);
      l += 1;
    } else if (mine !== undefined && (done.has(mine) || (mine !== theirs && comesLater))) {
      l += 1;
    } else if (theirs !== undefined) {
      if (mine === theirs) l += 1;
      if (!done.has(theirs)) take(theirs);
      r += 1;
    } else l += 1;
  }
  return merged;
}

/** The value without the places of a set; undefined when nothing is left. */
export function removeItems(value: unknown, remove: FieldSet, type: MergeType): unknown {
  if (isList(type) && Array.isArray(value)) {
    const kept = value.flatMap(item => {
      const step = itemStep(item, type);
      const inside = step === undefined ? nothing : childOf(remove, step);
      if (inside.member) return [];
      return [isEmpty(inside) ? item : removeItems(item, inside, itemType(type))];
    });
    return kept.length > 0 || value.length === 0 ? kept : undefined;
  }
  if (isObjectType(type) && isObject(value)) {
    const kept = Object.entries(value).flatMap(([key, item]) => {
      const step = fieldStep(key);
      const inside = childOf(remove, step);
      if (inside.member) return [];
      const left = isEmpty(inside) ? item : removeItems(item, inside, typeAt(type, step));
      return [[key, left] as const];
    });
    const object: Fields = Object.fromEntries(kept.filter(([, left]) => left !== undefined));
    return kept.length > 0 || Object.keys(value).length === 0 ? object : undefined;
  }
  return value;
}
