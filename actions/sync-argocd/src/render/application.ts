import { asArray, asBoolean, asObject, asString, type JsonObject } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '@suite/kubernetes';
import type { Application, IgnoreRule } from './model.ts';

const cascading = 'resources-finalizer.argocd.argoproj.io';

export function isApplication({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return groupOf(apiVersion) === 'argoproj.io' && kind === 'Application';
}

export function isApplicationSet({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return groupOf(apiVersion) === 'argoproj.io' && kind === 'ApplicationSet';
}

/** Reads what Argo CD has as an Application (argo-cd 3.6 pkg/apis/application/v1alpha1/types.go). */
export function readApplication(object: KubernetesObject): Application {
  const spec = asObject(object['spec']);
  const { server, name, namespace } = asObject(spec['destination']);
  const syncPolicy = asObject(spec['syncPolicy']);
  const automated = asObject(syncPolicy['automated']);
  const sources = asArray(spec['sources']);
  const [ownServer, ownName] = [asString(server), asString(name)];
  return {
    name: object.metadata.name,
    namespace: object.metadata.namespace ?? '',
    project: asString(spec['project']) || 'default',
    destination: {
      ...(ownServer ? { server: ownServer } : {}),
      ...(ownName ? { name: ownName } : {}),
      namespace: asString(namespace) ?? '',
    },
    sources: (sources.length > 0 ? sources : asArray([spec['source']])).filter(one => one != null).map(asObject),
    syncOptions: texts(syncPolicy['syncOptions']),
    prunes: asBoolean(automated['prune']) ?? false,
    isCascading: texts(object.metadata['finalizers']).some(one => one.startsWith(cascading)),
    ignoreDifferences: asArray(spec['ignoreDifferences']).map(asObject).map(readIgnoreRule),
    object,
  };
}

function readIgnoreRule(rule: JsonObject): IgnoreRule {
  const [name, namespace] = [asString(rule['name']), asString(rule['namespace'])];
  return {
    group: asString(rule['group']) ?? '',
    kind: asString(rule['kind']) ?? '',
    ...(name ? { name } : {}),
    ...(namespace ? { namespace } : {}),
    jsonPointers: texts(rule['jsonPointers']),
    jqPathExpressions: texts(rule['jqPathExpressions']),
    managers: texts(rule['managedFieldsManagers']),
  };
}

export function texts(value: unknown): string[] {
  return asArray(value).flatMap(item => asString(item) ?? []);
}

/** The values of a map that are text. */
export function textMap(value: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([key, item]) => (typeof item === 'string' ? [[key, item]] : [])),
  );
}
