import { poolInstances } from '../pool-instances.ts';
import type { Path } from '../position.ts';
import type { Pool, WorkerPool } from '../resolved.ts';
import type { Checker } from './checker.ts';

// N-series sizes that Azure has retired (azure-compute-docs, list of retired sizes).
const retired = /^Standard_(?:NC\d+r?(?:s_v[23])?|ND\d+r?s|NV\d+(?:s_v2)?)(?:_Promo)?$/i;

export function checkPools({ view, report }: Checker): void {
  checkNames(view, report);
  for (const { name, pool, setting } of pools(view)) {
    const say = (key: string, message: string, remedy: string) => report([...setting, key], message, remedy);
    if (pool.min > pool.max) {
      say(
        'min',
        `Pool \`${name}\` has at least ${pool.min} and at most ${pool.max} nodes.`,
        'Make `min` no larger than `max`.',
      );
    }
    if (retired.test(pool.size)) {
      say(
        'size',
        `Azure has retired the size \`${pool.size}\`.`,
        'Use a current one, for GPUs Standard_NC4as_T4_v3 or larger.',
      );
    } else if (name === 'gpu' && !/^Standard_N/i.test(pool.size)) {
      say('size', `\`${pool.size}\` has no GPU.`, 'Use a size of the N series, such as Standard_NC4as_T4_v3.');
    }
    if (pool.drainMinutes > 1440) {
      say('drain', `An upgrade cannot wait ${pool.drainMinutes} minutes for a node.`, 'Use 1m to 1440m.');
    }
    if ('perZone' in pool && pool.perZone && pool.zones.length === 0) {
      say('per-zone', `Pool \`${name}\` is in no zone.`, 'Name its zones, such as `zones: [1, 2, 3]`.');
    }
    if (name === 'system') checkSystemPool(pool, view.production, say);
  }
}

const longestName = 12;

/** Names that a color or a zone is added to have to leave room for it, and no two pools may share one. */
function checkNames({ cluster }: Checker['view'], report: Checker['report']): void {
  const { system } = cluster.pools;
  const workers = poolInstances(cluster).map(({ name, kind }) => ({
    name,
    setting: ['cluster', 'pools', kind, 'name'],
  }));
  const others = cluster.poolsLeftAlone.map(name => ({ name, setting: ['cluster', 'pools', 'left-alone'] }));
  const taken = new Set([system.name]);
  for (const { name, setting } of [...workers, ...others]) {
    if (name.length > longestName) {
      report(
        setting,
        `A pool would be called \`${name}\`, which has ${name.length} characters.`,
        `Azure takes ${longestName}, color and zone included: such a pool keeps its color and one pool for all zones.`,
      );
    }
    if (taken.has(name)) report(setting, `Two pools are called \`${name}\`.`, 'Give each a name of its own.');
    taken.add(name);
  }
}

interface Place {
  readonly name: string;
  readonly pool: Pool | WorkerPool;
  readonly setting: Path;
}

/** A replacement says only what is different about it, and is judged as a whole. */
function pools({ cluster }: Checker['view']): Place[] {
  return (Object.entries(cluster.pools) as [string, Pool | WorkerPool | undefined][]).flatMap(([name, pool]) => {
    if (pool === undefined) return [];
    const setting: Path = ['cluster', 'pools', name];
    const replacement = 'replacement' in pool ? pool.replacement : undefined;
    const beside = replacement && { name, pool: replacement, setting: [...setting, 'replacement'] };
    return [{ name, pool, setting }, ...(beside === undefined ? [] : [beside])];
  });
}

function checkSystemPool(
  { min, size }: Pool,
  production: boolean,
  say: (key: string, message: string, remedy: string) => void,
): void {
  if (min < 1) say('min', 'The system pool cannot be empty.', 'Use `min: 1` or more; Azure advises 3.');
  const cores = coresOf(size);
  if (production && cores !== undefined && cores < 4) {
    const remedy = 'AKS wants 4 at least; use such a size elsewhere than in production, or Standard_D4ds_v5.';
    say('size', `\`${size}\` has ${cores} vCPUs, too few for the system pool of a production environment.`, remedy);
  }
}

/** `Standard_D4ds_v5` has 4; of `Standard_E4-2ds_v5` 2 can be used. */
function coresOf(size: string): number | undefined {
  const [, all, usable] = /^Standard_[A-Z]+(\d+)(?:-(\d+))?/i.exec(size) ?? [];
  const cores = usable ?? all;
  return cores === undefined ? undefined : Number(cores);
}
