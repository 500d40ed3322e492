import type { Cluster } from '../cluster.ts';
import { at, type KubeObject } from '../objects.ts';
import type { Controller } from './controller.ts';
import { type Condition, isTrue, setStatus, withCondition } from './keep.ts';
import { hasImage, isWorking } from './operators.ts';
import { deploymentKey } from './workloads/deployments.ts';

const key = 'clusterpolicies.nvidia.com';
const image = /nvidia\/gpu-operator\b/;

/** NVIDIA's GPU operator, as far as a release waits for it: its policy is ready while it works, with GPU nodes or without. */
export function gpuOperator(cluster: Cluster): Controller {
  const all = () => cluster.store.list(key).map(({ metadata }) => metadata.name);
  return {
    name: 'gpu-operator',
    keysFor: change => {
      if (change.key === deploymentKey) return hasImage(change.object, image) ? all() : [];
      return change.key === key && change.kind !== 'DELETED' ? [change.object.metadata.name] : [];
    },
    reconcile: (place, { later, isRipe }) => {
      // A pause that is over comes by with a longer key.
      const [name = ''] = place.split('/');
      const policy = cluster.store.get(key, undefined, name);
      if (policy === undefined || !isWorking(cluster, image)) return;
      const pause = `${name}/${policy.metadata.uid}`;
      if (!isTrue(policy, 'Ready') && !isRipe(pause)) return later(cluster.durations.operatorMs, pause);
      report(cluster, policy);
    },
  };
}

function report(cluster: Cluster, policy: KubeObject): void {
  const ready: Condition = { type: 'Ready', status: 'True', reason: 'Reconciled', message: '' };
  const error: Condition = { type: 'Error', status: 'False', reason: 'Ready', message: '' };
  const status = at(policy, 'status');
  const now = cluster.clock.now();
  const conditions = withCondition(withCondition(status['conditions'], ready, now), error, now);
  setStatus(cluster, key, policy, { ...status, namespace: 'gpu-operator', state: 'ready', conditions }, 'gpu-operator');
}
