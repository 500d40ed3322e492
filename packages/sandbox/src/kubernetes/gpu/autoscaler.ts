import type { Cluster } from '../cluster.ts';
import type { Controller, ControllerContext } from '../controllers/controller.ts';
import { ensure, isTrue } from '../controllers/keep.ts';
import { obstacles } from '../controllers/scheduling/fit.ts';
import { freeOn, hasEnded } from '../controllers/scheduling/scheduler.ts';
import { at, controllerOf, type KubeObject, objects, stringMap } from '../objects.ts';
import { parseQuantity } from '../quantity.ts';
import { recordEvent } from '../writes/event.ts';
import { type GroupStatus, writeStatus } from './autoscaler-status.ts';
import type { NodePool } from './machines.ts';
import { gpuResource, gpusOf } from './pods.ts';
import { capacityRefusal, type MachineRefusal, quotaRefusal } from './refusals.ts';

const name = 'cluster-autoscaler';
const status = { namespace: 'kube-system', name: 'cluster-autoscaler-status' };
const key = `${status.namespace}/${status.name}`;

/** Nodes on their way. */
interface Growth {
  readonly id: number;
  readonly to: number;
  /** Places in its nodes that nobody waits for yet. */
  readonly spare: number;
  readonly since: number;
}

/**
 * Stands for the autoscaler of AKS: pods for which there is no room make an autoscaled pool grow, one with GPUs from no node as well,
 * and nodes with GPUs that nobody needs go again, the last one first; others stay. Its events and its report are those of kubernetes/autoscaler (`eventing_scale_up_processor.go`, `executor.go`, `clusterstate.go`, `actuator.go`).
 */
