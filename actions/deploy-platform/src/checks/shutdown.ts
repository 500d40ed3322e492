import type { Check } from '@suite/change-report';
import { asArray, asNumber, asObject } from '@suite/foundation';
import { code, finding, named, some } from './finding.ts';
import type { CheckInput } from './input.ts';
import { runningContainers, type Workload, workloadsOf } from './pod-templates.ts';

/** What Kubernetes gives a pod to end by itself. */
const usualGrace = 30;

/** Pods that serve others and are killed before they could finish what they are asked: each roll-out and each drained node breaks requests. */
export function checkShutdown({ releases }: CheckInput): Check[] {
  return releases.flatMap(({ release, objects }) => {
    const killed = workloadsOf(objects)
      .filter(({ kind, replicas }) => (kind === 'Deployment' || kind === 'StatefulSet') && replicas > 0)
      .flatMap(workload => {
        const why = killedWhy(workload);
        return why === undefined ? [] : [`${named(workload.object)} (${why})`];
      });
    if (killed.length === 0) return [];
    return [
      finding(release, 'shutdown', {
        name: 'Pods have time to finish what they are asked',
        status: 'warning',
        message: `Nothing of a request is finished when a pod has to go: ${some(killed)}.`,
        remedy: `Set ${code('terminationGracePeriodSeconds')} beyond what the pods need to end, in ${code(`${release.setting}.values`)}.`,
      }),
    ];
  });
}

function killedWhy({ spec }: Workload): string | undefined {
  const listening = runningContainers(spec).filter(({ ports }) => asArray(ports).length > 0);
  if (listening.length === 0) return undefined;
  const grace = asNumber(spec['terminationGracePeriodSeconds']) ?? usualGrace;
  if (grace <= 1) return `it gets ${grace} s to end`;
  const before = Math.max(...listening.map(container => sleepOf(asObject(container['lifecycle']))));
  return before >= grace ? `it sleeps for ${before} s before, of ${grace} s in all` : undefined;
}

/** For how long a container is to go on once its pod has to end. */
function sleepOf({ preStop }: Readonly<Record<string, unknown>>): number {
  return asNumber(asObject(asObject(preStop)['sleep'])['seconds']) ?? 0;
}
