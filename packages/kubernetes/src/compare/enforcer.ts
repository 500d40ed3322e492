import { asArray, asObject, canonicalJson, isObject } from '@suite/foundation';
import { groupOf, type KubernetesObject } from '../objects.ts';

/**
 * AKS keeps webhooks away from its own namespaces: its admissions enforcer adds two expressions to the `namespaceSelector` of
 * every webhook, as the field manager `admissionsenforcer` (Azure/AKS issue 4002; AKS FAQ on admission webhooks). Webhooks that
 * bring the same two are left alone.
 */
const enforcedExpressions = [
  { key: 'control-plane', operator: 'NotIn', values: ['true'] },
  { key: 'kubernetes.azure.com/managedby', operator: 'NotIn', values: ['aks'] },
] as const;
// Older clusters have this one instead (Azure/AKS issue 1771).
const older = { key: 'control-plane', operator: 'DoesNotExist' } as const;

/** With this annotation the enforcer leaves a configuration alone. */
export const enforcerSwitch = 'admissions.enforcer/disabled';

export function isWebhookConfiguration({ apiVersion, kind }: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return (
    groupOf(apiVersion) === 'admissionregistration.k8s.io' &&
    (kind === 'ValidatingWebhookConfiguration' || kind === 'MutatingWebhookConfiguration')
  );
}

/** Whether the configuration says that the enforcer is to leave it alone. */
export function escapesEnforcer({ metadata }: KubernetesObject): boolean {
  return metadata.annotations?.[enforcerSwitch] === 'true';
}

/** The webhook with what the enforcer adds to its selector taken off. */
export function withoutEnforced(webhook: unknown): unknown {
  if (!isObject(webhook) || !isObject(webhook['namespaceSelector'])) return webhook;
  const { matchExpressions, ...selector } = webhook['namespaceSelector'];
  const rest = asArray(matchExpressions).filter(expression => !isEnforced(expression));
  const namespaceSelector = rest.length === 0 ? selector : { ...selector, matchExpressions: rest };
  return { ...webhook, namespaceSelector };
}

/** Names of the webhooks whose rendered selector has not what the enforcer wants there. */
export function enforcedWebhooks(configuration: KubernetesObject): string[] {
  return asArray(configuration['webhooks']).flatMap(webhook => {
    const { name, namespaceSelector } = asObject(webhook);
    if (!isObject(namespaceSelector)) return [];
    const there = new Set(asArray(namespaceSelector['matchExpressions']).map(canonicalJson));
    return enforcedExpressions.every(expression => there.has(canonicalJson(expression))) ? [] : [String(name)];
  });
}

function isEnforced(expression: unknown): boolean {
  const text = canonicalJson(expression);
  return [...enforcedExpressions, older].some(known => canonicalJson(known) === text);
}
