import { asArray, asObject, asString } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { quantityNumber } from '@suite/kubernetes/compare';
import type { LimitFacts, QuotaFacts } from './facts.ts';

/** Nothing for quotas that do not count the test's pods, by their scopes. */
export function readQuota(object: KubernetesObject): QuotaFacts[] {
  const spec = asObject(object['spec']);
  const scopes = asArray(spec['scopes']).map(String);
  const expressions = asArray(asObject(spec['scopeSelector'])['matchExpressions']).map(asObject);
  const counts =
    scopes.every(scope => isInScope(scope, 'Exists')) &&
    expressions.every(({ scopeName, operator }) => isInScope(asString(scopeName) ?? '', asString(operator) ?? ''));
  if (!counts) return [];
  const status = asObject(object['status']);
  // A new quota has no status yet.
  const hard = Object.keys(asObject(status['hard'])).length > 0 ? status['hard'] : spec['hard'];
  return [{ name: object.metadata.name, hard: numbers(hard), used: numbers(status['used']) }];
}

/**
 * The test's pods have limits, no deadline of their own, no priority class, and no affinity across namespaces (Kubernetes, "Resource
 * Quotas", quota scopes).
 */
function isInScope(scope: string, operator: string): boolean {
  if (operator === 'DoesNotExist') return scope === 'PriorityClass';
  return scope === 'NotBestEffort' || scope === 'NotTerminating';
}

export function readLimits(object: KubernetesObject): LimitFacts[] {
  return asArray(asObject(object['spec'])['limits'])
    .map(asObject)
    .flatMap(({ type, min, max }): LimitFacts[] =>
      type === 'Container' || type === 'Pod'
        ? [{ name: object.metadata.name, of: type, min: numbers(min), max: numbers(max) }]
        : [],
    );
}

function numbers(value: unknown): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(asObject(value)).map(([key, quantity]) => [key, quantityNumber(quantity)]));
}
