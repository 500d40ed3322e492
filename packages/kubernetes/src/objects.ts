/** An object as an API server or a chart writes it. Everything beside these fields depends on its kind. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMetadata;
  readonly [field: string]: unknown;
}

export interface ObjectMetadata {
  readonly name: string;
  /** Absent for objects of the whole cluster, and in charts that leave it to the release. */
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** ISO 8601; present while the object waits for its finalizers. */
  readonly deletionTimestamp?: string;
  readonly managedFields?: readonly ManagedFields[];
  readonly [field: string]: unknown;
}

/** Who wrote which fields, in the API server's own notation (`f:spec`, `k:{"name":"web"}`). */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly fieldsV1: unknown;
  readonly subresource?: string;
}

/** Names one object. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Undefined for objects of the whole cluster. */
  readonly namespace: string | undefined;
}

/** `Deployment argocd/argocd-server`, `ClusterRole argocd-server` */
export function titleOf({ kind, name, namespace }: Omit<ObjectRef, 'apiVersion'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}

/** The API group; empty for the core group. */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** The same object whatever version it is written in: group, kind, namespace and name. */
export function identityOf({ apiVersion, kind, name, namespace }: ObjectRef): string {
  return [groupOf(apiVersion), kind, namespace ?? '', name].join('\n');
}

export function refOf(object: KubernetesObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
}
