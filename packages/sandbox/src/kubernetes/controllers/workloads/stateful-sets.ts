import type { Cluster } from '../../cluster.ts';
import { at, copyOf, type Fields, type KubeObject, numberAt, objects, stringMap } from '../../objects.ts';
import { type Controller, keyOf, ownerKeys, placeOf } from '../controller.ts';
import { create, remove, setStatus } from '../keep.ts';
import { isReady } from '../kubelet.ts';
import { hasEnded } from '../scheduling/scheduler.ts';
import { positive } from './deployments.ts';
import { owned, podFrom, readyOf, templateHash } from './pods.ts';

export const statefulSetKey = 'statefulsets.apps';
const revisionLabel = 'controller-revision-hash';

/** Pods with numbers and claims of their own, one after the other unless they may start in parallel. */
export function statefulSets(cluster: Cluster): Controller {
  return {
    name: 'statefulset-controller',
    keysFor: change => {
      if (change.key === statefulSetKey && change.kind !== 'DELETED') return [keyOf(change.object)];
      return change.key === 'pods' ? ownerKeys(change, 'StatefulSet') : [];
    },
    reconcile: key => {
      const set = cluster.store.get(statefulSetKey, ...placeOf(key));
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
      const revision = `${set.metadata.name}-${templateHash(at(set, 'spec', 'template'))}`;
      bring(cluster, set, revision);
      report(cluster, cluster.store.get(statefulSetKey, ...placeOf(key)) ?? set, revision);
    },
  };
}

const replicasOf = (set: KubeObject) => numberAt(set['spec'], 'replicas') ?? 1;
const ordinalOf = (pod: KubeObject) => Number(pod.metadata.name.split('-').at(-1));

function bring(cluster: Cluster, set: KubeObject, revision: string): void {
  const wanted = replicasOf(set);
  const isParallel = at(set, 'spec')['podManagementPolicy'] === 'Parallel';
  const pods = owned(cluster, 'pods', set);
  const there = new Map(pods.map(pod => [ordinalOf(pod), pod]));
  for (let ordinal = 0; ordinal < wanted; ordinal += 1) {
    const pod = there.get(ordinal);
    if (pod === undefined) createPod(cluster, set, ordinal, revision);
    else if (hasEnded(pod)) remove(cluster, 'pods', pod);
    const isSettled = pod !== undefined && isReady(pod) && pod.metadata.deletionTimestamp === undefined;
    // Each waits for the one before it; a broken pod of an old template is replaced below all the same.
    if (!isParallel && !isSettled) break;
  }
  const beyond = pods.filter(pod => ordinalOf(pod) >= wanted && pod.metadata.deletionTimestamp === undefined);
  const [last] = beyond.sort((one, other) => ordinalOf(other) - ordinalOf(one));
  for (const pod of isParallel ? beyond : last === undefined ? [] : [last]) remove(cluster, 'pods', pod);
  if (at(set, 'spec', 'updateStrategy')['type'] !== 'OnDelete') replaceOne(cluster, set, pods, revision);
}

/** From the last to the first: one pod of the old template, when all after it are ready. */
function replaceOne(cluster: Cluster, set: KubeObject, pods: readonly KubeObject[], revision: string): void {
  const partition = numberAt(at(set, 'spec', 'updateStrategy')['rollingUpdate'], 'partition') ?? 0;
  const inOrder = pods
    .filter(pod => ordinalOf(pod) < replicasOf(set) && ordinalOf(pod) >= partition)
    .sort((one, other) => ordinalOf(other) - ordinalOf(one));
  for (const pod of inOrder) {
    if (pod.metadata.deletionTimestamp !== undefined) return;
    if (pod.metadata.labels?.[revisionLabel] !== revision) {
      remove(cluster, 'pods', pod);
      return;
    }
    if (!isReady(pod)) return;
  }
}

function createPod(cluster: Cluster, set: KubeObject, ordinal: number, revision: string): void {
  const name = `${set.metadata.name}-${ordinal}`;
  const spec = at(set, 'spec');
  const claims = objects(spec['volumeClaimTemplates']).map(template => claimFor(cluster, set, template, name));
  const pod = podFrom(
    set,
    at(spec, 'template'),
    { name },
    {
      [revisionLabel]: revision,
      'statefulset.kubernetes.io/pod-name': name,
      'apps.kubernetes.io/pod-index': String(ordinal),
    },
  );
  const podSpec = at(pod, 'spec');
  const others = objects(podSpec['volumes']).filter(volume => !claims.some(claim => claim['name'] === volume['name']));
  pod['spec'] = {
    ...podSpec,
    hostname: name,
    ...(spec['serviceName'] ? { subdomain: spec['serviceName'] } : {}),
    ...(claims.length + others.length === 0 ? {} : { volumes: [...others, ...claims] }),
  };
  create(cluster, 'pods', pod);
}

/** The volume of a pod, after its claim is there. Claims outlive their pods. */
function claimFor(cluster: Cluster, set: KubeObject, template: Fields, pod: string): Fields {
  const { namespace = '' } = set.metadata;
  const name = `${String(at(template, 'metadata')['name'])}-${pod}`;
  if (cluster.store.get('persistentvolumeclaims', namespace, name) === undefined) {
    const labels = {
      ...stringMap(at(set, 'spec', 'selector')['matchLabels']),
      ...stringMap(at(template, 'metadata')['labels']),
    };
    create(cluster, 'persistentvolumeclaims', {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace, labels },
      spec: copyOf(at(template, 'spec')),
    });
  }
  return { name: at(template, 'metadata')['name'], persistentVolumeClaim: { claimName: name } };
}

function report(cluster: Cluster, set: KubeObject, revision: string): void {
  const pods = owned(cluster, 'pods', set).filter(
    pod => pod.metadata.deletionTimestamp === undefined && !hasEnded(pod),
  );
  const updated = pods.filter(pod => pod.metadata.labels?.[revisionLabel] === revision);
  const ready = readyOf(pods).length;
  const isComplete =
    updated.length === replicasOf(set) &&
    readyOf(updated).length === replicasOf(set) &&
    pods.length === replicasOf(set);
  const before = at(set, 'status')['currentRevision'];
  setStatus(cluster, statefulSetKey, set, {
    observedGeneration: set.metadata.generation ?? 1,
    replicas: pods.length,
    availableReplicas: ready,
    ...positive({
      readyReplicas: ready,
      updatedReplicas: updated.length,
      currentReplicas: isComplete ? updated.length : pods.length - updated.length,
    }),
    currentRevision: isComplete || before === undefined ? revision : before,
    updateRevision: revision,
    collisionCount: 0,
  });
}