export function clusterAutoscaler(cluster: Cluster): Controller {
  const growing = new Map<string, Growth>();
  const backoffs = new Map<string, MachineRefusal>();
  /** Pools that grow for a pod, by its uid. */
  const helped = new Map<string, string>();
  const idle = new Map<string, number>();
  let reported = '';
  let growths = 0;
  const pools = () => cluster.machines.pools().filter(pool => pool.isAutoscaled);
  const targetOf = ({ name: pool, count }: NodePool) => growing.get(pool)?.to ?? count;
  const stateOf = ({ name: pool }: NodePool) => cluster.gpuScripts.of(pool);

  const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
    recordEvent(cluster, reportObject(), type, reason, message, name);
  const reportObject = (): KubeObject =>
    cluster.store.get('configmaps', status.namespace, status.name) ?? report(pools());

  const report = (all: readonly NodePool[]): KubeObject => {
    const groups = all.map(groupOf);
    const live = cluster.store.get('configmaps', status.namespace, status.name);
    const now = JSON.stringify(groups);
    if (live !== undefined && now === reported) return live;
    reported = now;
    return ensure(
      cluster,
      'configmaps',
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: status,
        data: { status: writeStatus(groups, cluster.clock.now()) },
      },
      name,
    );
  };
  const groupOf = (pool: NodePool): GroupStatus => {
    const nodes = nodesIn(cluster, pool);
    const isReady = (node: KubeObject) => pool.gpus === 0 || offered(node) > 0;
    const backoff = backoffs.get(pool.name);
    return {
      name: pool.group,
      min: pool.min,
      max: pool.max,
      target: targetOf(pool),
      ready: nodes.filter(isReady).length,
      withoutResource: nodes.filter(node => !isReady(node)).length,
      isGrowing: growing.has(pool.name),
      backoff,
      candidates: nodes.filter(node => idle.has(node.metadata.name)).length,
    };
  };

  const hasUnready = (pool: NodePool) => pool.gpus > 0 && nodesIn(cluster, pool).some(node => offered(node) === 0);

  /** Why a pool does not grow for a pod; undefined when it can. */
  const whyNot = (pool: NodePool, pod: KubeObject): string | undefined => {
    const state = stateOf(pool);
    if (backoffs.has(pool.name)) return 'in backoff after failed scale-up';
    if (state === 'max-reached' || targetOf(pool) >= pool.max) return 'max node group size reached';
    return state === 'no-scale-up' ? "node(s) didn't match Pod's node affinity/selector" : misfitOf(pool, pod);
  };

  const decide = (waiting: readonly KubeObject[], { later }: ControllerContext) => {
    for (const pod of waiting) {
      const all = pools();
      const wanted = gpusOf(pod);
      // A node that does not offer its GPUs yet counts as one that is still to come.
      if (all.some(pool => hasUnready(pool) && misfitOf(pool, pod) === undefined)) continue;
      const upcoming = all.find(pool => {
        const growth = growing.get(pool.name);
        return growth !== undefined && growth.spare >= wanted && misfitOf(pool, pod) === undefined;
      });
      const chosen = upcoming ?? all.find(pool => whyNot(pool, pod) === undefined);
      if (chosen === undefined) {
        recordEvent(cluster, pod, 'Normal', 'NotTriggerScaleUp', `pod didn't trigger scale-up: ${sum(all, pod)}`, name);
        continue;
      }
      const before = targetOf(chosen);
      const growth = growing.get(chosen.name);
      const to = upcoming === undefined ? before + 1 : before;
      const spare = (growth?.spare ?? 0) + (upcoming === undefined ? chosen.gpus : 0) - wanted;
      const id = upcoming === undefined ? ++growths : (growth?.id ?? 0);
      growing.set(chosen.name, { id, to, spare, since: growth?.since ?? cluster.clock.now() });
      helped.set(pod.metadata.uid ?? '', chosen.name);
      const words = `${to} instead of ${chosen.count} (max: ${chosen.max})`;
      if (upcoming === undefined) {
        tell('Normal', 'ScaledUpGroup', `Scale-up: setting group ${chosen.group} size to ${words}`);
        tell('Normal', 'ScaledUpGroup', `Scale-up: group ${chosen.group} size set to ${words}`);
        later(durationOf(chosen), landing(chosen.name, id));
      }
      const change = `[{${chosen.group} ${chosen.count}->${to} (max: ${chosen.max})}]`;
      recordEvent(cluster, pod, 'Normal', 'TriggeredScaleUp', `pod triggered scale-up: ${change}`, name);
      if (stateOf(chosen) === 'contradicted') {
        const opposite = "pod didn't trigger scale-up: 1 max node group size reached";
        recordEvent(cluster, pod, 'Normal', 'NotTriggerScaleUp', opposite, name);
      }
    }
  };
  const sum = (all: readonly NodePool[], pod: KubeObject): string => {
    const counts = new Map<string, number>();
    for (const why of all.flatMap(pool => whyNot(pool, pod) ?? [])) counts.set(why, (counts.get(why) ?? 0) + 1);
    return [...counts].map(([why, count]) => `${count} ${why}`).join(', ');
  };
  const durationOf = (pool: NodePool) =>
    stateOf(pool) === 'never-joins' ? cluster.durations.nodeLimitMs : cluster.durations.nodeStartMs;

  const land = (pool: NodePool, growth: Growth, { later }: ControllerContext) => {
    growing.delete(pool.name);
    const failure = failureOf(pool, cluster.clock.now() - growth.since);
    // How many others a node without GPUs takes shows once it is there: whoever still waits then is looked at again.
    if (pool.gpus === 0) forget(pool);
    if (failure === undefined) return cluster.machines.resize(pool.name, growth.to);
    tell('Warning', failure.reason, failure.words);
    backoffs.set(pool.name, failure);
    forget(pool);
    later(cluster.durations.backoffMs, recovery(pool.name));
  };
  const forget = (pool: NodePool) => {
    for (const [uid, helper] of helped) if (helper === pool.name) helped.delete(uid);
  };
  const failureOf = (pool: NodePool, elapsed: number) => {
    const state = stateOf(pool);
    const refused = (refusal: MachineRefusal) => ({
      ...refusal,
      reason: 'FailedToScaleUpGroup',
      words: `Scale-up failed for group ${pool.group}: ${refusal.message}`,
    });
    if (state === 'quota') return refused(quotaRefusal(pool));
    if (state === 'capacity') return refused(capacityRefusal());
    if (state !== 'never-joins') return undefined;
    const words = `Nodes added to group ${pool.group} failed to register within ${inGo(elapsed)}`;
    return { code: 'timeout', message: 'timeout', reason: 'ScaleUpTimedOut', words };
  };

  /** Somebody for whom the pool has grown has no place yet. */
  const isAwaited = (pool: NodePool) => [...helped.values()].includes(pool.name);

  /** The last node of a pool goes once it has been of no use for a while. */
  const shrink = (pool: NodePool, { later, isRipe }: ControllerContext) => {
    const last = nodesIn(cluster, pool).at(-1);
    if (last === undefined || pool.gpus === 0) return;
    // Whoever is not heard of any more was taken back.
    if (!isTrue(last, 'Ready')) return cluster.machines.resize(pool.name, pool.count - 1);
    const { name: nodeName } = last.metadata;
    const place = `${key}/idle/${nodeName}`;
    const isOver = isRipe(place);
    const isNeeded = growing.has(pool.name) || isAwaited(pool) || !isEmpty(cluster, last);
    if (pool.count <= pool.min || isNeeded) return void idle.delete(nodeName);
    const now = cluster.clock.now();
    const since = idle.get(nodeName) ?? now;
    idle.set(nodeName, since);
    const left = cluster.durations.scaleDownMs - (now - since);
    if (!isOver || left > 0) return later(Math.max(left, 1), place);
    idle.delete(nodeName);
    tell('Normal', 'ScaleDownEmpty', `Scale-down: removing empty node ${JSON.stringify(nodeName)}`);
    recordEvent(cluster, last, 'Normal', 'ScaleDown', 'node removed by cluster autoscaler', name);
    cluster.machines.resize(pool.name, pool.count - 1);
  };

  return {
    name,
    // Whoever leaves a node may have been its last one, also without a GPU.
    keysFor: ({ key: changed, kind, object }) =>
      changed === 'nodes' ||
      (changed === 'pods' && (gpusOf(object) > 0 || kind === 'DELETED' || hasEnded(object) || isUnplaced(object)))
        ? [key]
        : [],
    reconcile: (_, context) => {
      const { later, isRipe } = context;
      if (pools().length === 0) return;
      for (const pool of pools()) {
        if (isRipe(recovery(pool.name))) backoffs.delete(pool.name);
        const growth = growing.get(pool.name);
        if (growth !== undefined && isRipe(landing(pool.name, growth.id))) land(pool, growth, context);
      }
      const unplaced = cluster.store.list('pods').filter(isUnplaced);
      for (const uid of helped.keys()) if (!unplaced.some(pod => pod.metadata.uid === uid)) helped.delete(uid);
      const waiting = unplaced.filter(pod => !helped.has(pod.metadata.uid ?? ''));
      if (waiting.length > 0) {
        const scan = `${key}/scan`;
        if (isRipe(scan)) decide(waiting, context);
        else later(cluster.durations.scanMs, scan);
      }
      for (const pool of pools()) shrink(pool, context);
      report(pools());
    },
  };
}

