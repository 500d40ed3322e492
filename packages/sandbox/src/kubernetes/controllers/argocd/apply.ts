import { parseJson } from '@suite/foundation';
import { applyConfiguration, fieldsApplied } from '../../apply/apply.ts';
import { encodeManagedFields } from '../../apply/managed-fields.ts';
import type { Cluster } from '../../cluster.ts';
import { copyOf, type Fields, isSame, type KubeObject, timestamp } from '../../objects.ts';
import { apiVersionOf, type ResourceType, storeKey } from '../../resources/resource-type.ts';
import { refusals } from '../../status.ts';
import { applyObject, createObject, updateObject } from '../../writes/write.ts';

/** Who applies, by both ways. */
const manager = 'argocd-controller';
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export interface ApplyWay {
  readonly isServerSide: boolean;
  readonly isReplace: boolean;
}

/** Applies as `kubectl apply` does; gives its message. Throws what the API server says. */
export function apply(cluster: Cluster, type: ResourceType, target: KubeObject, way: ApplyWay): string {
  const live = liveOf(cluster, type, target);
  const { namespace } = target.metadata;
  if (namespace !== undefined && cluster.store.get('namespaces', undefined, namespace) === undefined) {
    throw refusals.notFound({ group: '', plural: 'namespaces', kind: 'Namespace' }, namespace);
  }
  const what = `${type.group === '' ? type.kind.toLowerCase() : `${type.kind.toLowerCase()}.${type.group}`}/${target.metadata.name}`;
  if (way.isServerSide) {
    applyObject(cluster, type, live, target, { manager, force: true });
    return `${what} serverside-applied`;
  }
  if (live === undefined) {
    createObject(cluster, type, way.isReplace ? target : noted(target), { manager });
    return `${what} created`;
  }
  const next = updateObject(
    cluster,
    type,
    live,
    way.isReplace ? replaced(live, target) : merged(cluster, type, live, target),
    { manager },
  );
  if (way.isReplace) return `${what} replaced`;
  return next === live ? `${what} unchanged` : `${what} configured`;
}

/** Whether applying would change anything that people see. */
export function differs(
  cluster: Cluster,
  type: ResourceType,
  live: KubeObject,
  target: KubeObject,
  way: ApplyWay,
): boolean {
  try {
    const options = { manager, dryRun: true };
    const next = way.isServerSide
      ? applyObject(cluster, type, live, target, { ...options, force: true })
      : updateObject(cluster, type, live, merged(cluster, type, live, target), options);
    return !isSame(visible(next), visible(live));
  } catch {
    // What cannot be applied is not there yet.
    return true;
  }
}

function liveOf(cluster: Cluster, type: ResourceType, { metadata }: KubeObject): KubeObject | undefined {
  return cluster.store.get(storeKey(type), metadata.namespace, metadata.name);
}

function replaced(live: KubeObject, target: KubeObject): KubeObject {
  const { resourceVersion: _, ...metadata } = live.metadata;
  return { ...target, metadata: { ...metadata, ...target.metadata } };
}

function noted(target: KubeObject): KubeObject {
  const annotations = { ...target.metadata.annotations, [lastApplied]: `${JSON.stringify(target)}\n` };
  return { ...target, metadata: { ...target.metadata, annotations } };
}

/**
 * A three-way merge of what was applied last, what is there and what is wanted. It is that of a server-side apply by somebody who owns
 * what was applied last, and to whom nobody objects.
 */
function merged(cluster: Cluster, type: ResourceType, live: KubeObject, target: KubeObject): KubeObject {
  const context = {
    type: type.merge,
    zero: {},
    writer: { manager, operation: 'Apply' as const, apiVersion: apiVersionOf(type), subresource: '' },
    time: timestamp(cluster.clock.now()),
    scope: { mode: 'drop' as const, names: ['status'] },
    force: true,
  };
  const before = parseJson(live.metadata.annotations?.[lastApplied] ?? '');
  const entry = before === undefined ? [] : [{ ...context.writer, set: fieldsApplied(before as Fields, context) }];
  const { managedFields, resourceVersion: _, ...metadata } = live.metadata;
  const owned = entry.length === 0 ? {} : { managedFields: encodeManagedFields(entry) };
  const from = { ...copyOf(live), metadata: { ...copyOf(metadata), ...owned } };
  const result = applyConfiguration(from, noted(target), context);
  const { managedFields: __, ...rest } = result.metadata;
  return { ...result, metadata: { ...rest, ...(managedFields === undefined ? {} : { managedFields }) } };
}

function visible(object: KubeObject): Fields {
  const { managedFields: _, resourceVersion: __, generation: ___, annotations = {}, ...metadata } = object.metadata;
  const { [lastApplied]: ____, ...notes } = annotations;
  const { status: _____, ...rest } = object;
  return { ...rest, metadata: { ...metadata, annotations: notes } };
}
