import type { Cluster } from './cluster.ts';
import type { RunningControllers } from './controllers/controller.ts';
import { createGpuView, type GpuView } from './gpu/back-door.ts';
import { copyOf, type Fields, type KubeObject } from './objects.ts';
import { mergePatch } from './patch/merge-patch.ts';
import { apiVersionOf, type ResourceType, storeKey } from './resources/resource-type.ts';
import { removeObject } from './writes/remove.ts';
import { createObject, updateObject } from './writes/write.ts';

/** One object of a cluster: `{ resource: 'deployments.apps', namespace: 'web', name: 'shop' }`. Plurals alone do where only one group has them. */
export interface ObjectPlace {
  readonly resource: string;
  readonly namespace?: string;
  readonly name: string;
}

/** A cluster by the back door: no network, no tokens, no rights, no webhooks. For looking, and for breaking things. */
export interface KubernetesView {
  get(place: ObjectPlace): KubeObject | undefined;
  list(resource: string, namespace?: string): readonly KubeObject[];
  /** Makes an object, or replaces it and, where the type has one, its status. */
  put(object: Pick<KubeObject, 'apiVersion' | 'kind'> & Readonly<Fields>): KubeObject;
  /** Merge patch (RFC 7386), status included. */
  patch(place: ObjectPlace, patch: Readonly<Fields>): KubeObject;
  /** False when there is none. Finalizers hold here as everywhere. */
  delete(place: ObjectPlace): boolean;
  /** Images that no node can pull from now on; `*` stands for anything. The returned function mends it. */
  unpullable(image: string): () => void;
  /** Images whose containers end with an error, again and again. */
  crashing(image: string): () => void;
  /** Images whose containers never become ready. */
  unready(image: string): () => void;
  /** Webhooks, or configurations of webhooks, that no longer answer; `*` stands for anything. */
  failWebhook(name: string): () => void;
  /** What a container has printed. */
  setLog(
    container: { readonly namespace: string; readonly pod: string; readonly container: string },
    text: string,
  ): void;
  /** GPU pools, and what they play. */
  readonly gpu: GpuView;
  nodes(): readonly KubeObject[];
  events(namespace?: string): readonly KubeObject[];
  /** Everything that the cluster holds. */
  everything(): readonly KubeObject[];
  /** Resolves once controllers have nothing left to do but wait for time to pass. */
  settled(): Promise<void>;
}

const manager = 'back-door';

export function createView(cluster: Cluster, controllers: RunningControllers): KubernetesView {
  const typeOf = (resource: string): ResourceType => {
    const all = cluster.types.all();
    const found = all.find(type => storeKey(type) === resource) ?? all.find(type => type.plural === resource);
    if (found === undefined) throw new Error(`The sandbox's cluster serves no resource ${resource}.`);
    return found;
  };
  const find = ({ resource, namespace, name }: ObjectPlace) =>
    cluster.store.get(storeKey(typeOf(resource)), namespace, name);
  const demand = (place: ObjectPlace): KubeObject => {
    const found = find(place);
    if (found !== undefined) return found;
    const { resource, namespace, name } = place;
    throw new Error(
      `The sandbox's cluster holds no ${resource} ${namespace === undefined ? '' : `${namespace}/`}${name}.`,
    );
  };
  const replace = (type: ResourceType, live: KubeObject, next: KubeObject): KubeObject => {
    const { resourceVersion: _, ...metadata } = next.metadata;
    const written = updateObject(cluster, type, live, { ...next, metadata }, { manager });
    if (!type.subresources.includes('status') || next['status'] === undefined) return written;
    return updateObject(
      cluster,
      type,
      written,
      { ...copyOf(written), status: next['status'] },
      { manager, subresource: 'status' },
    );
  };
  const trouble = (set: Set<string>) => (pattern: string) => {
    set.add(pattern);
    controllers.lookAgain();
    return () => {
      set.delete(pattern);
      controllers.lookAgain();
    };
  };

  const put: KubernetesView['put'] = object => {
    const type = cluster.types.byKind(object.apiVersion, object.kind);
    if (type === undefined) throw new Error(`The sandbox's cluster serves no ${object.kind} of ${object.apiVersion}.`);
    const sent = copyOf(object) as KubeObject;
    const live = cluster.store.get(storeKey(type), sent.metadata.namespace, sent.metadata.name);
    if (live !== undefined) return copyOf(replace(type, live, sent));
    const made = createObject(cluster, type, { ...sent, apiVersion: apiVersionOf(type) }, { manager });
    return copyOf(
      sent['status'] === undefined ? made : replace(type, made, { ...copyOf(made), status: sent['status'] }),
    );
  };
  const remove: KubernetesView['delete'] = place => {
    const live = find(place);
    if (live !== undefined) removeObject(cluster, typeOf(place.resource), live);
    return live !== undefined;
  };

  return {
    get: place => copyOf(find(place)),
    list: (resource, namespace) => copyOf(cluster.store.list(storeKey(typeOf(resource)), namespace)),
    put,
    patch: (place, patch) => {
      const live = demand(place);
      return copyOf(replace(typeOf(place.resource), live, mergePatch(live, patch) as KubeObject));
    },
    delete: remove,
    unpullable: trouble(cluster.troubles.unpullable),
    crashing: trouble(cluster.troubles.crashing),
    unready: trouble(cluster.troubles.unready),
    failWebhook: trouble(cluster.troubles.webhooks),
    setLog: ({ namespace, pod, container }, text) => void cluster.logs.set(`${namespace}/${pod}/${container}`, text),
    gpu: createGpuView({
      scripts: cluster.gpuScripts,
      machines: cluster.machines,
      put,
      remove: (resource, namespace, name) =>
        void remove({ resource, name, ...(namespace === undefined ? {} : { namespace }) }),
      lookAgain: controllers.lookAgain,
    }),
    nodes: () => copyOf(cluster.store.list('nodes')),
    events: namespace => copyOf(cluster.store.list('events', namespace)),
    everything: () => copyOf(cluster.store.keys().flatMap(key => cluster.store.list(key))),
    settled: controllers.settled,
  };
}
