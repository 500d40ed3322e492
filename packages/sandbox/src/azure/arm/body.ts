import { isObject } from '@suite/foundation';

/** A resource as it goes over the wire, without `id`, `name` and `type`. */
export type Body = Record<string, unknown>;

/** An object at a path, or an empty one: reading never fails. */
export function at(body: unknown, ...path: readonly string[]): Readonly<Body> {
  let current = body;
  for (const key of path) current = isObject(current) ? current[key] : undefined;
  return isObject(current) ? (current as Body) : {};
}

export function properties(body: Readonly<Body> | undefined): Readonly<Body> {
  return at(body, 'properties');
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Objects are merged key by key, everything else is replaced; null and undefined leave what was there. */
export function merge(...layers: readonly (Readonly<Body> | undefined)[]): Body {
  const merged: Body = {};
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer ?? {})) {
      if (value === null || value === undefined) continue;
      const before = merged[key];
      merged[key] = isObject(value) && isObject(before) ? merge(before as Body, value as Body) : structuredClone(value);
    }
  }
  return merged;
}
