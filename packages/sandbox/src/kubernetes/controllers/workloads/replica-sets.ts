import type { Cluster } from '../../cluster.ts';
import { at, type KubeObject, numberAt } from '../../objects.ts';
import { recordEvent } from '../../writes/event.ts';
import { type Controller, keyOf, ownerKeys, placeOf } from '../controller.ts';
import { create, remove, setStatus } from '../keep.ts';
import { livePods, podFrom, readyOf } from './pods.ts';

export const replicaSetKey = 'replicasets.apps';
const name = 'replicaset-controller';

export function replicaSets(cluster: Cluster): Controller {
  return {
    name,
    keysFor: change => {
      if (change.key === replicaSetKey && change.kind !== 'DELETED') return [keyOf(change.object)];
      return change.key === 'pods' ? ownerKeys(change, 'ReplicaSet') : [];
    },
    reconcile: key => {
      const set = cluster.store.get(replicaSetKey, ...placeOf(key));
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
      const wanted = numberAt(set['spec'], 'replicas') ?? 1;
      const pods = livePods(cluster, set);
      for (let missing = wanted - pods.length; missing > 0; missing -= 1) {
        const pod = create(
          cluster,
          'pods',
          podFrom(set, at(set, 'spec', 'template'), { generateName: `${set.metadata.name}-` }),
        );
        recordEvent(cluster, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`, name);
      }
      for (const pod of leastUseful(pods).slice(0, Math.max(0, pods.length - wanted))) {
        remove(cluster, 'pods', pod);
        recordEvent(cluster, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, name);
      }
      const live = cluster.store.get(replicaSetKey, ...placeOf(key)) ?? set;
      const now = livePods(cluster, live);
      const ready = readyOf(now).length;
      setStatus(cluster, replicaSetKey, live, {
        replicas: now.length,
        fullyLabeledReplicas: now.length,
        ...(ready === 0 ? {} : { readyReplicas: ready, availableReplicas: ready }),
        observedGeneration: live.metadata.generation ?? 1,
      });
    },
  };
}

/** Those that are not ready go first. */
function leastUseful(pods: readonly KubeObject[]): readonly KubeObject[] {
  const ready = new Set(readyOf(pods));
  return [...pods].sort((one, other) => Number(ready.has(one)) - Number(ready.has(other)));
}
