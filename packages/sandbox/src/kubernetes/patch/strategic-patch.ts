import { isObject } from '@suite/foundation';
import type { PatchType } from '../apply/merge-type.ts';
import { at, copyOf, type Fields, isSame, list } from '../objects.ts';

/**
 * Strategic merge patch: lists with a merge key merge item by item. Knows `$patch` (delete, replace, merge), `$setElementOrder/…`,
 * `$deleteFromPrimitiveList/…` and `$retainKeys`.
 */
export function strategicPatch(document: unknown, patch: Readonly<Fields>, type: PatchType): Fields {
  const directive = patch['$patch'];
  const { $patch: _, $retainKeys: retained, ...rest } = patch;
  if (directive === 'delete') return {};
  if (directive === 'replace') return copyOf(rest);
  const result: Fields = isObject(document) ? { ...document } : {};
  if (Array.isArray(retained)) {
    for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  }
  for (const [key, value] of Object.entries(rest)) {
    const [instruction, name] = key.startsWith('$') ? key.split('/') : [];
    if (instruction === undefined) patchField(result, key, value, type);
    else if (instruction === '$deleteFromPrimitiveList' && name !== undefined) {
      result[name] = list(result[name]).filter(item => !list(value).some(one => isSame(one, item)));
    } else if (instruction !== '$setElementOrder')
      throw new Error(`unknown directive ${key} of a strategic merge patch`);
  }
  for (const [key, value] of Object.entries(rest)) {
    const name = /^\$setElementOrder\/(.+)$/.exec(key)?.[1];
    if (name === undefined) continue;
    result[name] = inOrder(
      list(result[name]),
      list(value),
      list(at(document)[name]),
      type.fieldOf(name).mergeKey ?? '',
    );
  }
  return result;
}

function patchField(result: Fields, key: string, value: unknown, type: PatchType): void {
  const field = type.fieldOf(key);
  if (value === null) delete result[key];
  else if (Array.isArray(value) && field.mergeKey !== undefined) {
    result[key] = mergeList(list(result[key]), value, field.mergeKey, field.type);
  } else if (isObject(value)) result[key] = strategicPatch(result[key], value, field.type);
  else result[key] = copyOf(value);
}

function mergeList(live: readonly unknown[], patch: readonly unknown[], mergeKey: string, type: PatchType): unknown[] {
  if (patch.some(item => isObject(item) && item['$patch'] === 'replace')) {
    return patch.filter(item => !(isObject(item) && item['$patch'] === 'replace')).map(copyOf);
  }
  let result = [...live];
  for (const item of patch) {
    if (!isObject(item)) {
      if (!result.some(one => isSame(one, item))) result.push(item);
      continue;
    }
    const isIt = (one: unknown) => isObject(one) && isSame(one[mergeKey], item[mergeKey]);
    if (item['$patch'] === 'delete') result = result.filter(one => !isIt(one));
    else if (result.some(isIt)) result = result.map(one => (isIt(one) ? strategicPatch(one, item, type) : one));
    else result.push(strategicPatch({}, item, type));
  }
  return inOrder(result, patch, live, mergeKey);
}

/** Items that the order names in that order; the others stay before those that they stood before in the live list. */
function inOrder(
  items: readonly unknown[],
  order: readonly unknown[],
  live: readonly unknown[],
  mergeKey: string,
): unknown[] {
  const keyOf = (item: unknown) => (isObject(item) ? item[mergeKey] : item);
  const rank = (all: readonly unknown[], item: unknown) => all.findIndex(one => isSame(keyOf(one), keyOf(item)));
  const named = items
    .filter(item => rank(order, item) >= 0)
    .sort((one, other) => rank(order, one) - rank(order, other));
  const rest = items.filter(item => rank(order, item) < 0).sort((one, other) => rank(live, one) - rank(live, other));
  const result: unknown[] = [];
  for (const item of named) {
    const place = rank(live, item);
    while (rest.length > 0 && place >= 0 && rank(live, rest[0]) < place) result.push(rest.shift());
    result.push(item);
  }
  return [...result, ...rest];
}
