import { isObject, type JsonObject } from '@suite/foundation';

/** RFC 7396: null takes away, maps are merged, all else replaces. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map<string, unknown>(isObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

/** What `target` leaves empty is taken from `source`; maps are filled likewise (Go's mergo without an override). */
function fillEmpty(target: unknown, source: unknown): unknown {
  if (isEmpty(target)) return source;
  if (!isObject(target) || !isObject(source)) return target;
  return fillMap(target, source);
}

export function fillMap(target: JsonObject, source: JsonObject): JsonObject {
  const filled = new Map<string, unknown>(Object.entries(target));
  for (const [key, value] of Object.entries(source)) filled.set(key, fillEmpty(filled.get(key), value));
  return Object.fromEntries(filled);
}

/** `over` laid over `under`; what `over` leaves empty stays (Go's mergo with an override). */
export function layOver(under: JsonObject, over: JsonObject): JsonObject {
  const merged = new Map<string, unknown>(Object.entries(under));
  for (const [key, value] of Object.entries(over)) {
    const there = merged.get(key);
    if (isObject(there) && isObject(value)) merged.set(key, layOver(there, value));
    else if (!isEmpty(value) || !merged.has(key)) merged.set(key, value);
  }
  return Object.fromEntries(merged);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0;
}
