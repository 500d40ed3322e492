import type { Check } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import { type ExistingCluster, poolOf } from './existing.ts';
import { finding, openQuestions, orPassed, type Topic } from './finding.ts';
import type { Answer, Usage, VmSize } from './ports.ts';
import { sameName } from './sizes.ts';

/** A node pool, as far as it takes quota. */
export interface CountedPool {
  readonly name: string;
  /** `cluster.pools.gpu` */
  readonly setting: string;
  readonly size: string;
  readonly min: number;
  readonly max: number;
  readonly spot: boolean;
  /** `33%` or `1`. */
  readonly surge: string;
}

export interface QuotaQuestion {
  readonly pools: readonly CountedPool[];
  readonly location: string;
  readonly subscription: string;
  readonly sizes: Answer<readonly VmSize[]>;
  readonly usages: Answer<readonly Usage[]>;
  /** What it runs is in the usages already. */
  readonly existing: ExistingCluster | undefined;
  /** This plan upgrades Kubernetes, so the surge is needed now. */
  readonly upgrades: boolean;
}

const topic: Topic = { id: 'quota', name: 'vCPU quota is enough' };

/**
 * Whether the pools fit into the quota of each family and of the location: what this plan starts, with the surge of an
 * upgrade, has to; what the autoscaler may add later should.
 */
export function judgeQuota(question: QuotaQuestion): readonly Check[] {
  const { sizes, usages, location } = question;
  const open = openQuestions(topic, [sizes, usages]);
  if (!sizes.known || !usages.known) return open;
  const demands = question.pools.flatMap(pool => demandOf(pool, sizes.value, question.existing));
  const checks = bucketsOf(demands).flatMap(({ name, members }): Check[] => {
    const usage = usages.value.find(one => sameQuota(one.name, name));
    return usage === undefined
      ? [
          finding(
            topic,
            'unknown',
            `Azure lists no quota \`${name}\` in ${location}, which ${poolsText(members)} would count against.`,
            { remedy: `\`az vm list-usage --location ${location} --output table\` lists what it has.` },
            partOf(name),
          ),
        ]
      : judgeBucket(question, usage, members);
  });
  return orPassed(topic, checks, `${location} has room for all nodes that the pools may have.`);
}

interface Demand {
  readonly pool: CountedPool;
  readonly quotas: readonly string[];
  readonly cores: number;
  /** Nodes that this plan starts. */
  readonly starts: number;
  /** Nodes that an upgrade adds for a while. */
  readonly surge: number;
  /** Nodes beyond those that run, when the autoscaler has made the most. */
  readonly later: number;
  readonly surgeLater: number;
}

function demandOf(pool: CountedPool, sizes: readonly VmSize[], existing: ExistingCluster | undefined): Demand[] {
  const size = sizes.find(({ name }) => sameName(name, pool.size));
  // A size that is not there is told elsewhere.
  if (size?.cores === undefined) return [];
  const old = poolOf(existing, pool.name);
  const runs = old !== undefined && sameName(old.size, pool.size) ? old.nodes : 0;
  // Azure takes no surge for spot nodes (azurerm refuses one).
  const surge = pool.spot ? '0' : pool.surge;
  // Terraform changes a size by a pool in between: both of the new size are there at once, the old one is gone by then.
  const rotates = old !== undefined && runs === 0 && old.nodes > 0 && !sameName(old.size, pool.size);
  const starts = rotates ? 2 * Math.max(pool.min, old.nodes) : Math.max(0, pool.min - runs);
  return [
    {
      pool,
      quotas: pool.spot ? ['lowPriorityCores'] : [size.family, 'cores'],
      cores: size.cores,
      starts,
      surge: surgeOf(surge, Math.max(pool.min, runs)),
      later: Math.max(starts, pool.max - runs),
      surgeLater: surgeOf(surge, pool.max),
    },
  ];
}

/** AKS rounds a share up; a pool without nodes has none to replace. */
export function surgeOf(surge: string, nodes: number): number {
  if (nodes === 0) return 0;
  return surge.endsWith('%') ? Math.ceil((nodes * Number(surge.slice(0, -1))) / 100) : Number(surge);
}

