import type { Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import { code } from './finding.ts';
import type { CheckInput } from './input.ts';
import type { Allocatable } from './machines.ts';
import { type NodePool, nodePoolsOf } from './nodes.ts';
import { type Workload, workloadsOf } from './pod-templates.ts';
import { fitOf, type Requests, requestsOf } from './scheduling.ts';

interface Group {
  readonly pools: readonly NodePool[];
  readonly demand: Requests;
}

/**
 * Sums the requests of everything that can only run on some pools and compares it with what these have at their most and at
 * their least. AKS's own pods come on top, and what workloads of others request.
 */
export function checkCapacity({ releases, view, machines }: CheckInput): Check[] {
  const pools = nodePoolsOf(view, machines);
  const workloads = releases.flatMap(({ objects }) => workloadsOf(objects));
  return groupsOf(workloads, pools).flatMap(group => judge(group, workloads));
}

/** By the pools that they fit; smaller sets of pools count into the larger ones that contain them. */
function groupsOf(workloads: readonly Workload[], pools: readonly NodePool[]): Group[] {
  const placed = workloads
    // Runs of jobs come and go.
    .filter(({ kind }) => kind !== 'DaemonSet' && kind !== 'Job' && kind !== 'CronJob')
    .map(({ spec, replicas }) => ({
      pools: pools.filter(pool => fitOf(spec, pool, false).fits),
      requests: requestsOf(spec),
      replicas,
    }));
  const sets = new Map(
    placed.filter(one => one.pools.length > 0).map(one => [one.pools.map(({ name }) => name).join(), one.pools]),
  );
  return [...sets.values()].map(set => {
    const within = placed.filter(one => one.pools.length > 0 && one.pools.every(pool => set.includes(pool)));
    const sum = (resource: keyof Requests) =>
      within.reduce((total, { requests, replicas }) => total + requests[resource] * replicas, 0);
    return { pools: set, demand: { cpu: sum('cpu'), memory: sum('memory'), gpus: sum('gpus') } };
  });
}

function judge({ pools, demand }: Group, workloads: readonly Workload[]): Check[] {
  const rooms = pools.map(pool => ({ pool, node: roomOfNode(pool, workloads) }));
  const known = rooms.flatMap(({ pool, node }) => (node === undefined ? [] : [{ pool, node }]));
  // Of a size that nobody knows, nobody can say what it holds.
  if (known.length < rooms.length) return [];
  const holds = (count: (pool: NodePool) => number) =>
    resources.filter(
      resource => known.reduce((sum, { pool, node }) => sum + count(pool) * node[resource], 0) < demand[resource],
    );
  const names = sentenceList(
    pools.map(({ name }) => code(name)),
    'or',
  );
  const what = `${tell(demand.cpu)} cores and ${tell(demand.memory / 2 ** 30)} GiB${demand.gpus > 0 ? ` and ${demand.gpus} GPUs` : ''}`;
  const id = `release/capacity/${pools.map(({ name }) => name).join('+')}`;
  const name = `What pods on ${pools.map(pool => pool.name).join(', ')} request fits`;
  const beyond = holds(pool => pool.max);
  if (beyond.length > 0) {
    return [
      {
        id,
        name,
        status: 'warning',
        message: `The releases request ${what} of the pools ${names}, more ${sentenceList(beyond.map(resource => words[resource]))} than they have with all of their nodes.`,
        remedy: `Raise ${code('max')} or ${code('size')} of a pool in ${code('cluster.pools')}, or lower the requests.`,
      },
    ];
  }
  if (holds(pool => pool.min).length === 0) return [];
  return [
    {
      id: id.replace('release/', 'choice/'),
      name,
      status: 'passed',
      message: `The releases request ${what} of the pools ${names}, more than their least nodes have: the first apply waits for the autoscaler.`,
    },
  ];
}

const resources = ['cpu', 'memory', 'gpus'] as const;
const words = { cpu: 'CPU', memory: 'memory', gpus: 'GPUs' } as const;
const tell = (value: number) => String(Math.round(value * 10) / 10);

/** What is left of a node beside the DaemonSets that run on it. */
function roomOfNode(pool: NodePool, workloads: readonly Workload[]): Allocatable | undefined {
  if (pool.allocatable === undefined) return undefined;
  const daemons = workloads
    .filter(({ kind, spec }) => kind === 'DaemonSet' && fitOf(spec, pool, true).fits)
    .map(({ spec }) => requestsOf(spec));
  const left = (resource: keyof Requests) =>
    Math.max(
      0,
      daemons.reduce((rest, requests) => rest - requests[resource], pool.allocatable?.[resource] ?? 0),
    );
  return { cpu: left('cpu'), memory: left('memory'), gpus: left('gpus') };
}
