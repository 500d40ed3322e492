import { isAmong } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, stringMap, strings } from '../objects.ts';
import { labelSelector } from '../resources/selectors.ts';
import { KubeError, refusals } from '../status.ts';
import type { Store } from '../store/store.ts';
import type { Admission } from './admission.ts';

const group = 'admissionregistration.k8s.io';

/**
 * The webhooks of a cluster. One whose service has ready endpoints lets everything pass and changes nothing; one without fails as
 * the real server's call does, and its `failurePolicy` decides. Match conditions (CEL) are not evaluated: they always match.
 */
export function callWebhooks(admission: Admission, object: KubeObject, before: KubeObject | undefined): void {
  const { cluster, type } = admission;
  // A broken webhook could never be mended if it were asked about its own configuration.
  if (type.group === group) return;
  for (const key of [`mutatingwebhookconfigurations.${group}`, `validatingwebhookconfigurations.${group}`]) {
    for (const configuration of cluster.store.list(key)) {
      for (const webhook of objects(configuration['webhooks'])) {
        if (isAsked(webhook, admission, object, before)) callWebhook(webhook, configuration, key, admission);
      }
    }
  }
}

function callWebhook(webhook: Readonly<Fields>, configuration: KubeObject, key: string, admission: Admission): void {
  const { cluster, dryRun } = admission;
  const name = String(webhook['name']);
  const sideEffects = webhook['sideEffects'];
  if (dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
    throw refusals.badRequest(`admission webhook ${JSON.stringify(name)} does not support dry run`);
  }
  const isBroken = [name, configuration.metadata.name].some(one => isAmong(cluster.troubles.webhooks, one));
  const path = key.startsWith('mutating') ? '/mutate' : '/validate';
  const why = isBroken
    ? `Post ${JSON.stringify(urlOf(webhook, path))}: context deadline exceeded`
    : unreachable(cluster.store, webhook, path);
  if (why === undefined || webhook['failurePolicy'] === 'Ignore') return;
  const message = `failed calling webhook ${JSON.stringify(name)}: failed to call webhook: ${why}`;
  throw new KubeError(500, 'InternalError', `Internal error occurred: ${message}`, { causes: [{ message }] });
}

/** Why nobody is behind a webhook; undefined when somebody is. */
function unreachable(store: Store, webhook: Readonly<Fields>, path: string): string | undefined {
  const { namespace, name } = at(webhook, 'clientConfig', 'service');
  if (name === undefined) return undefined;
  const post = `Post ${JSON.stringify(urlOf(webhook, path))}`;
  if (store.get('services', String(namespace), String(name)) === undefined) {
    return `${post}: service ${JSON.stringify(String(name))} not found`;
  }
  const endpoints = store.get('endpoints', String(namespace), String(name));
  const isServed = objects(endpoints?.['subsets']).some(subset => objects(subset['addresses']).length > 0);
  return isServed ? undefined : `${post}: no endpoints available for service ${JSON.stringify(String(name))}`;
}

function urlOf(webhook: Readonly<Fields>, fallback: string): string {
  const config = at(webhook, 'clientConfig');
  const timeout = `timeout=${String(webhook['timeoutSeconds'] ?? 10)}s`;
  if (typeof config['url'] === 'string') return `${config['url']}?${timeout}`;
  const { namespace, name, port = 443, path = fallback } = at(config, 'service');
  return `https://${String(name)}.${String(namespace)}.svc:${String(port)}${String(path)}?${timeout}`;
}

function isAsked(
  webhook: Readonly<Fields>,
  { cluster, type, operation }: Admission,
  object: KubeObject,
  before: KubeObject | undefined,
): boolean {
  const isRuled = objects(webhook['rules']).some(rule => {
    const has = (field: string, value: string) => strings(rule[field]).some(one => one === '*' || one === value);
    const scope = rule['scope'] ?? '*';
    const isScoped = scope === '*' || scope === (type.namespaced ? 'Namespaced' : 'Cluster');
    const isResource = strings(rule['resources']).some(one => ['*', '*/*', type.plural].includes(one));
    return (
      isScoped &&
      isResource &&
      has('operations', operation) &&
      has('apiGroups', type.group) &&
      has('apiVersions', type.version)
    );
  });
  if (!isRuled) return false;
  const namespace = type.plural === 'namespaces' ? object.metadata.name : object.metadata.namespace;
  if (namespace !== undefined) {
    const labels =
      type.plural === 'namespaces'
        ? object.metadata.labels
        : cluster.store.get('namespaces', undefined, namespace)?.metadata.labels;
    if (!labelSelector(webhook['namespaceSelector'] ?? {})(stringMap(labels))) return false;
  }
  const selects = labelSelector(webhook['objectSelector'] ?? {});
  return [object, before].some(one => one !== undefined && selects(one.metadata.labels ?? {}));
}
