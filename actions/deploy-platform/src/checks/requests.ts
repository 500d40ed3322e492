import type { Check } from '@suite/change-report';
import { asObject } from '@suite/foundation';
import { code, finding, named, some } from './finding.ts';
import { type CheckInput, madeBy } from './input.ts';
import { type Container, runningContainers, workloadsOf } from './pod-templates.ts';

/** Containers without requests: the scheduler takes them for free and the node pays. */
export function checkRequests({ releases, view }: CheckInput): Check[] {
  const isEnforced = view.cluster.features.safeguards === 'Enforce';
  return releases.flatMap(checked => {
    const { release } = checked;
    const lacking = workloadsOf(madeBy(checked)).flatMap(({ object, spec }) => {
      const lists = asObject(spec['resources'])['requests'] !== undefined ? [] : runningContainers(spec);
      return lists.filter(lacksRequests).map(({ name }) => `${named(object)} (container ${code(name)})`);
    });
    if (lacking.length === 0) return [];
    const effect = isEnforced ? '; deployment safeguards give each 500m CPU and 2Gi of memory' : '';
    return [
      finding(release, 'requests', {
        name: 'Containers request CPU and memory',
        status: 'warning',
        message: `No requests for CPU and memory in ${some(lacking)}${effect}.`,
        remedy: `Set ${code('resources.requests')} in ${code(`${release.setting}.values`)}.`,
      }),
    ];
  });
}

function lacksRequests({ resources }: Container): boolean {
  const { requests, limits } = asObject(resources);
  return ['cpu', 'memory'].some(name => (asObject(requests)[name] ?? asObject(limits)[name] ?? null) === null);
}
