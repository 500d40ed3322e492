import { isObject } from '@suite/foundation';
import type { PatchType } from '../apply/merge-type.ts';
import { copyOf, type Fields, isSame, list } from '../objects.ts';

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
    if (name !== undefined) result[name] = inOrder(list(result[name]), list(value), type.fieldOf(name).mergeKey ?? '');
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
  return result;
}

/** Items that the order names in that order; others stay before the one that they stood before. */
function inOrder(items: readonly unknown[], order: readonly unknown[], mergeKey: string): unknown[] {
  const keyOf = (item: unknown) => (isObject(item) ? item[mergeKey] : item);
  const rank = (item: unknown) => order.findIndex(one => isSame(keyOf(one), keyOf(item)));
  const named = items.filter(item => rank(item) >= 0).sort((one, other) => rank(one) - rank(other));
  const slots = items.map(item => (rank(item) >= 0 ? named.shift() : item));
  return slots;
}
