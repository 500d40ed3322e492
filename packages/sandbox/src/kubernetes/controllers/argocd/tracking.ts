import type { Cluster } from '../../cluster.ts';
import { controllerOf, type KubeObject } from '../../objects.ts';
import { type ResourceType, storeKey } from '../../resources/resource-type.ts';

/** How Argo CD knows its objects again: `APPLICATION:GROUP/KIND:NAMESPACE/NAME` (its default since 3.0). */
export const trackingAnnotation = 'argocd.argoproj.io/tracking-id';

export function trackingId(application: string, object: KubeObject, namespace: string): string {
  return `${application}:${identityOf(object, namespace)}`;
}

function identityOf({ apiVersion, kind, metadata }: KubeObject, namespace: string): string {
  return `${groupOf(apiVersion)}/${kind}:${namespace}/${metadata.name}`;
}

export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
}

/** The application that an object says it belongs to. */
export function applicationOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[trackingAnnotation]?.split(':')[0];
}

/** Annotations get copied from owner to owned; only an id that names the object itself counts. */
export function isOwnId(object: KubeObject, destinationNamespace: string): boolean {
  const id = object.metadata.annotations?.[trackingAnnotation];
  if (id === undefined) return true;
  const rest = id.slice(id.indexOf(':') + 1);
  return rest === identityOf(object, object.metadata.namespace ?? destinationNamespace);
}

/** The application at whose end of the chain of owners an object hangs. */
export function rootApplicationOf(cluster: Cluster, object: KubeObject, depth = 0): string | undefined {
  const own = applicationOf(object);
  if (own !== undefined || depth > 4) return own;
  const owner = controllerOf(object);
  const type = owner === undefined ? undefined : cluster.types.byKind(owner.apiVersion, owner.kind);
  if (owner === undefined || type === undefined) return undefined;
  const found = cluster.store.get(storeKey(type), object.metadata.namespace, owner.name);
  return found === undefined ? undefined : rootApplicationOf(cluster, found, depth + 1);
}

export interface Located {
  readonly type: ResourceType;
  readonly object: KubeObject;
}

/** Everything in the cluster that is of an application by its tracking id. */
export function trackedObjects(cluster: Cluster, application: string): readonly Located[] {
  const types = new Map(cluster.types.all().map(type => [storeKey(type), type]));
  return [...types]
    .filter(([key]) => key !== 'events')
    .flatMap(([key, type]) =>
      cluster.store
        .list(key)
        .filter(object => applicationOf(object) === application)
        .map(object => ({ type, object })),
    );
}

/** Images of the pods below an application's objects, sorted, each once. */
export function imagesOf(cluster: Cluster, application: string): readonly string[] {
  const images = cluster.store
    .list('pods')
    .filter(pod => rootApplicationOf(cluster, pod) === application)
    .flatMap(pod => containerImages(pod['spec']));
  return [...new Set(images)].sort();
}

export function containerImages(spec: unknown): readonly string[] {
  const { initContainers = [], containers = [] } = (spec ?? {}) as Record<string, readonly { image?: string }[]>;
  return [...initContainers, ...containers].flatMap(({ image }) => (image === undefined ? [] : [image]));
}
