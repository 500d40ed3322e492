import { expect, test } from '@jest/globals';
import type { Rollout } from '@suite/kubernetes/workloads';
import { routeState } from './route-state.ts';

type Said = Readonly<Record<string, string>>;

/** A route to one Gateway and what each parent says: status by condition. */
function route(...parents: readonly Said[]) {
  return {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'argocd', namespace: 'argocd' },
    spec: { parentRefs: [{ name: 'platform' }] },
    status: {
      parents: parents.map(said => ({
        conditions: Object.entries(said).map(([type, status]) => ({
          type,
          status,
          message: status === 'True' ? '' : `${type} is ${status}`,
        })),
      })),
    },
  };
}

const taken = { Accepted: 'True', ResolvedRefs: 'True' };

test.each<[string, ReturnType<typeof route> | undefined, Rollout]>([
  ['is waited for', undefined, { is: 'waiting', for: 'it to be made' }],
  ['that nobody has looked at', route(), { is: 'waiting', for: 'its gateway to take it' }],
  ['that is taken', route(taken), { is: 'ready' }],
  ['that is programmed too', route({ ...taken, Programmed: 'True' }), { is: 'ready' }],
  [
    'that is not programmed yet',
    route({ ...taken, Programmed: 'False' }),
    { is: 'waiting', for: 'condition Programmed: Programmed is False' },
  ],
  [
    'that is refused',
    route({ Accepted: 'False', ResolvedRefs: 'True' }),
    { is: 'waiting', for: 'condition Accepted: Accepted is False' },
  ],
  ['of which half is said', route({ Accepted: 'True' }), { is: 'waiting', for: 'condition ResolvedRefs' }],
  [
    'that one of two refuses',
    route(taken, { ...taken, ResolvedRefs: 'False' }),
    { is: 'waiting', for: 'condition ResolvedRefs: ResolvedRefs is False' },
  ],
])('a route %s', (_case, found, expected) => {
  expect(routeState(found)).toEqual(expected);
});

test('a route without a status, as it is made', () => {
  const { status: _, ...fresh } = route();
  expect(routeState(fresh)).toEqual({ is: 'waiting', for: 'its gateway to take it' });
});
