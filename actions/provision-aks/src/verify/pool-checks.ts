import {
  type Cluster,
  type EnvironmentScope,
  isReservedLabel,
  type Pool,
  type PoolInstance,
  poolInstances,
  writeTaint,
} from '@suite/platform-file';
import { type Check, check, versionCheck } from './check.ts';
import type { LivePool } from './live-cluster.ts';
import { anyOrder, containsAll, entriesBut, ignoringCase, type Match, omittedMeans, same } from './match.ts';
import { subnetId } from './resources/names.ts';

/** What one node pool has to be. */
export interface ExpectedPool {
  readonly name: string;
  readonly checks: readonly Check<LivePool>[];
}

/** The pools that the platform file asks for, with the guide's labels and taints beside its own. */
export function expectedPools(view: EnvironmentScope): ExpectedPool[] {
  const { cluster } = view;
  const { system } = cluster.pools;
  const subnet = subnetId(view, 'compute');
  return [
    {
      name: system.name,
      checks: [
        ...poolChecks('System', cluster, system, subnet),
        ...upgradeChecks(system),
        labelCheck({ ...system.labels, 'node-type': 'system' }),
        // Of its taints Terraform sees none but this one.
        taintCheck(system.dedicated ? ['CriticalAddonsOnly=true:NoSchedule'] : [], anyOrder),
      ],
    },
    ...poolInstances(cluster).map(instance => workerPool(cluster, instance, subnet)),
  ];
}

/** What Azure puts on nodes that it may take back. */
const spot = {
  labels: { 'kubernetes.azure.com/scalesetpriority': 'spot' },
  taints: ['kubernetes.azure.com/scalesetpriority=spot:NoSchedule'],
};

function workerPool(
  cluster: Cluster,
  { name, kind, zones, pool }: PoolInstance,
  subnet: string | undefined,
): ExpectedPool {
  const said = pool.taints.map(writeTaint);
  const own = kind === 'gpu' ? [...gpuTaints, ...said] : said;
  const taints = pool.spot ? [...own, ...spot.taints] : own;
  const labels = { ...pool.labels, ...(kind === 'gpu' ? gpuLabels : userLabels) };
  return {
    name,
    checks: [
      ...poolChecks('User', cluster, { ...pool, zones }, subnet),
      // Azure gives nodes that it may take back no say in upgrades.
      ...(pool.spot ? [] : upgradeChecks(pool)),
      check(
        'priority',
        'scaleSetPriority',
        pool.spot ? 'Spot' : 'Regular',
        live => live.priority,
        omittedMeans('Regular', ignoringCase),
      ),
      labelCheck(pool.spot ? { ...labels, ...spot.labels } : labels),
      // Azure may taint GPU nodes too; a taint more on the others keeps workloads off.
      taintCheck(taints, kind === 'gpu' ? containsAll : anyOrder),
      ...('driver' in pool
        ? [
            check<LivePool>(
              'GPU driver',
              'gpuProfile.driver',
              pool.driver,
              live => live.gpuDriver,
              omittedMeans('Install', ignoringCase),
            ),
          ]
        : []),
    ],
  };
}

const userLabels = { 'node-type': 'user' };
const gpuLabels = { 'node-type': 'ai', accelerator: 'nvidia-gpu' };
const gpuTaints = ['nvidia.com/gpu=true:NoSchedule'];

function labelCheck(labels: Readonly<Record<string, string>>): Check<LivePool> {
  return check('labels', 'nodeLabels', labels, live => live.labels, entriesBut(isReservedLabel));
}

function taintCheck(taints: readonly string[], match: Match): Check<LivePool> {
  return check('taints', 'nodeTaints', taints, live => live.taints, match);
}

function poolChecks(
  mode: 'System' | 'User',
  cluster: Cluster,
  wanted: Pool,
  subnet: string | undefined,
): Check<LivePool>[] {
  return [
    check('provisioning state', 'provisioningState', 'Succeeded', live => live.provisioningState, ignoringCase),
    check('power state', 'powerState.code', 'Running', live => live.powerState, ignoringCase),
    check('mode', 'mode', mode, live => live.mode, ignoringCase),
    check('size', 'vmSize', wanted.size, live => live.size, ignoringCase),
    ...versionCheck<LivePool>(cluster, 'currentOrchestratorVersion'),
    check('autoscaling', 'enableAutoScaling', true, live => live.autoscaling),
    check('least nodes', 'minCount', wanted.min, live => live.min),
    check('most nodes', 'maxCount', wanted.max, live => live.max),
    check('zones', 'availabilityZones', wanted.zones, live => live.zones, anyOrder),
    check('disk type', 'osDiskType', wanted.osDiskType, live => live.osDiskType, ignoringCase),
    // Where nobody says it, Azure chooses by the size.
    ...(wanted.osDiskGb === undefined
      ? []
      : [check<LivePool>('disk size', 'osDiskSizeGB', wanted.osDiskGb, live => live.osDiskGb)]),
    check('host encryption', 'enableEncryptionAtHost', wanted.hostEncryption, live => live.hostEncryption),
    check('most pods on a node', 'maxPods', wanted.maxPods, live => live.maxPods),
    ...(subnet === undefined
      ? []
      : [check<LivePool>('subnet', 'vnetSubnetID', subnet, live => live.subnet, ignoringCase)]),
  ];
}

function upgradeChecks(wanted: Pool): Check<LivePool>[] {
  const settings = 'upgradeSettings';
  return [
    check('surge', `${settings}.maxSurge`, wanted.surge, live => live.upgrade.surge),
    check(
      'time to drain',
      `${settings}.drainTimeoutInMinutes`,
      wanted.drainMinutes,
      live => live.upgrade.drainMinutes,
      omittedMeans(30, same),
    ),
    check(
      'time to soak',
      `${settings}.nodeSoakDurationInMinutes`,
      wanted.soakMinutes,
      live => live.upgrade.soakMinutes,
      omittedMeans(0, same),
    ),
  ];
}
