import type { Cluster } from '../../cluster.ts';
import { at, type KubeObject, objects, stringMap } from '../../objects.ts';
import { parseQuantity } from '../../quantity.ts';
import { recordEvent } from '../../writes/event.ts';
import type { Controller } from '../controller.ts';
import { keyOf, placeOf } from '../controller.ts';
import { change, setStatus, withCondition } from '../keep.ts';
import { matchesNode, obstacles, plus, type Resources, requestsOf } from './fit.ts';

const name = 'default-scheduler';

/**
 * Gives each pod the node with the most room. Looks at taints, node selectors and affinity, requests, host ports, and required
 * anti-affinity; not at topology spread, pod affinity, preferences and priorities.
 */
export function scheduler(cluster: Cluster): Controller {
  const pending = () => cluster.store.list('pods').filter(isWaiting).map(keyOf);
  return {
    name,
    keysFor: ({ key, kind, object }) => {
      if (key === 'nodes' || key === 'persistentvolumeclaims') return pending();
      if (key !== 'pods') return [];
      const isOver = kind === 'DELETED' || hasEnded(object);
      return isOver ? pending() : isWaiting(object) ? [keyOf(object)] : [];
    },
    reconcile: key => {
      const [namespace, podName] = placeOf(key);
      const pod = cluster.store.get('pods', namespace, podName);
      if (pod !== undefined && isWaiting(pod)) schedule(cluster, pod);
    },
  };
}

function isWaiting(pod: KubeObject): boolean {
  return at(pod, 'spec')['nodeName'] === undefined && pod.metadata.deletionTimestamp === undefined && !hasEnded(pod);
}

export function hasEnded(pod: KubeObject): boolean {
  return ['Succeeded', 'Failed'].includes(String(at(pod, 'status')['phase']));
}

/** Whether the scheduler could ever put a pod on a node, as far as it is about places: what DaemonSets ask. */
export function couldRunOn(pod: KubeObject, node: KubeObject): boolean {
  const room: Resources = Object.fromEntries(Object.keys(requestsOf(pod)).map(one => [one, Number.POSITIVE_INFINITY]));
  return matchesNode(at(pod, 'spec'), node) && obstacles(pod, node, room, [], [], []).length === 0;
}

function schedule(cluster: Cluster, pod: KubeObject): void {
  const claim = missingClaim(cluster, pod);
  if (claim !== undefined) {
    refuse(cluster, pod, claim);
    return;
  }
  const nodes = cluster.store.list('nodes');
  const running = cluster.store.list('pods').filter(one => at(one, 'spec')['nodeName'] !== undefined && !hasEnded(one));
  const judged = nodes.map(node => {
    const here = running.filter(one => at(one, 'spec')['nodeName'] === node.metadata.name);
    const free = freeOn(node, here);
    return { node, free, why: obstacles(pod, node, free, here, running, nodes) };
  });
  const fitting = judged.filter(({ why }) => why.length === 0);
  const [best] = fitting.sort((one, other) => (other.free['cpu'] ?? 0) - (one.free['cpu'] ?? 0));
  if (best === undefined) {
    refuse(cluster, pod, sentence(judged.map(({ why }) => why)));
    return;
  }
  const bound = change(
    cluster,
    'pods',
    pod,
    object => {
      object['spec'] = { ...at(object, 'spec'), nodeName: best.node.metadata.name };
    },
    name,
  );
  const { namespace, name: podName } = pod.metadata;
  recordEvent(
    cluster,
    bound,
    'Normal',
    'Scheduled',
    `Successfully assigned ${namespace}/${podName} to ${best.node.metadata.name}`,
    name,
  );
}

/** What a node has left beside the pods that are there. */
export function freeOn(node: KubeObject, here: readonly KubeObject[]): Resources {
  const allocatable = Object.entries(stringMap(at(node, 'status')['allocatable'])).map(
    ([resource, amount]) => [resource, parseQuantity(amount)] as const,
  );
  const used = here.map(requestsOf).reduce(plus, {});
  return Object.fromEntries(allocatable.map(([resource, amount]) => [resource, amount - (used[resource] ?? 0)]));
}

function missingClaim(cluster: Cluster, pod: KubeObject): string | undefined {
  for (const volume of objects(at(pod, 'spec')['volumes'])) {
    const claimName = at(volume, 'persistentVolumeClaim')['claimName'];
    if (claimName === undefined) continue;
    const claim = cluster.store.get('persistentvolumeclaims', pod.metadata.namespace, String(claimName));
    if (claim === undefined) return `persistentvolumeclaim ${JSON.stringify(claimName)} not found`;
    const isBound = at(claim, 'status')['phase'] === 'Bound';
    if (!isBound && !waitsForConsumer(cluster, claim)) return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return undefined;
}

function waitsForConsumer(cluster: Cluster, claim: KubeObject): boolean {
  const name = at(claim, 'spec')['storageClassName'];
  const storageClass = cluster.store.get('storageclasses.storage.k8s.io', undefined, String(name));
  return storageClass?.['volumeBindingMode'] === 'WaitForFirstConsumer';
}

/** `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {a: b}. preemption: …` */
function sentence(reasons: readonly (readonly string[])[]): string {
  const total = reasons.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const reason of reasons.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  const lacks = reasons.filter(one =>
    one.some(why => why.startsWith('Insufficient') || why === 'Too many pods'),
  ).length;
  const preemption = [
    ...(lacks > 0 ? [`${lacks} No preemption victims found for incoming pod`] : []),
    ...(lacks < total ? [`${total - lacks} Preemption is not helpful for scheduling`] : []),
  ].sort();
  return `0/${total} nodes are available: ${parts.join(', ')}. preemption: 0/${total} nodes are available: ${preemption.join(', ')}.`;
}

function refuse(cluster: Cluster, pod: KubeObject, why: string): void {
  const message =
    why.startsWith('0/') || why.startsWith('no nodes')
      ? why
      : `0/${cluster.store.list('nodes').length} nodes are available: ${why}.`;
  const status = at(pod, 'status');
  const before = objects(status['conditions']).find(one => one['type'] === 'PodScheduled');
  if (before?.['message'] === message) return;
  const condition = { type: 'PodScheduled', status: 'False' as const, reason: 'Unschedulable', message };
  setStatus(
    cluster,
    'pods',
    pod,
    { ...status, conditions: withCondition(status['conditions'], condition, cluster.clock.now()) },
    name,
  );
  recordEvent(cluster, pod, 'Warning', 'FailedScheduling', message, name);
}
