import { stringify } from 'yaml';
import type { Fields } from '../objects.ts';
import { timestamp } from '../objects.ts';

/** One pool, for the autoscaler's report. */
export interface GroupStatus {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Nodes that Azure was asked for. */
  readonly target: number;
  readonly ready: number;
  /** Registered nodes whose GPUs nobody offers yet. */
  readonly withoutResource: number;
  readonly isGrowing: boolean;
  readonly backoff: { readonly code: string; readonly message: string } | undefined;
  /** Nodes that may go soon. */
  readonly candidates: number;
}

/**
 * What the autoscaler writes under `status` of `kube-system/cluster-autoscaler-status` since 1.30 (kubernetes/autoscaler,
 * `clusterstate/api/types.go`). Transitions are not remembered: their time is that of the report.
 */
export function writeStatus(groups: readonly GroupStatus[], now: number): string {
  const seconds = timestamp(now);
  const times = { lastProbeTime: seconds, lastTransitionTime: seconds };
  const sum = (of: (group: GroupStatus) => number) => groups.reduce((total, group) => total + of(group), 0);
  const counts = (ready: number, withoutResource: number, missing: number): Fields => ({
    registered: {
      total: ready + withoutResource,
      ready,
      notStarted: 0,
      unready: { total: withoutResource, resourceUnready: withoutResource },
    },
    longUnregistered: 0,
    unregistered: missing,
  });
  const missing = ({ target, ready, withoutResource }: GroupStatus) => Math.max(0, target - ready - withoutResource);
  const candidates = sum(group => group.candidates);
  const down = (number: number) => ({
    status: number > 0 ? 'CandidatesPresent' : 'NoCandidates',
    ...(number > 0 ? { candidates: number } : {}),
    ...times,
  });
  return stringify({
    time: `${seconds.replace('T', ' ').replace('Z', '')} +0000 UTC`,
    autoscalerStatus: 'Running',
    clusterWide: {
      health: {
        status: 'Healthy',
        nodeCounts: counts(
          sum(group => group.ready),
          sum(group => group.withoutResource),
          sum(missing),
        ),
        ...times,
      },
      scaleUp: { status: groups.some(group => group.isGrowing) ? 'InProgress' : 'NoActivity', ...times },
      scaleDown: down(candidates),
    },
    nodeGroups: groups.map(group => ({
      name: group.name,
      health: {
        status: 'Healthy',
        nodeCounts: counts(group.ready, group.withoutResource, missing(group)),
        cloudProviderTarget: group.target,
        minSize: group.min,
        maxSize: group.max,
        ...times,
      },
      scaleUp: {
        status: group.backoff === undefined ? (group.isGrowing ? 'InProgress' : 'NoActivity') : 'Backoff',
        ...(group.backoff === undefined
          ? {}
          : { backoffInfo: { errorCode: group.backoff.code, errorMessage: group.backoff.message } }),
        ...times,
      },
      scaleDown: down(group.candidates),
    })),
  });
}
