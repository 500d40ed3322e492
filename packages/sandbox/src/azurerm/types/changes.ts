import { canonicalJson } from '@suite/foundation';
import { isList, isObjectValue, isZero, type ObjectValue, type Value } from '../schema/values.ts';

/** Whether an update changes one of these attributes. Not set, empty, zero and false are the same to azurerm. */
export function changes(
  prior: ObjectValue | undefined,
  planned: ObjectValue | undefined,
  ...names: readonly string[]
): boolean {
  return names.some(name => canonicalJson(substance(prior?.[name])) !== canonicalJson(substance(planned?.[name])));
}

function substance(value: Value | undefined): unknown {
  if (isZero(value)) return null;
  if (isList(value)) return value.map(substance);
  if (!isObjectValue(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, substance(item)] as const);
  return Object.fromEntries(entries.filter(([, item]) => item !== null));
}
