import type { EnvironmentScope } from '@suite/platform-file';
import type { Check } from './check.ts';
import { clusterChecks } from './cluster-checks.ts';
import type { LiveCluster } from './live-cluster.ts';
import { type ExpectedPool, expectedPools } from './pool-checks.ts';

/** What one cluster has to be, check by check, in the order in which differences are reported. */
export interface ExpectedCluster {
  readonly name: string;
  readonly checks: readonly Check<LiveCluster>[];
  readonly pools: readonly ExpectedPool[];
  /** Names of pools that may be there, however they are. */
  readonly leftAlone: readonly string[];
}

/** What the platform file promises of an environment's cluster. */
export function expectations(view: EnvironmentScope): ExpectedCluster {
  const { name, poolsLeftAlone } = view.cluster;
  return { name, checks: clusterChecks(view), pools: expectedPools(view), leftAlone: poolsLeftAlone };
}
