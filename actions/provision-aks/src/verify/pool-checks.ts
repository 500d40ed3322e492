import type { Cluster, GpuPool, Pool } from '@suite/platform-file';
import { type Check, check, versionCheck } from './check.ts';
import type { LivePool } from './live-cluster.ts';
import { anyOrder, containsAll, containsEntries, ignoringCase, type Match, omittedMeans } from './match.ts';

/** What one node pool has to be. */
export interface ExpectedPool {
  readonly name: string;
  readonly checks: readonly Check<LivePool>[];
}

/** The pools that the platform file asks for, with the guide's labels and taints. */
export function expectedPools(cluster: Cluster): ExpectedPool[] {
  const { system, user, gpu } = cluster.pools;
  return [
    systemPool(cluster, system),
    ...(user === undefined ? [] : [userPool(cluster, user)]),
    ...(gpu === undefined ? [] : [gpuPool(cluster, gpu)]),
  ];
}

function systemPool(cluster: Cluster, wanted: Pool): ExpectedPool {
  const taints = taintCheck(['CriticalAddonsOnly=true:NoSchedule'], containsAll);
  return pool('system', 'System', cluster, wanted, { 'node-type': 'system' }, [taints]);
}

function userPool(cluster: Cluster, wanted: Pool): ExpectedPool {
  return pool('user', 'User', cluster, wanted, { 'node-type': 'user' }, [taintCheck([], anyOrder)]);
}

function gpuPool(cluster: Cluster, wanted: GpuPool): ExpectedPool {
  return pool('gpu', 'User', cluster, wanted, { 'node-type': 'ai', accelerator: 'nvidia-gpu' }, [
    taintCheck(['nvidia.com/gpu=true:NoSchedule'], containsAll),
    check(
      'GPU driver',
      'gpuProfile.driver',
      wanted.driver,
      live => live.gpuDriver,
      omittedMeans('Install', ignoringCase),
    ),
  ]);
}

function taintCheck(taints: readonly string[], match: Match): Check<LivePool> {
  return check('taints', 'nodeTaints', taints, live => live.taints, match);
}

function pool(
  name: string,
  mode: 'System' | 'User',
  cluster: Cluster,
  wanted: Pool,
  labels: Readonly<Record<string, string>>,
  own: readonly Check<LivePool>[],
): ExpectedPool {
  return {
    name,
    checks: [
      check('provisioning state', 'provisioningState', 'Succeeded', live => live.provisioningState, ignoringCase),
      check('power state', 'powerState.code', 'Running', live => live.powerState, ignoringCase),
      check('mode', 'mode', mode, live => live.mode, ignoringCase),
      check('size', 'vmSize', wanted.size, live => live.size, ignoringCase),
      ...versionCheck<LivePool>(cluster, 'currentOrchestratorVersion'),
      check('autoscaling', 'enableAutoScaling', true, live => live.autoscaling),
      check('least nodes', 'minCount', wanted.min, live => live.min),
      check('most nodes', 'maxCount', wanted.max, live => live.max),
      check('zones', 'availabilityZones', wanted.zones, live => live.zones, anyOrder),
      check('labels', 'nodeLabels', labels, live => live.labels, containsEntries),
      ...own,
    ],
  };
}
