import type { CtyType } from './schema.ts';
import { hasUnknown, isEmpty, isList, isObjectValue, isUnknown, type ObjectValue, type Value } from './values.ts';

/**
 * What stands in the state after a read. Whatever the read does not speak of stays as it was; null after null.
 * The SDK behind azurerm keeps the difference between null and empty as it was planned when it applies, and takes over what
 * Azure says when it refreshes: that is where the harmless `resource_drift` right after an apply comes from.
 */
export function reconcile(
  type: CtyType,
  read: { readonly [name: string]: Value | undefined },
  before: ObjectValue,
  moment: 'apply' | 'refresh',
): ObjectValue {
  const merged: { [name: string]: Value } = {};
  for (const [name, inner] of Object.entries(type[1] as { readonly [name: string]: CtyType })) {
    const found = read[name];
    const planned = before[name] ?? null;
    if (found === undefined) merged[name] = isUnknown(planned) ? null : planned;
    else merged[name] = settle(inner, found, planned, moment);
  }
  return merged;
}

function settle(type: CtyType, found: Value, planned: Value, moment: 'apply' | 'refresh'): Value {
  if (isUnknown(planned) || typeof type === 'string') return settlePrimitive(found, planned);
  const [kind, inner] = type;
  if (moment === 'apply' && kind !== 'object') {
    if (isEmpty(found) && isEmpty(planned)) return planned;
    if (kind === 'set' && planned !== null && !hasUnknown(planned)) return planned;
  }
  if (kind === 'object' && isObjectValue(found) && isObjectValue(planned)) {
    const attributes = Object.entries(inner as { readonly [name: string]: CtyType });
    return Object.fromEntries(
      attributes.map(([name, item]) => [name, settle(item, found[name] ?? null, planned[name] ?? null, moment)]),
    );
  }
  if (kind === 'list' && isList(found) && isList(planned) && found.length === planned.length) {
    return found.map((item, index) => settle(inner as CtyType, item, planned[index] ?? null, moment));
  }
  return found;
}

function settlePrimitive(found: Value, planned: Value): Value {
  return found === null && planned === '' ? planned : found;
}