const landing = (pool: string, id: number) => `${key}/grow/${pool}/${id}`;
const recovery = (pool: string) => `${key}/backoff/${pool}`;

/** `15m0s`, as Go writes it. */
function inGo(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}

/** What another node could change: a volume that is missing it could not. */
const wantsRoom = /Insufficient|Too many pods|anti-affinity|free ports/;

/** The scheduler has tried, and found no place. */
function isUnplaced(pod: KubeObject): boolean {
  const refused = objects(at(pod, 'status')['conditions']).find(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'Unschedulable',
  );
  const isOpen = at(pod, 'spec')['nodeName'] === undefined && pod.metadata.deletionTimestamp === undefined;
  const isMatter = refused !== undefined && (gpusOf(pod) > 0 || wantsRoom.test(String(refused['message'])));
  return isMatter && isOpen && !hasEnded(pod);
}

function nodesIn(cluster: Cluster, pool: NodePool): readonly KubeObject[] {
  return cluster.store
    .list('nodes')
    .filter(({ metadata }) => metadata.labels?.['kubernetes.azure.com/agentpool'] === pool.name);
}

function offered(node: KubeObject): number {
  return parseQuantity(stringMap(at(node, 'status')['allocatable'])[gpuResource]);
}

/** Nothing runs there but what runs on every node. */
function isEmpty(cluster: Cluster, node: KubeObject): boolean {
  return !cluster.store
    .list('pods')
    .some(
      pod =>
        at(pod, 'spec')['nodeName'] === node.metadata.name && !hasEnded(pod) && controllerOf(pod)?.kind !== 'DaemonSet',
    );
}

/**
 * The node that the autoscaler expects of a pool without one. It predicts labels, and calls every GPU `nvidia`, whatever the pool
 * says (`azure_template.go`): who selects the pool's own `accelerator` never gets a first node.
 */
function templateOf({ next, gpus, count }: NodePool): KubeObject {
  const isFirst = count === 0 && gpus > 0;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: next.name, labels: { ...next.labels, ...(isFirst ? { accelerator: 'nvidia' } : {}) } },
    spec: { taints: next.taints },
    status: { allocatable: { ...next.allocatable, ...(gpus > 0 ? { [gpuResource]: String(gpus) } : {}) } },
  };
}

/** Why a pod would not fit on the next node of a pool, in the scheduler's words. */
function misfitOf(pool: NodePool, pod: KubeObject): string | undefined {
  const node = templateOf(pool);
  return obstacles(pod, node, freeOn(node, []), [], [], [])[0];
}
