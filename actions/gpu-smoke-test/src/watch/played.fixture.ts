import type { Finding } from '../verdict.ts';
import type { EventFacts, Facts, NodeFacts, PodFacts } from './facts.ts';
import { judge } from './judge.ts';
import { advance, beginning, type Progress, type Watched } from './phases.ts';

const second = 1000;

export const pendingPod: PodFacts = {
  name: 'gpu-smoke-gpu-1-abcde',
  phase: 'Pending',
  node: undefined,
  unschedulable: '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.',
  disruption: undefined,
  isDeleted: false,
  reason: undefined,
  message: undefined,
  waiting: undefined,
  isRunning: false,
  ended: undefined,
};

export const nodeName = 'aks-gpu-12345678-vmss000000';
export const boundPod: PodFacts = { ...pendingPod, node: nodeName, unschedulable: undefined };
export const runningPod: PodFacts = { ...boundPod, phase: 'Running', isRunning: true };
export const donePod: PodFacts = {
  ...boundPod,
  phase: 'Succeeded',
  ended: { exitCode: 0, reason: 'Completed', message: '' },
};

export const node: NodeFacts = {
  name: nodeName,
  isReady: true,
  readiness: 'KubeletReady: kubelet is posting ready status',
  isCordoned: false,
  labels: { 'kubernetes.azure.com/agentpool': 'gpu', 'node-type': 'ai', accelerator: 'nvidia-gpu' },
  capacity: 1,
  allocatable: 1,
  slices: [],
  taints: ['nvidia.com/gpu=true:NoSchedule'],
  problems: [],
  reported: ['Ready'],
};
export const startingNode: NodeFacts = {
  ...node,
  isReady: false,
  readiness: 'KubeletNotReady: cni plugin not initialized',
  capacity: 0,
  allocatable: 0,
};
export const bareNode: NodeFacts = { ...node, capacity: 0, allocatable: 0 };

export const idle: Facts = {
  job: { exists: true, failed: undefined },
  pod: pendingPod,
  events: [],
  nodes: [],
  scaler: { groups: [], failures: [] },
  holders: [],
};

export function event(reason: string, message = '', isWarning = false): EventFacts {
  return { reason, message, isWarning, at: undefined };
}

export const triggered = event('TriggeredScaleUp', 'pod triggered scale-up: [{aks-gpu-12345678-vmss 0->1 (max: 2)}]');

/** What the cluster shows from some second on, as differences to what it showed before. */
export interface Scene extends Partial<Facts> {
  readonly at: number;
}

export interface PlayOptions {
  readonly before?: readonly string[];
  readonly driver?: 'Install' | 'None';
  readonly timeoutSeconds?: number;
  /** How long it is looked at, in seconds. */
  readonly until?: number;
}

export interface Played {
  readonly progress: Progress;
  readonly finding: Finding | undefined;
  /** When it was decided or done. */
  readonly seconds: number;
}

/** Plays scenes second by second, as the watch would look, until a verdict is clear or the work is done. */
export function play(scenes: readonly Scene[], options: PlayOptions = {}): Played {
  const { before = [], driver = 'Install', timeoutSeconds = 1500, until = 1600 } = options;
  const watched: Watched & { readonly driver: 'Install' | 'None' } = {
    pool: 'gpu',
    before: new Set(before),
    startedAt: 0,
    deadlineAt: timeoutSeconds * second,
    driver,
  };
  let progress = beginning(watched);
  let facts = idle;
  for (let seconds = 0; ; seconds++) {
    for (const { at, ...changed } of scenes) if (at === seconds) facts = { ...facts, ...changed };
    progress = advance(progress, facts, watched, seconds * second);
    const finding = judge(progress, facts, watched, seconds * second);
    if (finding !== undefined || progress.current === 'done' || seconds === until)
      return { progress, finding, seconds };
  }
}
