import { randomUUID } from 'node:crypto';
import { applyConfiguration, trackUpdate, type WriteContext } from '../apply/apply.ts';
import { isSameObject, type Operation } from '../apply/managed-fields.ts';
import type { Cluster } from '../cluster.ts';
import { copyOf, type Fields, isSame, type KubeObject, type Metadata, timestamp } from '../objects.ts';
import { messageName, zeroValue } from '../resources/messages.ts';
import { apiVersionOf, type ResourceType, storeKey } from '../resources/resource-type.ts';
import { refusals } from '../status.ts';
import { giveAddresses } from './addresses.ts';
import { withDefaults } from './defaults.ts';
import { nameCauses, withName } from './names.ts';
import { withStorageClass } from './storage-classes.ts';
import { tolerating } from './tolerations.ts';
import { createCauses, updateCauses } from './validation.ts';

export interface WriteOptions {
  readonly manager: string;
  readonly dryRun?: boolean;
  /** `status`, or nothing. */
  readonly subresource?: string;
  /** Judges what is about to be stored; throws to refuse. */
  readonly admit?: (object: KubeObject, before: KubeObject | undefined) => void;
}

/** Objects as the server keeps them. All of this is done in one go: nobody sees a write half done. */
export function createObject(
  cluster: Cluster,
  type: ResourceType,
  sent: KubeObject,
  options: WriteOptions,
): KubeObject {
  const named = withName(sent, type);
  if (cluster.store.get(storeKey(type), named.metadata.namespace, named.metadata.name) !== undefined) {
    throw refusals.alreadyExists(type, named.metadata.name);
  }
  const object = newObject(cluster, type, named);
  const tracked = trackUpdate(undefined, object, contextOf(cluster, type, options, 'Update'));
  return storeNew(cluster, type, tracked, options);
}

export function updateObject(
  cluster: Cluster,
  type: ResourceType,
  live: KubeObject,
  sent: KubeObject,
  options: WriteOptions,
): KubeObject {
  checkPreconditions(type, live, sent.metadata);
  const next = nextObject(type, live, sent, options);
  const tracked = trackUpdate(live, next, contextOf(cluster, type, options, 'Update'));
  return storeChanged(cluster, type, live, tracked, options);
}

/** Server-side apply: makes the object when there is none. */
export function applyObject(
  cluster: Cluster,
  type: ResourceType,
  live: KubeObject | undefined,
  applied: KubeObject,
  options: WriteOptions & { readonly force: boolean },
): KubeObject {
  const context = { ...contextOf(cluster, type, options, 'Apply'), force: options.force };
  if (live === undefined) {
    const merged = applyConfiguration(undefined, applied, context);
    return storeNew(cluster, type, withManagers(newObject(cluster, type, merged), merged), options);
  }
  checkPreconditions(type, live, applied.metadata);
  const merged = applyConfiguration(live, applied, context);
  return storeChanged(cluster, type, live, withManagers(nextObject(type, live, merged, options), merged), options);
}

function newObject(cluster: Cluster, type: ResourceType, sent: KubeObject): KubeObject {
  // Some defaults are made of the uid.
  const uid = randomUUID();
  const born = { ...copyOf(sent), metadata: { ...copyOf(sent.metadata), uid } };
  const object = withDefaults(type, withStorageClass(cluster, type, tolerating(type, born)));
  const hasStatus = type.subresources.includes('status');
  const { status, ...rest } = object;
  const metadata: Metadata = {
    ...object.metadata,
    uid,
    creationTimestamp: timestamp(cluster.clock.now()),
    ...(type.hasGeneration ? { generation: 1 } : {}),
  };
  for (const field of ['resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds'] as const)
    delete metadata[field];
  if (!type.hasGeneration) delete metadata.generation;
  const first = firstStatus(type);
  const kept = hasStatus ? (first === undefined ? {} : { status: first }) : status === undefined ? {} : { status };
  return { ...(rest as KubeObject), apiVersion: apiVersionOf(type), kind: type.kind, metadata, ...kept };
}

/** What the server itself says of new objects, before any controller does. */
function firstStatus({ group, plural, custom }: ResourceType): Fields | undefined {
  if (custom !== undefined) return undefined;
  const known: Readonly<Record<string, Fields>> = {
    namespaces: { phase: 'Active' },
    persistentvolumeclaims: { phase: 'Pending' },
    persistentvolumes: { phase: 'Pending' },
    pods: { phase: 'Pending', qosClass: 'BestEffort' },
    services: { loadBalancer: {} },
  };
  return group === '' ? known[plural] : {};
}

