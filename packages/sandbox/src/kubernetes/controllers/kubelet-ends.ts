import type { Cluster } from '../cluster.ts';
import { at, type KubeObject, text, timestamp } from '../objects.ts';
import { recordEvent } from '../writes/event.ts';
import { remove, setStatus, withCondition } from './keep.ts';
import { conditionsOf, containerStatuses, started } from './kubelet-status.ts';

const name = 'kubelet';

/** How a container ended that nobody starts again. */
export interface Failure {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
}

/** A pod whose container ended with an error, for good. */
export function fail(cluster: Cluster, pod: KubeObject, failure: Failure): void {
  const now = timestamp(cluster.clock.now());
  const startedAt = text(at(pod, 'status')['startTime']) ?? now;
  setStatus(
    cluster,
    'pods',
    pod,
    {
      ...started(cluster, pod),
      phase: 'Failed',
      ...containerStatuses(cluster, pod, () => ({
        ready: false,
        started: false,
        state: { terminated: { ...failure, startedAt, finishedAt: now } },
      })),
      conditions: conditionsOf(cluster, pod, { initialized: true, ready: false, reason: 'PodFailed' }),
    },
    name,
  );
  if (failure.reason !== 'StartError') return;
  recordEvent(cluster, pod, 'Warning', 'Failed', `Error: ${failure.message}`, name);
}

/** Azure takes a machine back: its pods are disrupted, and its node is heard of no more. */
export function evict(cluster: Cluster, pod: KubeObject): void {
  const now = cluster.clock.now();
  const why = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
  } as const;
  const { conditions, ...status } = at(pod, 'status');
  const failed = { ...status, phase: 'Failed', conditions: withCondition(conditions, why, now) };
  remove(cluster, 'pods', setStatus(cluster, 'pods', pod, failed, 'pod-garbage-collector'));
  const node = cluster.store.get('nodes', undefined, String(at(pod, 'spec')['nodeName']));
  if (node === undefined) return;
  const silent = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'NodeStatusUnknown',
    message: 'Kubelet stopped posting node status.',
  } as const;
  const { conditions: ofNode, ...rest } = at(node, 'status');
  setStatus(cluster, 'nodes', node, { ...rest, conditions: withCondition(ofNode, silent, now) }, 'node-controller');
}
