import { canonicalJson, isObject, type JsonObject } from '@suite/foundation';

/** One place in two values, with the marks that belong to it. */
export interface Spot {
  readonly before: unknown;
  readonly after: unknown;
  /** Trees of `true`: known after apply, sensitive before, sensitive after. */
  readonly unknown: unknown;
  readonly sensitiveBefore: unknown;
  readonly sensitiveAfter: unknown;
}

export type Step = string | number;
export type Visit = (path: readonly Step[], spot: Spot) => void;

/**
 * Visits the innermost places in which the two values differ. What is sensitive or unknown as a whole is one place;
 * so is a list of plain values. Null counts as absent.
 *
 * @param same decides what counts as equal beyond equality itself.
 */
export function visitDifferences(spot: Spot, visit: Visit, same: (spot: Spot) => boolean = () => false): void {
  walk([], spot);

  function walk(path: readonly Step[], at: Spot): void {
    const { before, after } = at;
    const unknown = isMarked(at.unknown);
    if (!unknown && (before ?? null) === (after ?? null)) return descendIntoUnknown(path, at);
    if (!unknown && same(at)) return;
    const sensitive = isMarked(at.sensitiveBefore) || isMarked(at.sensitiveAfter);
    if (!unknown && !sensitive) {
      if (isObject(before) && isObject(after)) return walkObject(path, at, before, after);
      if (Array.isArray(before) && Array.isArray(after) && (holdsObjects(before) || holdsObjects(after))) {
        return walkList(path, at, before, after);
      }
    }
    if (unknown || canonicalJson(before ?? null) !== canonicalJson(after ?? null)) visit(path, at);
    else descendIntoUnknown(path, at);
  }

  // An attribute that becomes known after apply is missing in `after`, and so are objects that hold nothing else.
  function descendIntoUnknown(path: readonly Step[], at: Spot): void {
    if (holdsMark(at.unknown)) visit(path, at);
  }

  function walkObject(path: readonly Step[], at: Spot, before: JsonObject, after: JsonObject): void {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    if (isObject(at.unknown)) for (const key of Object.keys(at.unknown)) keys.add(key);
    for (const key of keys) {
      walk([...path, key], {
        before: own(before, key),
        after: own(after, key),
        unknown: child(at.unknown, key),
        sensitiveBefore: child(at.sensitiveBefore, key),
        sensitiveAfter: child(at.sensitiveAfter, key),
      });
    }
  }

  function walkList(path: readonly Step[], at: Spot, before: readonly unknown[], after: readonly unknown[]): void {
    const [gone, come] = unmatched(before, after, at.unknown);
    const inPlace = gone.length === come.length;
    const length = inPlace ? gone.length : gone.length + come.length;
    for (let index = 0; index < length; index++) {
      const from = inPlace || index < gone.length ? gone[index] : undefined;
      const to = inPlace ? come[index] : index < gone.length ? undefined : come[index - gone.length];
      walk([...path, to ?? from ?? 0], {
        before: from === undefined ? undefined : before[from],
        after: to === undefined ? undefined : after[to],
        unknown: to === undefined ? undefined : child(at.unknown, to),
        sensitiveBefore: from === undefined ? undefined : child(at.sensitiveBefore, from),
        sensitiveAfter: to === undefined ? undefined : child(at.sensitiveAfter, to),
      });
    }
  }
}

/** Indices of the items that have no equal on the other side: sets have no order, and lists shift. */
function unmatched(before: readonly unknown[], after: readonly unknown[], unknown: unknown): [number[], number[]] {
  const waiting = new Map<string, number[]>();
  before.forEach((item, index) => {
    const key = canonicalJson(item);
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [index]);
    else same.push(index);
  });
  const come: number[] = [];
  after.forEach((item, index) => {
    const partner = holdsMark(child(unknown, index)) ? undefined : waiting.get(canonicalJson(item))?.shift();
    if (partner === undefined) come.push(index);
  });
  const gone = [...waiting.values()].flat().sort((left, right) => left - right);
  return [gone, come];
}

function holdsObjects(items: readonly unknown[]): boolean {
  return items.some(item => typeof item === 'object' && item !== null);
}

/** A key of the plan, never one that every object inherits. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** The marks of a part. Whatever lies under a mark is marked; marks of an unexpected form hide what they stand for. */
export function child(marks: unknown, step: Step): unknown {
  if (isMarked(marks)) return true;
  if (Array.isArray(marks)) return typeof step === 'number' ? marks[step] : marks.length > 0;
  return typeof step === 'string' ? own(marks, step) : isObject(marks) && Object.keys(marks).length > 0;
}

/** Marked as a whole. Anything but `false`, nothing and a tree counts as a mark. */
export function isMarked(marks: unknown): boolean {
  return marks !== undefined && marks !== null && marks !== false && typeof marks !== 'object';
}

/** Marked as a whole or somewhere inside. */
export function holdsMark(marks: unknown): boolean {
  if (typeof marks !== 'object' || marks === null) return isMarked(marks);
  return (Array.isArray(marks) ? marks : Object.values(marks)).some(holdsMark);
}

/** Null, an empty list, an empty object: what providers use for "not set" as they please. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}

/** The same with an empty text, zero and false, which older provider code gives for what is not set. */
export function isUnset(value: unknown): boolean {
  return value === '' || value === 0 || value === false || isEmpty(value);
}

/**
 * `default_node_pool.vm_size`: names joined by dots, list indices left out where a block stands alone.
 *
 * @param within the value in which the path is walked, to know how long its lists are.
 */
export function formatPath(path: readonly Step[], within: unknown): string {
  let text = '';
  let value = within;
  for (const step of path) {
    if (typeof step === 'number') {
      if (Array.isArray(value) && (value.length > 1 || step > 0)) text += `[${step}]`;
      value = Array.isArray(value) ? value[step] : undefined;
    } else {
      text += /^[A-Za-z_][\w-]*$/.test(step) ? `${text === '' ? '' : '.'}${step}` : `[${JSON.stringify(step)}]`;
      value = own(value, step);
    }
  }
  return text;
}
