import { at, type Fields, isSame, objects, text } from '../objects.ts';
import { type FieldSet, fromFieldsV1, isEmpty, toFieldsV1 } from './field-set.ts';

export type Operation = 'Apply' | 'Update';

/** One manager and what it owns: an entry of `metadata.managedFields`. */
export interface ManagerEntry {
  readonly manager: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time?: string;
  readonly set: FieldSet;
}

/** Who writes. */
export type Writer = Pick<ManagerEntry, 'manager' | 'operation' | 'apiVersion' | 'subresource'>;

/** An applier stays the same one when it goes to another version of the API. */
export function isSameManager(one: Writer, other: Writer): boolean {
  return (
    one.manager === other.manager &&
    one.operation === other.operation &&
    one.subresource === other.subresource &&
    (one.operation === 'Apply' || one.apiVersion === other.apiVersion)
  );
}

export function decodeManagedFields(value: unknown): ManagerEntry[] {
  return objects(value).map(entry => {
    const time = text(entry['time']);
    return {
      manager: text(entry['manager']) ?? 'unknown',
      operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
      apiVersion: text(entry['apiVersion']) ?? '',
      subresource: text(entry['subresource']) ?? '',
      ...(time === undefined ? {} : { time }),
      set: fromFieldsV1(entry['fieldsV1']),
    };
  });
}

export function encodeManagedFields(entries: readonly ManagerEntry[]): Fields[] {
  const inOrder = (one: ManagerEntry, other: ManagerEntry) =>
    [
      one.operation.localeCompare(other.operation),
      (one.time ?? '').localeCompare(other.time ?? ''),
      one.manager.localeCompare(other.manager),
      one.apiVersion.localeCompare(other.apiVersion),
      one.subresource.localeCompare(other.subresource),
    ].find(order => order !== 0) ?? 0;
  return entries
    .filter(({ set }) => !isEmpty(set))
    .sort(inOrder)
    .map(({ manager, operation, apiVersion, subresource, time, set }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: toFieldsV1(set),
      ...(subresource === '' ? {} : { subresource }),
    }));
}

/**
 * What a writer starts from: entries that it sends itself replace the stored ones, `[]` and `[{}]` forget them, and none at all
 * keeps them.
 */
export function startingEntries(live: unknown, sent: unknown): ManagerEntry[] {
  if (Array.isArray(sent)) {
    const isReset = sent.length === 0 || (sent.length === 1 && Object.keys(at(sent[0])).length === 0);
    if (isReset) return [];
    const decoded = decodeManagedFields(sent);
    if (decoded.length > 0) return decoded;
  }
  return decodeManagedFields(live);
}

/** Whether two objects say the same, times of managers apart: a write that changes nothing else does not happen. */
export function isSameObject(one: Readonly<Fields>, other: Readonly<Fields>): boolean {
  return isSame(withoutTimes(one), withoutTimes(other));
}

function withoutTimes(object: Readonly<Fields>): Fields {
  const metadata = at(object, 'metadata');
  const managedFields = objects(metadata['managedFields']).map(({ time: _, ...entry }) => entry);
  const { resourceVersion: _, ...rest } = metadata;
  return { ...object, metadata: { ...rest, managedFields } };
}
