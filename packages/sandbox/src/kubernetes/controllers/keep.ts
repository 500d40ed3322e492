import type { Cluster } from '../cluster.ts';
import { at, copyOf, type Fields, isSame, type KubeObject, list, objects, text, timestamp } from '../objects.ts';
import { builtInType, type ResourceType } from '../resources/resource-type.ts';
import { removeObject } from '../writes/remove.ts';
import { createObject, updateObject } from '../writes/write.ts';

/** What controllers do to objects: as the API does, without asking anybody for permission. */
export const controllerManager = 'kube-controller-manager';

function typeOf(cluster: Cluster, key: string): ResourceType {
  return cluster.types.byKey(key) ?? builtInType(key);
}

export function create(cluster: Cluster, key: string, object: KubeObject, manager = controllerManager): KubeObject {
  return createObject(cluster, typeOf(cluster, key), object, { manager });
}

/** Changes an object; `change` gets a copy of its own. */
export function change(
  cluster: Cluster,
  key: string,
  live: KubeObject,
  edit: (object: KubeObject) => void,
  manager = controllerManager,
): KubeObject {
  const next = copyOf(live);
  edit(next);
  return updateObject(cluster, typeOf(cluster, key), live, next, { manager });
}

export function setStatus(
  cluster: Cluster,
  key: string,
  live: KubeObject,
  status: Readonly<Fields>,
  manager = controllerManager,
): KubeObject {
  if (isSame(live['status'], status)) return live;
  const type = typeOf(cluster, key);
  const subresource = type.subresources.includes('status') ? { subresource: 'status' } : {};
  return updateObject(cluster, type, live, { ...copyOf(live), status: copyOf(status) }, { manager, ...subresource });
}

export function remove(cluster: Cluster, key: string, live: KubeObject): void {
  removeObject(cluster, typeOf(cluster, key), live);
}

/** Makes an object, or brings parts of an existing one to what they should be: laid over what is there, or in its place. */
export function ensure(
  cluster: Cluster,
  key: string,
  wanted: KubeObject,
  manager = controllerManager,
  mode: 'overlay' | 'replace' = 'overlay',
): KubeObject {
  const live = cluster.store.get(key, wanted.metadata.namespace, wanted.metadata.name);
  if (live === undefined) return create(cluster, key, wanted, manager);
  return change(
    cluster,
    key,
    live,
    object => {
      for (const [field, value] of Object.entries(wanted)) {
        if (['apiVersion', 'kind', 'metadata', 'status'].includes(field)) continue;
        object[field] = mode === 'replace' ? value : overlay(object[field], value);
      }
    },
    manager,
  );
}

/** Lays what is wanted over what is there, so that defaults of the server stay. */
function overlay(live: unknown, wanted: unknown): unknown {
  if (Array.isArray(wanted)) {
    const before = list(live);
    return wanted.map((item, index) => overlay(before[index], item));
  }
  if (typeof wanted !== 'object' || wanted === null) return wanted;
  const merged: Fields = { ...at(live) };
  for (const [key, value] of Object.entries(wanted)) merged[key] = overlay(merged[key], value);
  return merged;
}

export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/** Conditions with one of them set; its transition time moves only when its status does. */
export function withCondition(
  conditions: unknown,
  condition: Condition,
  now: number,
  more: Readonly<Fields> = {},
): readonly Fields[] {
  const before = objects(conditions).find(one => one['type'] === condition.type);
  const isSteady = before?.['status'] === condition.status;
  const lastTransitionTime = (isSteady ? text(before?.['lastTransitionTime']) : undefined) ?? timestamp(now);
  const next: Fields = { ...condition, lastTransitionTime, ...more };
  return before === undefined
    ? [...objects(conditions), next]
    : objects(conditions).map(one => (one === before ? next : one));
}

export function conditionOf(object: KubeObject | undefined, type: string): Readonly<Fields> | undefined {
  return objects(at(object, 'status')['conditions']).find(one => one['type'] === type);
}

export function isTrue(object: KubeObject | undefined, type: string): boolean {
  return conditionOf(object, type)?.['status'] === 'True';
}
