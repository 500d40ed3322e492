import { asArray, asObject, asString } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import type { Rollout } from '@suite/kubernetes/workloads';

export const httpRoute = { apiVersion: 'gateway.networking.k8s.io/v1', kind: 'HTTPRoute' } as const;

/** What a parent says of a route, in the order in which it matters. `Programmed` is said by some controllers only, AKS' among them. */
const conditions = ['Accepted', 'ResolvedRefs', 'Programmed'] as const;
const mayBeUnsaid: ReadonlySet<string> = new Set(['Programmed']);

/** Whether every Gateway that the route names has taken it. Its status is by parent, so it has no conditions of its own. */
export function routeState(found: KubernetesObject | undefined): Rollout {
  if (found === undefined) return { is: 'waiting', for: 'it to be made' };
  const wanted = asArray(asObject(found['spec'])['parentRefs']).length;
  const parents = asArray(asObject(found['status'])['parents']).map(asObject);
  if (parents.length < Math.max(1, wanted)) return { is: 'waiting', for: 'its gateway to take it' };
  for (const parent of parents) {
    const said = asArray(parent['conditions']).map(asObject);
    for (const type of conditions) {
      const state = said.find(one => one['type'] === type);
      if (state === undefined && mayBeUnsaid.has(type)) continue;
      if (state?.['status'] === 'True') continue;
      const message = asString(state?.['message']) ?? '';
      return { is: 'waiting', for: `condition ${type}${message === '' ? '' : `: ${message}`}` };
    }
  }
  return { is: 'ready' };
}