function nextObject(type: ResourceType, live: KubeObject, sent: KubeObject, options: WriteOptions): KubeObject {
  if (options.subresource === 'status') {
    const { status } = sent;
    const metadata = { ...copyOf(live.metadata), managedFields: sent.metadata.managedFields ?? [] };
    if (sent.metadata.managedFields === undefined) delete (metadata as Metadata).managedFields;
    return { ...copyOf(live), metadata, ...(status === undefined ? {} : { status: copyOf(status) }) };
  }
  const completed = withDefaults(type, copyOf(sent), live);
  const keepsStatus = type.subresources.includes('status');
  const { status: sentStatus, ...rest } = completed;
  const status = keepsStatus ? live['status'] : sentStatus;
  const fixed = ['uid', 'creationTimestamp', 'deletionTimestamp', 'deletionGracePeriodSeconds', 'generation'] as const;
  const metadata: Metadata = { ...completed.metadata };
  for (const field of fixed) delete metadata[field];
  const kept = Object.fromEntries(
    fixed.flatMap(field => (live.metadata[field] === undefined ? [] : [[field, live.metadata[field]]])),
  );
  const next = {
    ...(rest as KubeObject),
    metadata: { ...metadata, ...kept },
    ...(status === undefined ? {} : { status: copyOf(status) }),
  };
  if (type.hasGeneration && !isSame(specOf(live, keepsStatus), specOf(next, keepsStatus))) {
    next.metadata.generation = (live.metadata.generation ?? 0) + 1;
  }
  return next;
}

/** What a generation counts: everything but metadata, and the status where it is a resource of its own. */
function specOf(object: KubeObject, withoutStatus: boolean): Fields {
  const { metadata: _, status, apiVersion: __, kind: ___, ...rest } = object;
  return withoutStatus ? rest : { ...rest, status };
}

function checkPreconditions(type: ResourceType, live: KubeObject, sent: Metadata): void {
  if (
    sent.resourceVersion !== undefined &&
    sent.resourceVersion !== '' &&
    sent.resourceVersion !== live.metadata.resourceVersion
  ) {
    throw refusals.conflict(type, live.metadata.name);
  }
  if (sent.uid !== undefined && sent.uid !== live.metadata.uid) {
    throw refusals.conflict(
      type,
      live.metadata.name,
      `Precondition failed: UID in precondition: ${sent.uid}, UID in object meta: ${live.metadata.uid}`,
    );
  }
}

function storeNew(cluster: Cluster, type: ResourceType, object: KubeObject, options: WriteOptions): KubeObject {
  options.admit?.(object, undefined);
  const { name } = object.metadata;
  const causes = [...nameCauses(name, type), ...createCauses(type, object)];
  if (causes.length > 0) throw refusals.invalid(type, name, causes);
  // Nobody owns what the server deals out.
  if (storeKey(type) === 'services') giveAddresses(cluster, object);
  return options.dryRun === true ? object : cluster.store.put(storeKey(type), object);
}

function storeChanged(
  cluster: Cluster,
  type: ResourceType,
  live: KubeObject,
  next: KubeObject,
  options: WriteOptions,
): KubeObject {
  const causes = updateCauses(type, live, next);
  if (causes.length > 0) throw refusals.invalid(type, live.metadata.name, causes);
  const candidate = { ...next, metadata: { ...next.metadata, resourceVersion: live.metadata.resourceVersion ?? '' } };
  options.admit?.(candidate, live);
  if (isSameObject(live, candidate)) return live;
  if (options.dryRun === true) return candidate;
  const isGone =
    candidate.metadata.deletionTimestamp !== undefined && (candidate.metadata.finalizers ?? []).length === 0;
  if (isGone && !isHeld(candidate)) {
    cluster.store.remove(storeKey(type), live.metadata.namespace, live.metadata.name);
    return candidate;
  }
  return cluster.store.put(storeKey(type), candidate);
}

/** Namespaces hold themselves until they are empty; pods until their containers have ended. */
function isHeld(object: KubeObject): boolean {
  return object.apiVersion === 'v1' && ['Namespace', 'Pod'].includes(object.kind);
}

function withManagers(object: KubeObject, from: KubeObject): KubeObject {
  const { managedFields } = from.metadata;
  return managedFields === undefined ? object : { ...object, metadata: { ...object.metadata, managedFields } };
}

function contextOf(cluster: Cluster, type: ResourceType, options: WriteOptions, operation: Operation): WriteContext {
  const { manager, subresource = '' } = options;
  const hasStatus = type.subresources.includes('status');
  return {
    type: type.merge,
    zero: type.custom === undefined ? zeroValue(messageName(type.group, type.version, type.kind)) : {},
    writer: { manager, operation, apiVersion: apiVersionOf(type), subresource },
    time: timestamp(cluster.clock.now()),
    scope:
      subresource === 'status'
        ? { mode: 'keep', names: ['status'] }
        : { mode: 'drop', names: hasStatus ? ['status'] : [] },
  };
}
