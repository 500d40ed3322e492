import type { Check } from '@suite/change-report';
import { asArray, asObject, isObject, type JsonObject } from '@suite/foundation';
import { groupOf, type KubernetesObject, selects } from '@suite/kubernetes';
import { code, finding, named, some } from './finding.ts';
import type { CheckInput } from './input.ts';
import { type Workload, workloadsOf } from './pod-templates.ts';

/** Copies that may all stand on one node or go at once, and budgets that let no node be drained. */
export function checkDisruption({ releases }: CheckInput): Check[] {
  // A budget may come with another release of the same namespace.
  const budgets = releases.flatMap(({ objects }) => objects.filter(isBudget));
  return releases.flatMap(({ release, objects }) => {
    const workloads = workloadsOf(objects).filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
    const several = workloads.filter(({ replicas }) => replicas >= 2);
    const together = several.filter(({ spec }) => !isSpread(spec)).map(({ object }) => named(object));
    const unguarded = several
      .filter(workload => !budgets.some(budget => guards(budget, workload)))
      .map(({ object }) => named(object));
    const blocking = workloads.flatMap(workload =>
      budgets
        .filter(budget => guards(budget, workload) && workload.replicas > 0 && allowedDisruptions(budget, workload) < 1)
        .map(budget => `${named(budget)} (${named(workload.object)} has ${workload.replicas})`),
    );
    const values = code(`${release.setting}.values`);
    return [
      ...(together.length === 0
        ? []
        : [
            finding(release, 'spread', {
              name: 'Copies are spread over nodes',
              status: 'warning',
              message: `Nothing keeps the copies of ${some(together)} off the same node.`,
              remedy: `Set topology spread constraints or anti-affinity in ${values}.`,
            }),
          ]),
      ...(unguarded.length === 0
        ? []
        : [
            finding(release, 'disruption-budget', {
              name: 'Copies do not all go at once',
              status: 'warning',
              message: `No disruption budget keeps a copy of ${some(unguarded)} while nodes are drained.`,
              remedy: `Switch the chart's budget on in ${values}.`,
            }),
          ]),
      ...(blocking.length === 0
        ? []
        : [
            finding(release, 'drains', {
              name: 'Nodes can be drained',
              status: 'warning',
              message: `These budgets let no pod go, so that upgrades of nodes wait until they fail: ${some(blocking)}.`,
              remedy: `Run more copies, or switch the budget off, in ${values}.`,
            }),
          ]),
    ];
  });
}

function isBudget({ apiVersion, kind }: KubernetesObject): boolean {
  return groupOf(apiVersion) === 'policy' && kind === 'PodDisruptionBudget';
}

function isSpread(spec: JsonObject): boolean {
  return (
    asArray(spec['topologySpreadConstraints']).length > 0 || isObject(asObject(spec['affinity'])['podAntiAffinity'])
  );
}

function guards(budget: KubernetesObject, { object, labels }: Workload): boolean {
  if (budget.metadata.namespace !== object.metadata.namespace) return false;
  const selector = asObject(budget['spec'])['selector'];
  return isObject(selector) && selects(selector, labels);
}

/** As the disruption controller counts (pkg/controller/disruption): shares are rounded up. */
function allowedDisruptions(budget: KubernetesObject, { replicas }: Workload): number {
  const { minAvailable, maxUnavailable } = asObject(budget['spec']);
  if (maxUnavailable !== undefined && maxUnavailable !== null) return scaled(maxUnavailable, replicas);
  return replicas - scaled(minAvailable ?? 1, replicas);
}

function scaled(value: unknown, replicas: number): number {
  const text = String(value);
  return text.endsWith('%') ? Math.ceil((Number(text.slice(0, -1)) * replicas) / 100) : Number(text);
}
