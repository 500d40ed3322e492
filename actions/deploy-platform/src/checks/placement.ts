import type { Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import { code, finding, named, reason, some } from './finding.ts';
import { type CheckInput, madeBy } from './input.ts';
import { type NodePool, nodePoolsOf } from './nodes.ts';
import { workloadsOf } from './pod-templates.ts';
import { type Fit, fitOf } from './scheduling.ts';

/** Pods that no pool of the platform takes. */
export function checkPlacement({ releases, view, machines }: CheckInput): Check[] {
  const pools = nodePoolsOf(view, machines);
  return releases.flatMap(checked => {
    const { release } = checked;
    const stuck = workloadsOf(madeBy(checked))
      .filter(({ replicas }) => replicas > 0)
      .flatMap(workload => {
        const isDaemon = workload.kind === 'DaemonSet';
        const misfits = misfitsOf(pools, pool => fitOf(workload.spec, pool, isDaemon));
        return misfits === undefined ? [] : [{ workload, isDaemon, misfits }];
      });
    const pods = stuck.filter(({ isDaemon }) => !isDaemon);
    const daemons = stuck.filter(
      ({ isDaemon, workload }) => isDaemon && !release.onDemand?.includes(workload.object.metadata.name),
    );
    return [
      ...(pods.length === 0
        ? []
        : [
            finding(release, 'placement', {
              name: 'Every pod fits a node pool',
              status: pods.some(({ misfits }) => misfits.isCertain) ? 'blocked' : 'warning',
              message: `No pool takes the pods of ${some(pods.map(({ workload, misfits }) => `${named(workload.object)} (${misfits.why})`))}.`,
              remedy: `Change selectors, tolerations or requests in ${code(`${release.setting}.values`)}, or the pools in ${code('cluster.pools')}.`,
            }),
          ]),
      ...(daemons.length === 0
        ? []
        : [
            finding(release, 'daemons', {
              name: 'Every DaemonSet has nodes',
              status: 'warning',
              message: `No pool has nodes for ${some(daemons.map(({ workload, misfits }) => `${named(workload.object)} (${misfits.why})`))}: it will look ready with no pod at all.`,
              remedy: `Change selectors or tolerations in ${code(`${release.setting}.values`)}, or switch the DaemonSet off.`,
            }),
          ]),
    ];
  });
}

/** Undefined when some pool fits. */
function misfitsOf(pools: readonly NodePool[], judge: (pool: NodePool) => Fit) {
  const byReason = new Map<string, string[]>();
  let isCertain = true;
  for (const pool of pools) {
    const fit = judge(pool);
    if (fit.fits) return undefined;
    byReason.set(fit.why, [...(byReason.get(fit.why) ?? []), pool.name]);
    isCertain &&= fit.isCertain;
  }
  const reasons = [...byReason].map(([why, names]) => `${sentenceList(names)}: ${why}`);
  return { why: reason(reasons.join('; ')), isCertain };
}
