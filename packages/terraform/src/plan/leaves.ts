import { asArray, canonicalJson, isObject } from '@suite/foundation';
import { own, type Segment } from './plan-json.ts';

/** One attribute that differs, down to where the two sides are no longer blocks or maps. Values are in clear. */
export interface Leaf {
  readonly path: readonly Segment[];
  /** As people write it: indices of blocks that stand alone are left out. */
  readonly shortPath: readonly Segment[];
  /** Undefined where the attribute is not there at all. */
  readonly before: unknown;
  readonly after: unknown;
  /** The value is known only after the apply; `after` says nothing then. */
  readonly unknown: boolean;
  /** Some of the value must not be shown. */
  readonly beforeSensitive: boolean;
  readonly afterSensitive: boolean;
}

export interface Trees {
  readonly before: unknown;
  readonly after: unknown;
  readonly afterUnknown: unknown;
  readonly beforeSensitive: unknown;
  readonly afterSensitive: unknown;
}

/**
 * Where before and after differ, in the order of the plan. The three trees of marks mirror the values; `true` in one of
 * them covers everything below it. Unknown values are absent from `after` and stand in `afterUnknown` only.
 */
export function* differingLeaves(trees: Trees): Generator<Leaf> {
  yield* walk(trees, [], []);
}

function* walk(trees: Trees, path: readonly Segment[], shortPath: readonly Segment[]): Generator<Leaf> {
  const { before, after, afterUnknown, beforeSensitive, afterSensitive } = trees;
  // A mark covers what is below, so that not even the names of keys in it are shown.
  if (afterUnknown !== true && beforeSensitive !== true && afterSensitive !== true) {
    const children = childrenOf(trees);
    if (children !== undefined) {
      for (const { from, to, hidden } of children) {
        const inner = {
          before: from === undefined ? undefined : step(before, from),
          after: to === undefined ? undefined : step(after, to),
          afterUnknown: to === undefined ? undefined : step(afterUnknown, to),
          beforeSensitive: from === undefined ? undefined : step(beforeSensitive, from),
          afterSensitive: to === undefined ? undefined : step(afterSensitive, to),
        };
        const key = to ?? from ?? 0;
        yield* walk(inner, [...path, key], hidden ? shortPath : [...shortPath, key]);
      }
      return;
    }
  }
  const unknown = containsTrue(afterUnknown);
  const marks = { beforeSensitive: containsTrue(beforeSensitive), afterSensitive: containsTrue(afterSensitive) };
  const marksChange = marks.beforeSensitive !== marks.afterSensitive && isSet(before) && isSet(after);
  if (!unknown && !marksChange && isEqual(before, after)) return;
  yield { path, shortPath, before, after, unknown, ...marks };
}

interface Child {
  /** Where it stands before and after; undefined on the side that has none. */
  readonly from: Segment | undefined;
  readonly to: Segment | undefined;
  readonly hidden: boolean;
}

/** Undefined for what is compared as a whole: plain values, lists of plain values, sides of different shape. */
function childrenOf({ before, after, afterUnknown }: Trees): Child[] | undefined {
  const set = [before, after].filter(isSet);
  const sides = set.length === 0 ? [afterUnknown] : set;
  if (sides.every(isObject)) {
    const keys = new Set(sides.flatMap(side => Object.keys(side)));
    if (isObject(afterUnknown)) for (const key of Object.keys(afterUnknown)) keys.add(key);
    // An empty map on one side and nothing on the other is a difference of its own.
    return keys.size === 0 ? undefined : [...keys].map(key => ({ from: key, to: key, hidden: false }));
  }
  if (!sides.every(side => Array.isArray(side) && side.every(isObject))) return undefined;
  const length = Math.max(lengthOf(before), lengthOf(after), lengthOf(afterUnknown));
  if (length === 0) return undefined;
  if (length === 1) return [{ from: 0, to: 0, hidden: true }];
  return matchItems(asArray(before), Math.max(lengthOf(after), lengthOf(afterUnknown)), asArray(after), afterUnknown);
}

/**
 * Blocks without their equals on the other side, which a set has in any order and a list shifts: as many on both sides are
 * taken for changed one by one, else all for gone and new.
 */
function matchItems(before: readonly unknown[], length: number, after: readonly unknown[], unknown: unknown): Child[] {
  const waiting = new Map<string, number[]>();
  for (const [index, item] of before.entries()) {
    const key = canonicalJson(item);
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [index]);
    else same.push(index);
  }
  const matched = new Set<number>();
  const come: number[] = [];
  for (let index = 0; index < length; index++) {
    const partner = containsTrue(step(unknown, index)) ? undefined : waiting.get(canonicalJson(after[index]))?.pop();
    if (partner === undefined) come.push(index);
    else matched.add(partner);
  }
  const gone = [...before.keys()].filter(index => !matched.has(index));
  if (gone.length === come.length) return gone.map((from, at) => ({ from, to: come[at], hidden: false }));
  return [
    ...gone.map(from => ({ from, to: undefined, hidden: false })),
    ...come.map(to => ({ from: undefined, to, hidden: false })),
  ];
}

/** The attribute or block at a path, whether it differs or not. */
export function leafAt(trees: Trees, path: readonly Segment[]): Leaf {
  const at = (tree: unknown, depth = path.length) => path.slice(0, depth).reduce(step, tree);
  const lengthAt = (depth: number) => Math.max(lengthOf(at(trees.before, depth)), lengthOf(at(trees.after, depth)));
  return {
    path,
    shortPath: path.filter((segment, depth) => typeof segment === 'string' || lengthAt(depth) > 1),
    before: at(trees.before),
    after: at(trees.after),
    unknown: containsTrue(at(trees.afterUnknown)),
    beforeSensitive: containsTrue(at(trees.beforeSensitive)),
    afterSensitive: containsTrue(at(trees.afterSensitive)),
  };
}

export function isWithin(leaf: Leaf, path: readonly Segment[]): boolean {
  return path.every((segment, index) => leaf.path[index] === segment);
}

/** One level down; `true` covers what is below. */
export function step(tree: unknown, key: Segment): unknown {
  if (tree === true) return true;
  if (typeof key === 'number') return Array.isArray(tree) ? tree[key] : undefined;
  return own(tree, key);
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function containsTrue(marks: unknown): boolean {
  if (Array.isArray(marks)) return marks.some(containsTrue);
  return isObject(marks) ? Object.values(marks).some(containsTrue) : marks === true;
}

/** Equal as JSON; nothing and null count as the same. */
export function isEqual(left: unknown, right: unknown): boolean {
  if (left === right || (!isSet(left) && !isSet(right))) return true;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, index) => isEqual(item, right[index]))
    );
  }
  if (!isObject(left) || !isObject(right)) return false;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].every(key => isEqual(own(left, key), own(right, key)));
}

/** Says nothing: null, "", [], {}. This provider turns them into one another while nothing changes. */
export function isEmpty(value: unknown): boolean {
  if (!isSet(value) || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

/** `default_node_pool.vm_size`, `rule[2].name`, `tags["a.b"]`. */
export function describePath(path: readonly Segment[]): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`;
    if (!/^[\w-]+$/.test(segment)) return `${text}[${JSON.stringify(segment)}]`;
    return text === '' ? segment : `${text}.${segment}`;
  }, '');
}
