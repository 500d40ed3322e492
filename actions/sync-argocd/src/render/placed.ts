import { asArray, asBoolean, asObject, asString } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { Capabilities } from './model.ts';

export type Scopes = (apiVersion: string, kind: string) => boolean;

/** Whether a kind has namespaces: by what is served, by the definitions that are rendered, else by its name. */
export function scopesOf(
  objects: readonly KubernetesObject[],
  { isNamespaced }: Pick<Capabilities, 'isNamespaced'>,
): Scopes {
  const defined = new Map(objects.flatMap(definedKinds));
  return (apiVersion, kind) =>
    isNamespaced(apiVersion, kind) ?? defined.get(`${apiVersion}/${kind}`) ?? !clusterKinds.has(kind);
}

/** `monitoring.coreos.com/v1/ServiceMonitor` and whether it has namespaces, of a CustomResourceDefinition. */
function definedKinds(object: KubernetesObject): (readonly [string, boolean])[] {
  if (object.kind !== 'CustomResourceDefinition') return [];
  const { group, names, scope, versions } = asObject(object['spec']);
  const kind = asString(asObject(names)['kind']) ?? '';
  return asArray(versions)
    .map(asObject)
    .filter(version => asBoolean(version['served']) !== false)
    .map(version => [`${asString(group)}/${asString(version['name'])}/${kind}`, scope === 'Namespaced'] as const);
}

/** Kinds of the whole cluster, for a cluster that is not known. */
const clusterKinds: ReadonlySet<string> = new Set([
  'APIService',
  'ClusterIssuer',
  'ClusterPolicy',
  'ClusterRole',
  'ClusterRoleBinding',
  'ClusterSecretStore',
  'CustomResourceDefinition',
  'GatewayClass',
  'IngressClass',
  'MutatingWebhookConfiguration',
  'Namespace',
  'PersistentVolume',
  'PriorityClass',
  'RuntimeClass',
  'StorageClass',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
  'ValidatingWebhookConfiguration',
]);

/** The object with the namespace that it goes to. */
export function placed(object: KubernetesObject, namespace: string, isNamespaced: Scopes): KubernetesObject {
  const { namespace: named, ...metadata } = object.metadata;
  if (!isNamespaced(object.apiVersion, object.kind)) return { ...object, metadata };
  const goesTo = named || namespace;
  return { ...object, metadata: goesTo === '' ? metadata : { ...metadata, namespace: goesTo } };
}
