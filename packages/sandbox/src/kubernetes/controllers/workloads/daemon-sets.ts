import type { Cluster } from '../../cluster.ts';
import { at, type Fields, type KubeObject, objects } from '../../objects.ts';
import { type Controller, keyOf, ownerKeys, placeOf } from '../controller.ts';
import { create, remove, setStatus } from '../keep.ts';
import { isReady } from '../kubelet.ts';
import { couldRunOn } from '../scheduling/scheduler.ts';
import { positive } from './deployments.ts';
import { livePods, owned, podFrom, templateHash } from './pods.ts';

const key = 'daemonsets.apps';
const revisionLabel = 'controller-revision-hash';

/** What every daemon tolerates (k8s.io/kubernetes, `pkg/controller/daemon/util`). */
const tolerations: readonly Fields[] = [
  { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute' },
  { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute' },
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map(what => ({
    key: `node.kubernetes.io/${what}`,
    operator: 'Exists',
    effect: 'NoSchedule',
  })),
];

export function daemonSets(cluster: Cluster): Controller {
  return {
    name: 'daemonset-controller',
    keysFor: change => {
      if (change.key === key && change.kind !== 'DELETED') return [keyOf(change.object)];
      if (change.key === 'nodes') return cluster.store.list(key).map(keyOf);
      return change.key === 'pods' ? ownerKeys(change, 'DaemonSet') : [];
    },
    reconcile: place => {
      const set = cluster.store.get(key, ...placeOf(place));
      if (set === undefined || set.metadata.deletionTimestamp !== undefined) return;
      const hash = templateHash(at(set, 'spec', 'template'));
      const wanted = cluster.store.list('nodes').filter(node => couldRunOn(podOn(set, node, hash), node));
      bring(cluster, set, wanted, hash);
      report(cluster, cluster.store.get(key, ...placeOf(place)) ?? set, wanted, hash);
    },
  };
}

function podOn(set: KubeObject, node: KubeObject, hash: string): KubeObject {
  const pod = podFrom(
    set,
    at(set, 'spec', 'template'),
    { generateName: `${set.metadata.name}-` },
    { [revisionLabel]: hash },
  );
  const spec = at(pod, 'spec');
  const affinity = at(spec, 'affinity');
  const nodeAffinity = at(affinity, 'nodeAffinity');
  const asked = objects(at(nodeAffinity, 'requiredDuringSchedulingIgnoredDuringExecution')['nodeSelectorTerms']);
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node.metadata.name] }];
  const terms = asked.length === 0 ? [{ matchFields }] : asked.map(term => ({ ...term, matchFields }));
  pod['spec'] = {
    ...spec,
    tolerations: [...objects(spec['tolerations']), ...tolerations],
    affinity: {
      ...affinity,
      nodeAffinity: { ...nodeAffinity, requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
    },
  };
  return pod;
}

/** The node that a daemon's pod is meant for, whether or not it runs there yet. */
function targetOf(pod: KubeObject): string {
  const terms = objects(
    at(pod, 'spec', 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')['nodeSelectorTerms'],
  );
  const [field] = objects(terms[0]?.['matchFields']);
  const [name] = Array.isArray(field?.['values']) ? field['values'] : [];
  return String(name ?? '');
}

function bring(cluster: Cluster, set: KubeObject, wanted: readonly KubeObject[], hash: string): void {
  const pods = livePods(cluster, set);
  for (const node of wanted) {
    const isLeaving = owned(cluster, 'pods', set).some(pod => targetOf(pod) === node.metadata.name);
    if (!isLeaving) create(cluster, 'pods', podOn(set, node, hash));
  }
  for (const pod of pods) if (!wanted.some(node => node.metadata.name === targetOf(pod))) remove(cluster, 'pods', pod);
  if (at(set, 'spec', 'updateStrategy')['type'] === 'OnDelete') return;
  const isMoving = owned(cluster, 'pods', set).some(pod => pod.metadata.deletionTimestamp !== undefined);
  const old = pods.filter(pod => pod.metadata.labels?.[revisionLabel] !== hash);
  // One at a time, and those that are not ready at once: maxUnavailable of one.
  const broken = old.filter(pod => !isReady(pod));
  for (const pod of broken) remove(cluster, 'pods', pod);
  const isWhole = pods.every(isReady) && pods.length === wanted.length;
  const [next] = old;
  if (next !== undefined && broken.length === 0 && isWhole && !isMoving) remove(cluster, 'pods', next);
}

function report(cluster: Cluster, set: KubeObject, wanted: readonly KubeObject[], hash: string): void {
  const pods = livePods(cluster, set);
  const ready = pods.filter(isReady).length;
  const desired = wanted.length;
  setStatus(cluster, key, set, {
    currentNumberScheduled: pods.length,
    numberMisscheduled: 0,
    desiredNumberScheduled: desired,
    numberReady: ready,
    observedGeneration: set.metadata.generation ?? 1,
    ...positive({
      updatedNumberScheduled: pods.filter(pod => pod.metadata.labels?.[revisionLabel] === hash).length,
      numberAvailable: ready,
      numberUnavailable: Math.max(0, desired - ready),
    }),
  });
}
