import type { KubeObject } from '../objects.ts';

export type ChangeKind = 'ADDED' | 'MODIFIED' | 'DELETED';

/** One change of one object, in the order of the cluster's resource versions. */
export interface Change {
  readonly kind: ChangeKind;
  /** Store key of the type: `deployments.apps`. */
  readonly key: string;
  /** As it is now; of a deleted object as it was last, with the version of its deletion. */
  readonly object: KubeObject;
  /** As it was before; absent for a new one. */
  readonly before?: KubeObject;
  readonly version: number;
}

/** The objects of one cluster, and what happened to them lately. */
export interface Store {
  /** The version of the last change. */
  version(): number;
  get(key: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** In order of namespace and name; of all namespaces when none is named. */
  list(key: string, namespace?: string): readonly KubeObject[];
  /** Puts an object in place with the next version and tells everybody. */
  put(key: string, object: KubeObject): KubeObject;
  /** Undefined when there was none. */
  remove(key: string, namespace: string | undefined, name: string): KubeObject | undefined;
  /** Changes of a type after a version; undefined when they are no longer remembered. */
  changesAfter(key: string, version: number): readonly Change[] | undefined;
  /** Called after each change, in order. Ends with the returned function. */
  subscribe(listener: (change: Change) => void): () => void;
  /** Every key that holds objects. */
  keys(): readonly string[];
}

const firstVersion = 1000;

export function createStore(options: { readonly remembered?: number } = {}): Store {
  const { remembered = 5000 } = options;
  const objects = new Map<string, Map<string, KubeObject>>();
  const listeners = new Set<(change: Change) => void>();
  const history: Change[] = [];
  let version = firstVersion;
  let forgotten = firstVersion;

  const slot = (namespace: string | undefined, name: string) => `${namespace ?? ''}/${name}`;
  const table = (key: string) => {
    const found = objects.get(key) ?? new Map<string, KubeObject>();
    objects.set(key, found);
    return found;
  };
  const tell = (change: Change) => {
    history.push(change);
    if (history.length > remembered) forgotten = history.shift()?.version ?? forgotten;
    for (const listener of [...listeners]) listener(change);
  };
  const stamped = (object: KubeObject): KubeObject => ({
    ...object,
    metadata: { ...object.metadata, resourceVersion: String(version) },
  });

  return {
    version: () => version,
    get: (key, namespace, name) => objects.get(key)?.get(slot(namespace, name)),
    list: (key, namespace) => {
      const all = [...(objects.get(key) ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
      return all
        .map(([, object]) => object)
        .filter(object => namespace === undefined || object.metadata.namespace === namespace);
    },
    put: (key, object) => {
      const place = slot(object.metadata.namespace, object.metadata.name);
      const before = table(key).get(place);
      version += 1;
      const stored = stamped(object);
      table(key).set(place, stored);
      const kind = before === undefined ? 'ADDED' : 'MODIFIED';
      tell({ kind, key, object: stored, ...(before === undefined ? {} : { before }), version });
      return stored;
    },
    remove: (key, namespace, name) => {
      const before = objects.get(key)?.get(slot(namespace, name));
      if (before === undefined) return undefined;
      version += 1;
      objects.get(key)?.delete(slot(namespace, name));
      tell({ kind: 'DELETED', key, object: stamped(before), before, version });
      return before;
    },
    changesAfter: (key, after) =>
      after < forgotten ? undefined : history.filter(change => change.key === key && change.version > after),
    subscribe: listener => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    keys: () => [...objects].filter(([, all]) => all.size > 0).map(([key]) => key),
  };
}
