import type { Check } from '@suite/change-report';
import { asArray, isObject } from '@suite/foundation';
import { code, finding, named, some } from './finding.ts';
import type { CheckInput } from './input.ts';
import { runningContainers, workloadsOf } from './pod-templates.ts';

const serving: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/** Containers that listen and do not say when they are ready: they get traffic too early, and a roll-out proves nothing. */
export function checkProbes({ releases }: CheckInput): Check[] {
  return releases.flatMap(({ release, objects }) => {
    const lacking = workloadsOf(objects)
      .filter(({ kind }) => serving.has(kind))
      .flatMap(({ object, spec }) =>
        runningContainers(spec)
          .filter(({ ports, readinessProbe }) => asArray(ports).length > 0 && !isObject(readinessProbe))
          .map(({ name }) => `${named(object)} (container ${code(name)})`),
      );
    if (lacking.length === 0) return [];
    return [
      finding(release, 'probes', {
        name: 'Containers that listen say when they are ready',
        status: 'warning',
        message: `No readiness probe in ${some(lacking)}.`,
        remedy: `Set it in ${code(`${release.setting}.values`)}, where the chart lets you.`,
      }),
    ];
  });
}
