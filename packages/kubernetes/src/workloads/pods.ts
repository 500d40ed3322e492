import { asArray, asNumber, asObject, asString, printable, shorten } from '@suite/foundation';
import type { KubernetesObject } from '../objects.ts';
import { selects } from '../selector.ts';
import { conditionOf } from './workloads.ts';

/** Why a pod does not run, as far as one can see. */
export interface PodTrouble {
  readonly pod: string;
  /** The container that it is about, if it is about one. */
  readonly container?: string;
  /** `ErrImagePull`, `CrashLoopBackOff`, `Unschedulable`, … */
  readonly reason: string;
  readonly message: string;
  /** Nothing but a change of what is deployed helps; a cluster that may grow can still make room. */
  readonly isLasting: boolean;
}

// Kubernetes, pkg/kubelet/images/types.go and pkg/kubelet/kuberuntime: reasons of containers that wait.
const lasting: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'CrashLoopBackOff',
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

/** What keeps a pod from being ready; undefined while nothing looks wrong. */
export function troubleOf(pod: KubernetesObject): PodTrouble | undefined {
  const status = asObject(pod['status']);
  const name = pod.metadata.name;
  const containers = [...asArray(status['initContainerStatuses']), ...asArray(status['containerStatuses'])].map(
    asObject,
  );
  for (const container of containers) {
    const waiting = asObject(asObject(container['state'])['waiting']);
    const reason = asString(waiting['reason']) ?? '';
    if (!lasting.has(reason)) continue;
    return {
      pod: name,
      container: asString(container['name']) ?? '',
      reason,
      message: shown(asString(waiting['message']) ?? lastEnd(container)),
      isLasting: true,
    };
  }
  const scheduled = conditionOf(pod, 'PodScheduled');
  if (scheduled?.status === 'False' && scheduled.reason === 'Unschedulable') {
    return { pod: name, reason: 'Unschedulable', message: shown(scheduled.message), isLasting: false };
  }
  return undefined;
}

function lastEnd(container: ReturnType<typeof asObject>): string {
  const ended = asObject(asObject(container['lastState'])['terminated']);
  const code = asNumber(ended['exitCode']);
  return code === undefined ? '' : `the container ended with exit code ${code}`;
}

/** A sentence of a cluster's, for people. */
function shown(message: string): string {
  return printable(shorten(message.replaceAll('\n', ' '), 400));
}

/** Whether a workload's selector picks a pod. One without a selector, as a Job has before it is made, picks none. */
export function isSelected(pod: KubernetesObject, workload: KubernetesObject): boolean {
  const selector = asObject(asObject(workload['spec'])['selector']);
  return Object.keys(selector).length > 0 && selects(selector, pod.metadata.labels ?? {});
}
