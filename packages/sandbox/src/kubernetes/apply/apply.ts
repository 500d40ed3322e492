import { copyOf, type Fields, isSame, type KubeObject } from '../objects.ts';
import { type Cause, refusals } from '../status.ts';
import {
  difference,
  type FieldSet,
  intersection,
  isEmpty,
  nothing,
  pathsOf,
  restrict,
  singleton,
  union,
  withNamedFields,
} from './field-set.ts';
import {
  decodeManagedFields,
  encodeManagedFields,
  isSameManager,
  type ManagerEntry,
  startingEntries,
  type Writer,
} from './managed-fields.ts';
import type { MergeType } from './merge-type.ts';
import { type Comparison, compare, fieldSetOf, mergeValues, removeItems } from './walk.ts';

export interface WriteContext {
  readonly type: MergeType;
  /** What a new object of the type is made of before anybody says anything. */
  readonly zero: Readonly<Fields>;
  readonly writer: Writer;
  /** RFC 3339. */
  readonly time: string;
  /** Of the object's root: what this writer may own at all. The main resource does not own `status`, `/status` owns nothing else. */
  readonly scope: { readonly mode: 'keep' | 'drop'; readonly names: readonly string[] };
}

/** Fields that the server fills in and nobody owns (apimachinery, managedfields/internal/stripmeta.go). */
const nobodys = [
  ['f:apiVersion'],
  ['f:kind'],
  ['f:metadata'],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map(name => ['f:metadata', `f:${name}`]),
]
  .map(singleton)
  .reduce(union, nothing);

function ownable(set: FieldSet, { scope }: WriteContext): FieldSet {
  return { ...difference(restrict(set, scope.names, scope.mode), nobodys), member: false };
}

/** What somebody owns who applies this. */
export function fieldsApplied(applied: Readonly<Fields>, context: WriteContext): FieldSet {
  return ownable(fieldSetOf(applied, context.type), context);
}

/** Notes who owns what after a plain write. `next` comes back with its managed fields. */
export function trackUpdate(live: KubeObject | undefined, next: KubeObject, context: WriteContext): KubeObject {
  const { writer, time, type } = context;
  const isSubresource = writer.subresource !== '';
  const entries = startingEntries(
    live?.metadata.managedFields,
    isSubresource ? undefined : next.metadata.managedFields,
  );
  const [before, after] = [withoutManagedFields(live ?? context.zero), withoutManagedFields(next)];
  const changes = limited(compare(before, after, type), context);
  const taken = union(changes.added, changes.modified);
  const others = entries
    .filter(entry => !isSameManager(entry, writer))
    .map(entry => ({ ...entry, set: difference(entry.set, union(taken, changes.removed)) }));
  const mine = entries.find(entry => isSameManager(entry, writer));
  const kept = difference(mine?.set ?? nothing, changes.removed);
  const set = ownable(union(kept, taken), context);
  const hasChanged = !isEmpty(ownable(taken, context));
  const entry: ManagerEntry = { ...writer, set, ...timeOf(hasChanged ? time : mine?.time) };
  return withManagedFields(after as KubeObject, [...others, entry]);
}

/** Server-side apply: the object as it is after `applied`, with its managed fields. Throws the conflicts unless forced. */
export function applyConfiguration(
  live: KubeObject | undefined,
  applied: KubeObject,
  context: WriteContext & { readonly force: boolean },
): KubeObject {
  const { writer, time, type } = context;
  const current = withoutManagedFields(live ?? { apiVersion: applied.apiVersion, kind: applied.kind });
  const entries = managersBefore(live, current, context);
  const mine = entries.find(entry => isSameManager(entry, writer));
  const set = fieldsApplied(applied, context);
  const merged = mergeValues(current, withinScope(applied, context), type);
  const others = entries.filter(entry => !isSameManager(entry, writer));
  const next = prune(merged, mine?.set ?? nothing, [...others.map(entry => entry.set), set], type) as Fields;
  const changes = limited(compare(current, next, type), context);
  const taken = union(changes.added, changes.modified);
  if (!context.force) refuseConflicts(others, taken);
  const left = others.map(entry => ({ ...entry, set: difference(entry.set, union(taken, changes.removed)) }));
  const isChanged = live === undefined || !isSame(current, next);
  return withManagedFields(next as KubeObject, [...left, { ...writer, set, ...timeOf(isChanged ? time : mine?.time) }]);
}