function bucketsOf(demands: readonly Demand[]): { readonly name: string; readonly members: readonly Demand[] }[] {
  const buckets = new Map<string, { name: string; members: Demand[] }>();
  for (const demand of demands) {
    for (const name of demand.quotas) {
      const key = normalised(name);
      const bucket = buckets.get(key) ?? { name, members: [] };
      bucket.members.push(demand);
      buckets.set(key, bucket);
    }
  }
  return [...buckets.values()];
}

function judgeBucket(
  { location, subscription, upgrades }: QuotaQuestion,
  usage: Usage,
  members: readonly Demand[],
): Check[] {
  const sum = (nodes: (demand: Demand) => number) =>
    members.reduce((total, demand) => total + nodes(demand) * demand.cores, 0);
  // AKS upgrades one pool after the other.
  const most = (nodes: (demand: Demand) => number) =>
    members.reduce((largest, demand) => Math.max(largest, nodes(demand) * demand.cores), 0);
  const starts = sum(({ starts }) => starts);
  const surge = most(({ surge }) => surge);
  const later = sum(demand => demand.later) + most(({ surgeLater }) => surgeLater);
  const free = Math.max(0, usage.limit - usage.current);
  const remedy = raise(usage, usage.current + later, location, subscription);
  const settings = [...new Set(members.map(({ pool }) => pool.setting))];
  const setting = (key: string) => (settings.length === 1 ? `${settings[0]}.${key}` : 'cluster.pools');
  const left = `${free} of ${usage.limit} left in ${location}`;
  const who = poolsText(members);
  if (starts + surge > free) {
    const parts = [
      ...(starts === 0 ? [] : [`${starts} to start nodes`]),
      ...(surge === 0 ? [] : [`${surge} for the surge of an upgrade`]),
    ];
    const now = starts > 0 || upgrades;
    const message = now
      ? `${who} ${verb(members, 'needs', 'need')} ${starts + surge} vCPUs of \`${usage.name}\` (${parts.join(', ')}), and the subscription has ${left}.`
      : `The next upgrade needs ${surge} vCPUs of \`${usage.name}\` for its surge, and the subscription has ${left}.`;
    return [
      finding(topic, now ? 'blocked' : 'warning', message, { remedy, setting: setting('min') }, partOf(usage.name)),
    ];
  }
  if (later > free) {
    const never = usage.limit === 0 ? ' With a limit of 0 not a single node will start.' : '';
    const message = `${who} may grow by ${later} vCPUs of \`${usage.name}\` with the surge of an upgrade, and the subscription has ${left}.${never}`;
    return [finding(topic, 'warning', message, { remedy, setting: setting('max') }, partOf(usage.name))];
  }
  return [];
}

function raise({ name, title }: Usage, limit: number, location: string, subscription: string): string {
  const scope = `/subscriptions/${subscription}/providers/Microsoft.Compute/locations/${location}`;
  const type = sameQuota(name, 'lowPriorityCores') ? 'lowPriority' : 'dedicated';
  return `Ask for more: \`az quota update --resource-name '${name}' --scope ${scope} --limit-object value=${limit} --resource-type ${type}\` (extension \`quota\`), or in the portal under Quotas, Compute, "${title}"; or make the pools smaller.`;
}

function poolsText(members: readonly Demand[]): string {
  const names = members.map(({ pool }) => `\`${pool.name}\``);
  return `${names.length === 1 ? 'Pool' : 'Pools'} ${sentenceList(names)}`;
}

function verb(members: readonly Demand[], one: string, many: string): string {
  return members.length === 1 ? one : many;
}

/** Sizes and usages write some families differently: `Standard NCASv3_T4 Family`, `standardNCASv3_T4Family`. */
function normalised(name: string): string {
  return name.replace(/[ _-]/g, '').toLowerCase();
}

function sameQuota(a: string, b: string): boolean {
  return normalised(a) === normalised(b);
}

function partOf(name: string): string {
  return name.replaceAll(' ', '-');
}
