import { canonicalJson, isObject, type JsonObject } from '@suite/foundation';
import { type Rule, ruleOfField, ruleOfItem, verbatim } from './field-rules.ts';
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
  const whole = place.whole || ('atomic' in rule && rule.atomic);
  for (const key of Object.keys(rendered)) {
    yield* compare(own(rendered, key), own(live, key), ruleOfField(rule, key), { path: [...place.path, key], whole });
  }
  if (!whole) return;
  for (const key of Object.keys(live)) {
    const value = own(live, key);
    if (isSet(own(rendered, key)) || isNothing(value, ruleOfField(rule, key)) || isAdded(key, value, rule)) continue;
    yield { path: [...place.path, key], before: value, after: undefined };
  }
}

/** Put there by the server, not by somebody who wanted it. */
function isAdded(key: string, value: unknown, rule: Rule): boolean {
  switch (rule.is) {
    case 'shape':
      return canonicalJson(rule.defaultOf(key) ?? null) === canonicalJson(value);
    case 'verbatim':
      return false;
    default:
      return isServerAddition(key, value, rule.is === 'struct' ? rule.type : undefined);
  }
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
    // Where a definition is not at hand, nobody says what it adds within a list.
    const whole = place.whole || rule.is !== 'verbatim' || !rule.mayGrow;
    for (const [index, item] of rendered.entries()) {
      yield* compareItem(item, live[index], ruleOfItem(rule), { path: [...path, index], whole });
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
  { keys, defaults, of }: Rule & { readonly is: 'keyed' },
  place: Place,
): Generator<Difference> {
  const keyed = (item: unknown) => keysOf(item, keys, defaults);
  const waiting = Map.groupBy(live, item => canonicalJson(keyed(item)));
  for (const item of rendered) {
    if (!isSet(item)) continue;
    const segment = keyed(item);
    // A name that stands twice is matched one by one.
    const partner = waiting.get(canonicalJson(segment))?.shift();
    yield* compare(item, partner, of, { ...place, path: [...place.path, segment] });
  }
  if (!place.whole) return;
  for (const rest of waiting.values()) {
    for (const item of rest) yield { path: [...place.path, keyed(item)], before: item, after: undefined };
  }
}

/** What names an item: `{ containerPort: 80, protocol: 'TCP' }`. */
export function keysOf(
  item: unknown,
  keys: readonly string[],
  defaults: Readonly<Record<string, unknown>> = { protocol: 'TCP' },
): Exclude<Segment, string | number> {
  return Object.fromEntries(
    keys.flatMap(key => {
      const value = isObject(item) ? own(item, key) : undefined;
      const given = isSet(value) && value !== '' ? value : own(defaults, key);
      return given === undefined ? [] : [[key, given]];
    }),
  );
}

function isSameValue(rendered: unknown, live: unknown, rule: Rule, segment: Segment | undefined): boolean {
  if (rendered === live) return true;
  if (rule.is === 'quantity') return isSameQuantity(rendered, live);
  if (!isSet(live)) return isNothing(rendered, rule);
  if (isKept(rule) || (rendered !== '' && rendered !== 0)) return false;
  return typeof segment === 'string' && filledWhenEmpty.has(segment);
}

/** Dropped by the server, or the same as if it were not there. */
function isNothing(value: unknown, rule: Rule): boolean {
  if (!isSet(value)) return true;
  if (isKept(rule)) return false;
  switch (rule.is) {
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

/** Nothing of it is dropped for being empty. */
function isKept(rule: Rule): boolean {
  return rule.is === 'verbatim' || rule.is === 'shape' || ('kept' in rule && rule.kept === true);
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** A field of the object itself: names from outside may be `__proto__` or `constructor`. */
export function own(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