/** What stood there before anybody applied belongs to a manager of its own. */
function managersBefore(live: KubeObject | undefined, current: Fields, context: WriteContext): ManagerEntry[] {
  const entries = decodeManagedFields(live?.metadata.managedFields);
  if (live === undefined || entries.length > 0) return entries;
  const { added } = compare(context.zero, current, context.type);
  const writer: Writer = { ...context.writer, manager: 'before-first-apply', operation: 'Update' };
  return [{ ...writer, time: context.time, set: ownable(added, context) }];
}

/** Takes away what the applier named last time, does not name now, and nobody else owns. */
function prune(merged: unknown, last: FieldSet, owned: readonly FieldSet[], type: MergeType): unknown {
  if (isEmpty(last)) return merged;
  const named = (set: FieldSet) => withNamedFields(set, type);
  const all = named(fieldSetOf(merged, type));
  const lean = removeItems(merged, named(last), type) ?? {};
  const kept = union(named(fieldSetOf(lean, type)), named(owned.reduce(union, nothing)));
  const pruned = removeItems(merged, difference(all, kept), type) ?? {};
  const gone = intersection(difference(all, named(fieldSetOf(pruned, type))), named(last));
  return removeItems(merged, gone, type) ?? {};
}

function refuseConflicts(others: readonly ManagerEntry[], taken: FieldSet): void {
  const conflicts = others.flatMap(entry =>
    pathsOf(intersection(entry.set, taken)).map(field => ({ manager: inWords(entry), field })),
  );
  if (conflicts.length === 0) return;
  const causes: Cause[] = conflicts.map(({ manager, field }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${manager}`,
    field,
  }));
  throw refusals.applyConflict(conflictMessage(conflicts), causes);
}

function conflictMessage(conflicts: readonly { readonly manager: string; readonly field: string }[]): string {
  const [first, second] = conflicts;
  if (first !== undefined && second === undefined) {
    return `Apply failed with 1 conflict: conflict with ${first.manager}: ${first.field}`;
  }
  const managers = [...new Set(conflicts.map(({ manager }) => manager))].sort();
  const lines = managers.flatMap(manager => [
    `conflicts with ${manager}:`,
    ...conflicts.filter(one => one.manager === manager).map(({ field }) => `- ${field}`),
  ]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function inWords({ manager, operation, apiVersion, subresource }: ManagerEntry): string {
  const name = JSON.stringify(manager);
  const place = subresource === '' ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Apply' ? place : `${place} using ${apiVersion}`;
}

function limited({ added, modified, removed }: Comparison, { scope }: WriteContext): Comparison {
  const limit = (one: FieldSet) => restrict(one, scope.names, scope.mode);
  return { added: limit(added), modified: limit(modified), removed: limit(removed) };
}

/** What of a configuration counts at all: `/status` looks at the status, the main resource at the rest. */
function withinScope(applied: KubeObject, { scope }: WriteContext): Fields {
  const always = ['apiVersion', 'kind', 'metadata'];
  const counts = (key: string) => always.includes(key) || scope.names.includes(key) === (scope.mode === 'keep');
  return Object.fromEntries(Object.entries(withoutManagedFields(applied)).filter(([key]) => counts(key)));
}

function withoutManagedFields(object: Readonly<Fields>): Fields {
  const { managedFields: _, ...metadata } = (object['metadata'] ?? {}) as Fields;
  return { ...object, ...(object['metadata'] === undefined ? {} : { metadata }) };
}

function withManagedFields(object: KubeObject, entries: readonly ManagerEntry[]): KubeObject {
  const managedFields = encodeManagedFields(entries);
  return {
    ...copyOf(object),
    metadata: { ...copyOf(object.metadata), ...(managedFields.length === 0 ? {} : { managedFields }) },
  };
}

function timeOf(time: string | undefined): { readonly time?: string } {
  return time === undefined ? {} : { time };
}
