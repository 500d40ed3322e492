import { sentenceList } from '@suite/foundation';
import { isHard, isReservedLabel, isReservedTaint, writeTaint } from '../node-marks.ts';
import { poolInstances } from '../pool-instances.ts';
import type { Path } from '../position.ts';
import type { Pool, ReleaseSettings, Releases, WorkerPool } from '../resolved.ts';
import { quote } from '../wording.ts';
import type { Checker } from './checker.ts';

// N-series sizes that Azure has retired (azure-compute-docs, list of retired sizes).
const retired = /^Standard_(?:NC\d+r?(?:s_v[23])?|ND\d+r?s|NV\d+(?:s_v2)?)(?:_Promo)?$/i;

export function checkPools({ view, report, saidBy }: Checker): void {
  checkNames(view, report);
  checkWayIn(view, report);
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
    // What a replacement does not say itself is judged where it stands.
    if (saidBy([...setting, 'labels']) !== undefined) checkLabels(pool, setting, report);
    if ('taints' in pool && saidBy([...setting, 'taints']) !== undefined) checkTaints(name, pool, setting, report);
  }
}

function checkLabels({ labels }: Pool, setting: Path, report: Checker['report']): void {
  for (const name of Object.keys(labels).filter(isReservedLabel)) {
    report(
      [...setting, 'labels', name],
      `The label ${quote(name)} is not yours to set: AKS, Kubernetes or the platform puts it on nodes.`,
      'Use another name, such as one with a domain of yours in front.',
    );
  }
}

function checkTaints(pool: string, { taints }: WorkerPool, setting: Path, report: Checker['report']): void {
  const seen = new Set(pool === 'gpu' ? ['nvidia.com/gpu NoSchedule'] : []);
  for (const [index, taint] of taints.entries()) {
    const at = [...setting, 'taints', index];
    if (isReservedTaint(taint.key)) {
      report(
        at,
        `The taint ${quote(taint.key)} is not yours to set: AKS or Kubernetes puts it on nodes.`,
        'Use another name, such as one with a domain of yours in front.',
      );
    }
    const same = `${taint.key} ${taint.effect}`;
    if (seen.has(same)) {
      report(
        at,
        `A node has one taint ${quote(taint.key)} with the effect ${taint.effect}, and the pool \`${pool}\` has it already.`,
        'Remove it, or use another name.',
      );
    }
    seen.add(same);
  }
}

/** The platform's pods run where no taint keeps them away. What a release is told by its values is judged when it is planned. */
function checkWayIn({ cluster, releases }: Checker['view'], report: Checker['report']): void {
  const { system, user } = cluster.pools;
  if (user === undefined || !system.dedicated) return;
  const pools = [user, user.replacement].filter(pool => pool !== undefined);
  if (pools.some(({ taints }) => !taints.some(isHard))) return;
  const stuck = releasesOfUserPool(releases).filter(({ values }) => !JSON.stringify(values).includes('"tolerations"'));
  if (stuck.length === 0) return;
  const names = stuck.map(({ setting }) => `\`${setting.replace('releases.', '')}\``);
  const taints = user.taints.filter(isHard).map(taint => `\`${writeTaint(taint)}\``);
  report(
    ['cluster', 'pools', 'user', 'taints'],
    `No pool takes pods of ${sentenceList(names)}: they do not tolerate ${sentenceList(taints)}, and the system pool takes critical add-ons only.`,
    'Use the effect PreferNoSchedule, let workloads into the system pool (`system: { dedicated: false }`), or give those releases `tolerations` in their `values`.',
  );
}

/** Those of the platform whose pods go where the chart's defaults and the scheduler put them. */
function releasesOfUserPool(releases: Releases): Pick<ReleaseSettings, 'values' | 'setting'>[] {
  const { certManager, metrics, argoCd, albController, loki, jaeger, jupyterHub, mlflow, secrets } = releases;
  return [certManager, metrics, argoCd, albController, loki, jaeger, jupyterHub, mlflow, secrets].filter(
    release => release !== undefined,
  );
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
