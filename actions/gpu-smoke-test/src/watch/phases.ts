import type { Facts, NodeFacts } from './facts.ts';

/** What a test comes by on its way, in this order. On a node that is there already it skips those of the scale-up. */
export const milestones = ['queued', 'scale-up', 'node', 'ready', 'plugin', 'pulled', 'running', 'done'] as const;
export type Milestone = (typeof milestones)[number];

/** What is known of a test besides what the cluster shows. Times in milliseconds since 1970. */
export interface Watched {
  readonly pool: string;
  /** Names of the pool's nodes before the Job was made. */
  readonly before: ReadonlySet<string>;
  readonly startedAt: number;
  /** When it is given up, whatever happens. */
  readonly deadlineAt: number;
}

export interface Progress {
  readonly current: Milestone;
  readonly reached: Readonly<Partial<Record<Milestone, number>>>;
  /** When the pod was given its node. */
  readonly boundAt: number | undefined;
  /** Since when its image could not be pulled, without a success since. */
  readonly unpullableSince: number | undefined;
  /** Since when its pod is deleted, or gone. */
  readonly deletedSince: number | undefined;
  /** Whether the Job was ever seen. */
  readonly wasSeen: boolean;
}

export function beginning({ startedAt }: Pick<Watched, 'startedAt'>): Progress {
  return {
    current: 'queued',
    reached: { queued: startedAt },
    boundAt: undefined,
    unpullableSince: undefined,
    deletedSince: undefined,
    wasSeen: false,
  };
}

/** The node that the test runs on or waits for; undefined while none is in sight. */
export function nodeInSight({ pod, nodes }: Pick<Facts, 'pod' | 'nodes'>, { before }: Watched): NodeFacts | undefined {
  if (pod?.node !== undefined) return nodes.find(({ name }) => name === pod.node);
  const fresh = nodes.filter(({ name }) => !before.has(name));
  // One that is there and offers no GPU: the autoscaler takes it for one that is still starting (`gpu_processor.go`).
  const bare = nodes.filter(
    ({ name, allocatable, isCordoned }) => before.has(name) && allocatable === 0 && !isCordoned,
  );
  return [...fresh, ...bare].sort((left, right) => advancement(right) - advancement(left))[0];
}

function advancement({ isReady, allocatable }: NodeFacts): number {
  return (isReady ? 1 : 0) + (allocatable > 0 ? 2 : 0);
}

export function hasTriggered({ events }: Pick<Facts, 'events'>): boolean {
  return events.some(({ reason }) => reason === 'TriggeredScaleUp');
}

/** The next state of a test. Pure: what was reached stays reached, at the time it was first seen. */
export function advance(progress: Progress, facts: Facts, watched: Watched, now: number): Progress {
  const { pod, job } = facts;
  const node = nodeInSight(facts, watched);
  const isFresh = node !== undefined && !watched.before.has(node.name);
  const isUnpullable = pod?.waiting !== undefined && pullTroubles.has(pod.waiting.reason);
  const isGone = pod?.isDeleted ?? (progress.boundAt !== undefined || progress.deletedSince !== undefined);
  const furthest = furthestOf(facts, node);
  const scaled = hasTriggered(facts) || isFresh;
  const passed = milestones.slice(0, milestones.indexOf(furthest) + 1).filter(milestone => {
    if (milestone === 'scale-up' || milestone === 'node') return scaled;
    if (milestone === 'ready') return scaled || node?.allocatable === 0 || progress.reached.ready !== undefined;
    return true;
  });
  const current = later(progress.current, passed.at(-1) ?? 'queued');
  const fresh = passed.filter(milestone => progress.reached[milestone] === undefined);
  return {
    current,
    reached: { ...progress.reached, ...Object.fromEntries(fresh.map(milestone => [milestone, now])) },
    boundAt: progress.boundAt ?? (pod?.node === undefined ? undefined : now),
    unpullableSince: isUnpullable
      ? (progress.unpullableSince ?? now)
      : current === 'plugin'
        ? progress.unpullableSince
        : undefined,
    deletedSince: isGone ? (progress.deletedSince ?? now) : undefined,
    wasSeen: progress.wasSeen || job.exists,
  };
}

/** Kubernetes, pkg/kubelet/images/types.go: reasons of containers that wait for their image. */
const pullTroubles: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);
/** Of containers whose image is there: pkg/kubelet/kuberuntime. */
export const creationTroubles: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'PreCreateHookError',
  'CreateContainerError',
  'PreStartHookError',
  'PostStartHookError',
  'RunContainerError',
]);

function furthestOf({ pod, events }: Facts, node: NodeFacts | undefined): Milestone {
  if (pod?.ended !== undefined || pod?.phase === 'Succeeded' || pod?.phase === 'Failed') return 'done';
  if (pod?.isRunning) return 'running';
  if (pod?.node !== undefined) {
    const isPulled =
      events.some(({ reason }) => reason === 'Pulled') ||
      (pod.waiting !== undefined && creationTroubles.has(pod.waiting.reason));
    return isPulled ? 'pulled' : 'plugin';
  }
  if (node === undefined) return hasTriggered({ events }) ? 'scale-up' : 'queued';
  if (!node.isReady) return 'node';
  return node.allocatable > 0 ? 'plugin' : 'ready';
}

function later(left: Milestone, right: Milestone): Milestone {
  return milestones.indexOf(left) > milestones.indexOf(right) ? left : right;
}
