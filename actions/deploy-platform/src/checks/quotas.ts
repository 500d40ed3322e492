import type { Check } from '@suite/change-report';
import { asObject } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { quantityNumber } from '@suite/kubernetes/compare';
import { code, finding, named, some } from './finding.ts';
import type { CheckInput } from './input.ts';
import { type Workload, workloadsOf } from './pod-templates.ts';
import { requestsOf } from './scheduling.ts';

/** What a quota counts, and how much of it pods of a workload take. */
const counted: Readonly<Record<string, (workload: Workload) => number>> = {
  pods: ({ replicas }) => replicas,
  'requests.cpu': ({ spec, replicas }) => replicas * requestsOf(spec).cpu,
  'requests.memory': ({ spec, replicas }) => replicas * requestsOf(spec).memory,
  'requests.nvidia.com/gpu': ({ spec, replicas }) => replicas * requestsOf(spec).gpus,
};

/**
 * Quotas that the releases of a namespace cannot keep: its workloads are made, and some never have a pod. Of a DaemonSet one pod is
 * counted, and nothing of what operators make, so what is said here is the least.
 */
export function checkQuotas({ releases }: CheckInput): Check[] {
  const all = releases.flatMap(({ objects }) => objects);
  const workloads = workloadsOf(all).filter(({ kind }) => kind !== 'Job' && kind !== 'CronJob');
  return releases.flatMap(({ release, objects }) =>
    objects.filter(isQuota).flatMap(quota => {
      const inside = ({ metadata }: KubernetesObject) => metadata.namespace === quota.metadata.namespace;
      const hard = asObject(asObject(quota['spec'])['hard']);
      const mine = workloads.filter(({ object }) => inside(object));
      const beyond = Object.entries(counted).flatMap(([resource, take]) => {
        if (hard[resource] === undefined) return [];
        const wanted = mine.reduce((sum, workload) => sum + take(workload), 0);
        return wanted > quantityNumber(hard[resource])
          ? [`${code(resource)} of ${code(String(hard[resource]))}, and they ask for ${tell(resource, wanted)}`]
          : [];
      });
      const balancers = all.filter(object => isBalancer(object) && inside(object)).map(named);
      const isClosed = String(hard['services.loadbalancers']) === '0' && balancers.length > 0;
      const { namespace = '' } = quota.metadata;
      const about = { status: 'blocked', name: `What runs in ${namespace} keeps its quota` } as const;
      return [
        ...(beyond.length === 0
          ? []
          : [
              finding(release, `quota-${namespace}`, {
                ...about,
                message: `The quota of ${code(namespace)} is less than its releases need at least: ${beyond.join('; ')}.`,
                remedy: `Raise it in ${code(`${release.setting}.quotas.${namespace}`)}, or run less there.`,
              }),
            ]),
        ...(isClosed
          ? [
              finding(release, `load-balancers-${namespace}`, {
                ...about,
                message: `The quota of ${code(namespace)} lets in no load balancer beside the gateway, and there is ${some(balancers)}.`,
                remedy: 'Make it a Service of type ClusterIP, and give it a route.',
              }),
            ]
          : []),
      ];
    }),
  );
}

function tell(resource: string, wanted: number): string {
  if (resource === 'requests.memory') return `${Math.ceil(wanted / 2 ** 20)}Mi`;
  return String(Math.round(wanted * 1000) / 1000);
}

function isQuota({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'v1' && kind === 'ResourceQuota';
}

function isBalancer(object: KubernetesObject): boolean {
  return object.apiVersion === 'v1' && object.kind === 'Service' && asObject(object['spec'])['type'] === 'LoadBalancer';
}
