import type { Cluster } from '../cluster.ts';
import { at, type KubeObject } from '../objects.ts';
import { labelSelector } from '../resources/selectors.ts';
import { type Controller, keyOf, placeOf } from './controller.ts';
import { setStatus, withCondition } from './keep.ts';
import { isReady } from './kubelet.ts';
import { hasEnded } from './scheduling/scheduler.ts';
import { portion } from './workloads/pods.ts';

const key = 'poddisruptionbudgets.policy';

/** How many pods may be disturbed at the moment. */
export function budgets(cluster: Cluster): Controller {
  return {
    name: 'disruption-controller',
    keysFor: ({ key: changed, kind, object }) => {
      if (changed === key) return kind === 'DELETED' ? [] : [keyOf(object)];
      return changed === 'pods' ? cluster.store.list(key, object.metadata.namespace).map(keyOf) : [];
    },
    reconcile: place => {
      const budget = cluster.store.get(key, ...placeOf(place));
      if (budget !== undefined) report(cluster, budget);
    },
  };
}

function report(cluster: Cluster, budget: KubeObject): void {
  const { minAvailable, maxUnavailable, selector } = at(budget, 'spec');
  const isMeant = labelSelector(selector);
  const pods = cluster.store
    .list('pods', budget.metadata.namespace)
    .filter(pod => isMeant(pod.metadata.labels ?? {}) && !hasEnded(pod));
  const expectedPods = pods.length;
  const currentHealthy = pods.filter(isReady).length;
  const desiredHealthy =
    maxUnavailable === undefined
      ? portion(minAvailable ?? 0, expectedPods, 'up')
      : Math.max(0, expectedPods - portion(maxUnavailable, expectedPods, 'up'));
  const disruptionsAllowed = Math.max(0, currentHealthy - desiredHealthy);
  const condition =
    disruptionsAllowed > 0
      ? ({ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods', message: '' } as const)
      : ({ type: 'DisruptionAllowed', status: 'False', reason: 'InsufficientPods', message: '' } as const);
  setStatus(cluster, key, budget, {
    observedGeneration: budget.metadata.generation ?? 1,
    expectedPods,
    currentHealthy,
    desiredHealthy,
    disruptionsAllowed,
    conditions: withCondition(at(budget, 'status')['conditions'], condition, cluster.clock.now(), {
      observedGeneration: budget.metadata.generation ?? 1,
    }),
  });
}
