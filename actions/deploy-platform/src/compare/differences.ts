import { canonicalJson, isObject, type JsonObject } from '@suite/foundation';
import type { Rule } from './field-rules.ts';
import { verbatim } from './field-rules.ts';
import type { Path, Segment } from './paths.ts';
import { isSameQuantity } from './quantity.ts';
import { filledWhenEmpty, isServerAddition } from './server-additions.ts';

/** Where two objects differ. `before` is live, `after` rendered; undefined where there is nothing. */
export interface Difference {
  readonly path: Path;
  readonly before: unknown;
  readonly after: unknown;
}

interface Place {
  readonly path: Path;
  /** Within something that an apply replaces as a whole: what only the live object has goes away. */
  readonly whole: boolean;
}

/** What an apply of `rendered` changes of `live`, by the fields that are rendered. */
export function* differences(rendered: unknown, live: unknown, rule: Rule, path: Path = []): Generator<Difference> {
  yield* compare(rendered, live, rule, { path, whole: false });
}

function* compare(rendered: unknown, live: unknown, rule: Rule, place: Place): Generator<Difference> {
  if (!isSet(rendered)) return;
  if (isObject(rendered) && isObject(live)) {
    yield* compareFields(rendered, live, rule, place);
  } else if (Array.isArray(rendered) && Array.isArray(live)) {
    yield* compareLists(rendered, live, rule, place);
  } else if (!isSameValue(rendered, live, rule, place.path.at(-1))) {
    yield { path: place.path, before: live ?? undefined, after: rendered };
  }
}

function* compareFields(rendered: JsonObject, live: JsonObject, rule: Rule, place: Place): Generator<Difference> {
  const whole = place.whole || ((rule.is === 'struct' || rule.is === 'map') && rule.atomic);
  for (const key of Object.keys(rendered)) {
    yield* compare(own(rendered, key), own(live, key), ruleOfField(rule, key), { path: [...place.path, key], whole });
  }
  if (!whole) return;
  const type = rule.is === 'struct' ? rule.type : undefined;
  for (const key of Object.keys(live)) {
    const value = own(live, key);
    if (isSet(own(rendered, key)) || isNothing(value, ruleOfField(rule, key))) continue;
    if (isServerAddition(key, value, type)) continue;
    yield { path: [...place.path, key], before: value, after: undefined };
  }
}

function ruleOfField(rule: Rule, key: string): Rule {
  if (rule.is === 'struct') return rule.fields(key);
  if (rule.is === 'map') return rule.of;
  return rule.is === 'verbatim' ? verbatim : { is: 'field' };
}

function* compareLists(
  rendered: readonly unknown[],
  live: readonly unknown[],
  rule: Rule,
  place: Place,
): Generator<Difference> {
  const { path } = place;
  if (rule.is === 'keyed') {
    yield* compareKeyed(rendered, live, rule, place);
  } else if (rule.is === 'set') {
    const there = new Set(live.map(canonicalJson));
    if (rendered.some(item => isSet(item) && !there.has(canonicalJson(item)))) {
      yield { path, before: live, after: rendered };
    }
  } else if (rendered.length !== live.length) {
    yield { path, before: live, after: rendered };
  } else {
    const of = rule.is === 'list' ? rule.of : rule.is === 'verbatim' ? verbatim : ({ is: 'field' } as const);
    // Of custom resources nobody says here what a default may add within a list.
    const whole = place.whole || rule.is !== 'verbatim';
    for (const [index, item] of rendered.entries()) {
      yield* compareItem(item, live[index], of, { path: [...path, index], whole });
    }
  }
}

/** A text in a list stays as it is, empty ones too. */
function* compareItem(rendered: unknown, live: unknown, rule: Rule, place: Place): Generator<Difference> {
  const isPlain = !isObject(rendered) && !Array.isArray(rendered);
  yield* compare(rendered, live, isPlain && rule.is === 'field' ? verbatim : rule, place);
}

function* compareKeyed(
  rendered: readonly unknown[],
  live: readonly unknown[],
  { keys, of }: Rule & { readonly is: 'keyed' },
  place: Place,
): Generator<Difference> {
  const waiting = groupByKeys(live, keys);
  for (const item of rendered) {
    if (!isSet(item)) continue;
    const segment = keysOf(item, keys);
    // A name that stands twice is matched one by one.
    const partner = waiting.get(canonicalJson(segment))?.shift();
    yield* compare(item, partner, of, { ...place, path: [...place.path, segment] });
  }
  if (!place.whole) return;
  for (const rest of waiting.values()) {
    for (const item of rest) yield { path: [...place.path, keysOf(item, keys)], before: item, after: undefined };
  }
}

function groupByKeys(items: readonly unknown[], keys: readonly string[]): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  for (const item of items) {
    const key = canonicalJson(keysOf(item, keys));
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

// The one key that has a default (core/v1 `ContainerPort` and `ServicePort`).
const keyDefaults: Readonly<Record<string, unknown>> = { protocol: 'TCP' };

/** What names an item: `{ containerPort: 80, protocol: 'TCP' }`. */
export function keysOf(item: unknown, keys: readonly string[]): Exclude<Segment, string | number> {
  return Object.fromEntries(
    keys.flatMap(key => {
      const value = isObject(item) ? own(item, key) : undefined;
      const given = isSet(value) && value !== '' ? value : keyDefaults[key];
      return given === undefined ? [] : [[key, given]];
    }),
  );
}

function isSameValue(rendered: unknown, live: unknown, rule: Rule, segment: Segment | undefined): boolean {
  if (rendered === live) return true;
  if (rule.is === 'quantity') return isSameQuantity(rendered, live);
  if (!isSet(live)) return isNothing(rendered, rule);
  if (rule.is === 'verbatim' || (rendered !== '' && rendered !== 0)) return false;
  return typeof segment === 'string' && filledWhenEmpty.has(segment);
}

/** Dropped by the server, or the same as if it were not there. */
function isNothing(value: unknown, rule: Rule): boolean {
  if (!isSet(value)) return true;
  switch (rule.is) {
    case 'verbatim':
      return false;
    case 'zero':
      return value === 0 || value === false;
    case 'map':
      return isObject(value) && Object.values(value).every(item => !isSet(item));
    case 'struct':
      return false;
    default:
      return value === '' || (Array.isArray(value) && value.length === 0);
  }
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A field of the object itself: names from outside may be `__proto__` or `constructor`. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
