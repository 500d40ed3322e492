import { asArray, asNumber, asObject, canonicalJson, isObject, type JsonObject } from '@suite/foundation';

/** What has to hold of a resource's body, and how it is put right. */
export interface Rule {
  /** JSON, with {@link atLeast} and {@link holds} for what may be more. */
  readonly must: JsonObject;
  /** Sent in addition when the resource is made, and never looked at again. */
  readonly once?: JsonObject;
  /** `put` sends the body that is there with what must hold; `patch` only what must hold; `never` takes what is there. */
  readonly change: 'put' | 'patch' | 'never';
}

interface AtLeast {
  readonly atLeast: number;
}
interface Holds {
  readonly key: string;
  readonly items: readonly JsonObject[];
}

/** A number that may be larger. */
export function atLeast(number: number): AtLeast {
  return { atLeast: number };
}

/** A list in which these items are, each known by one of its fields; others in it stay. */
export function holds(key: string, items: readonly JsonObject[]): Holds {
  return { key, items };
}

/** Paths of what does not hold, in the order of the rule: `properties.minimumTlsVersion`. */
export function differences({ must }: Rule, body: unknown): string[] {
  return compare(must, body, '');
}

function compare(must: unknown, body: unknown, path: string): string[] {
  if (isAtLeast(must)) return (asNumber(body) ?? 0) >= must.atLeast ? [] : [path];
  if (isHolds(must)) {
    const there = asArray(body).map(asObject);
    return must.items.flatMap(item => {
      const found = there.find(one => one[must.key] === item[must.key]);
      const name = `${path}[${String(item[must.key])}]`;
      return found === undefined ? [name] : compare(item, found, name);
    });
  }
  if (isObject(must)) {
    const found = asObject(body);
    return Object.entries(must).flatMap(([key, value]) =>
      compare(value, found[key], path === '' ? key : `${path}.${key}`),
    );
  }
  return canonicalJson(must) === canonicalJson(body) ? [] : [path];
}

/** What makes a resource that is not there. */
export function newBody({ must, once = {} }: Rule): JsonObject {
  return merged(once, must);
}

/** What puts a resource right that is there as `body`. */
export function changedBody({ must, change }: Rule, body: unknown): JsonObject {
  return change === 'patch' ? merged({}, must, body) : merged(withoutIdentifiers(body), must);
}

/** `said` over `base`; `seen` is where numbers that may be larger are looked up. */
function merged(base: JsonObject, said: JsonObject, seen: unknown = base): JsonObject {
  const all = { ...base, ...said };
  return Object.fromEntries(
    Object.entries(all).map(([key, value]) => {
      const there = asObject(seen)[key];
      if (isAtLeast(value)) return [key, Math.max(value.atLeast, asNumber(there) ?? 0)];
      if (isHolds(value)) return [key, withItems(value, asArray(there))];
      if (!isObject(value) || said[key] === undefined) return [key, value];
      return [key, merged(asObject(base[key]), value, there)];
    }),
  );
}

function withItems({ key, items }: Holds, there: readonly unknown[]): unknown[] {
  const others = there.filter(one => !items.some(item => item[key] === asObject(one)[key]));
  return [...others, ...items];
}

/** Azure shows these and takes none of them. */
function withoutIdentifiers(body: unknown): JsonObject {
  const { id: _, name: __, type: ___, etag: ____, systemData: _____, sku: ______, ...rest } = asObject(body);
  return rest;
}

function isAtLeast(value: unknown): value is AtLeast {
  return isObject(value) && typeof value['atLeast'] === 'number';
}

function isHolds(value: unknown): value is Holds {
  return isObject(value) && Array.isArray(value['items']) && typeof value['key'] === 'string';
}
