import type { Cluster } from '../cluster.ts';
import { copyOf, type KubeObject } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';
import { removeObject } from '../writes/remove.ts';
import type { Controller } from './controller.ts';

interface Found {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

/** Objects whose owners are gone go too; owners that are deleted in the foreground wait for them. */
export function garbage(cluster: Cluster): Controller {
  return {
    name: 'garbage-collector',
    keysFor: ({ kind, object }) => {
      const { uid = '', ownerReferences = [], finalizers = [], deletionTimestamp } = object.metadata;
      if (kind === 'DELETED') return [uid, ...ownerReferences.map(reference => reference.uid)];
      const isGoing =
        deletionTimestamp !== undefined && finalizers.some(one => one === 'foregroundDeletion' || one === 'orphan');
      if (isGoing) return [uid];
      return kind === 'ADDED' ? ownerReferences.map(reference => reference.uid) : [];
    },
    reconcile: uid => {
      const all = everything(cluster);
      const owner = all.find(({ object }) => object.metadata.uid === uid);
      const owned = all.filter(({ object }) =>
        object.metadata.ownerReferences?.some(reference => reference.uid === uid),
      );
      if (owner === undefined) {
        for (const dependent of owned) release(cluster, dependent, uid, all);
      } else if (owner.object.metadata.deletionTimestamp !== undefined) {
        letGo(cluster, owner, owned);
      }
    },
  };
}

function everything(cluster: Cluster): readonly Found[] {
  const keys = new Map(cluster.types.all().map(type => [storeKey(type), type]));
  return [...keys].flatMap(([key, type]) => cluster.store.list(key).map(object => ({ type, object })));
}

/** Without its last owner an object is deleted; with others left it only forgets this one. */
function release(cluster: Cluster, { type, object }: Found, uid: string, all: readonly Found[]): void {
  const others = (object.metadata.ownerReferences ?? []).filter(reference => reference.uid !== uid);
  const hasOwner = others.some(reference => all.some(one => one.object.metadata.uid === reference.uid));
  if (!hasOwner) removeObject(cluster, type, object);
  else put(cluster, type, { ...object, metadata: { ...object.metadata, ownerReferences: others } });
}

function letGo(cluster: Cluster, owner: Found, owned: readonly Found[]): void {
  const finalizers = owner.object.metadata.finalizers ?? [];
  if (finalizers.includes('orphan')) {
    for (const { type, object } of owned) {
      const rest = (object.metadata.ownerReferences ?? []).filter(one => one.uid !== owner.object.metadata.uid);
      const { ownerReferences: _, ...metadata } = object.metadata;
      put(cluster, type, {
        ...object,
        metadata: rest.length === 0 ? metadata : { ...metadata, ownerReferences: rest },
      });
    }
    dropFinalizer(cluster, owner, 'orphan');
    return;
  }
  if (!finalizers.includes('foregroundDeletion')) return;
  const blocking = owned.filter(({ object }) =>
    object.metadata.ownerReferences?.some(
      one => one.uid === owner.object.metadata.uid && one.blockOwnerDeletion === true,
    ),
  );
  for (const { type, object } of owned) {
    if (object.metadata.deletionTimestamp === undefined)
      removeObject(cluster, type, object, { propagation: 'Foreground' });
  }
  const isLeft = ({ type, object }: Found) =>
    cluster.store.get(storeKey(type), object.metadata.namespace, object.metadata.name) !== undefined;
  if (!blocking.some(isLeft)) dropFinalizer(cluster, owner, 'foregroundDeletion');
}

function dropFinalizer(cluster: Cluster, { type, object }: Found, name: string): void {
  const { namespace, name: objectName } = object.metadata;
  const live = cluster.store.get(storeKey(type), namespace, objectName);
  if (live === undefined) return;
  const { finalizers = [], ...metadata } = live.metadata;
  const left = finalizers.filter(one => one !== name);
  if (left.length === 0 && storeKey(type) !== 'pods') cluster.store.remove(storeKey(type), namespace, objectName);
  else put(cluster, type, { ...live, metadata: left.length === 0 ? metadata : { ...metadata, finalizers: left } });
}

function put(cluster: Cluster, type: ResourceType, object: KubeObject): void {
  cluster.store.put(storeKey(type), copyOf(object));
}
