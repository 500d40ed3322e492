import type { Check } from './check.ts';
import type { ExpectedCluster } from './expectations.ts';
import type { LiveCluster } from './live-cluster.ts';
import type { Seen } from './match.ts';

/** One thing that is not as the platform file says. */
export interface Difference {
  /** What a person calls it, e.g. `Image Cleaner interval` or `Node pool gpu: most nodes`. */
  readonly what: string;
  /** Where ARM has it, e.g. `securityProfile.imageCleaner.intervalHours` or `agentPoolProfiles[gpu].maxCount`. */
  readonly path: string;
  /** Undefined when nothing of the kind should be there. */
  readonly expected: Seen;
  /** Undefined when Azure has nothing there. */
  readonly actual: Seen;
}

/**
 * Every difference between what is expected and what runs, in a stable order. A cluster or a pool that is missing is
 * one difference, as is a pool that nobody asked for (a rotation that broke off leaves one).
 */
export function compareCluster(expected: ExpectedCluster, actual: LiveCluster | undefined): Difference[] {
  if (actual === undefined) {
    return [{ what: clusterName(expected.name), path: '', expected: expected.name, actual: undefined }];
  }
  const livePools = new Map(actual.pools.map(pool => [pool.name, pool]));
  const expectedNames = new Set([...expected.pools.map(pool => pool.name), ...expected.leftAlone]);
  return [
    ...expected.checks.flatMap(check => difference(check, actual)),
    ...expected.pools.flatMap(pool => {
      const path = poolPath(pool.name);
      const live = livePools.get(pool.name);
      if (live === undefined) return [{ what: poolName(pool.name), path, expected: pool.name, actual: undefined }];
      return pool.checks
        .flatMap(check => difference(check, live))
        .map(found => ({ ...found, what: ofPool(pool.name, found), path: `${path}.${found.path}` }));
    }),
    ...actual.pools
      .filter(pool => !expectedNames.has(pool.name))
      .map(({ name }) => ({ what: poolName(name), path: poolPath(name), expected: undefined, actual: name })),
  ];
}

/** Names of the differences that `compareCluster` can find, but of pools that nobody asked for. */
export function namesOfCluster({ name, checks, pools }: ExpectedCluster): string[] {
  return [
    clusterName(name),
    ...checks.map(({ what }) => what),
    ...pools.flatMap(pool => [poolName(pool.name), ...pool.checks.map(check => ofPool(pool.name, check))]),
  ];
}

export function difference<Subject>(check: Check<Subject>, subject: Subject): Difference[] {
  if (check.applies?.(subject) === false) return [];
  const actual = check.read(subject);
  if (check.match(check.expected, actual)) return [];
  return [{ what: check.what, path: check.path, expected: check.expected, actual }];
}

const clusterName = (name: string) => `Cluster ${name}`;
const poolName = (name: string) => `Node pool ${name}`;
const ofPool = (name: string, { what }: Pick<Difference, 'what'>) => `${poolName(name)}: ${what}`;
const poolPath = (name: string) => `agentPoolProfiles[${name}]`;
