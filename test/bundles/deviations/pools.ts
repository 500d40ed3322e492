import { type Batch, type Deviation, deviation, remove, set } from './deviation.ts';
import { ids, subnet } from './platform.ts';

interface Expected {
  readonly name: 'system' | 'user' | 'gpu';
  readonly mode: 'System' | 'User';
  readonly size: string;
  readonly least: number;
  readonly most: number;
  readonly zones: readonly string[];
  readonly surge: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly string[];
}

const pools: readonly Expected[] = [
  {
    name: 'system',
    mode: 'System',
    size: 'Standard_D4ds_v5',
    least: 2,
    most: 10,
    zones: ['1', '2', '3'],
    surge: '33%',
    labels: { 'node-type': 'system' },
    taints: ['CriticalAddonsOnly=true:NoSchedule'],
  },
  {
    name: 'user',
    mode: 'User',
    size: 'Standard_D4ds_v5',
    least: 1,
    most: 10,
    zones: ['1', '2', '3'],
    surge: '33%',
    labels: { 'node-type': 'user' },
    taints: [],
  },
  {
    name: 'gpu',
    mode: 'User',
    size: 'Standard_NC4as_T4_v3',
    least: 0,
    most: 2,
    zones: [],
    surge: '1',
    labels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
    taints: ['nvidia.com/gpu=true:NoSchedule'],
  },
];

const idOf = (name: string) => `${ids.cluster}/agentPools/${name}`;
const pathOf = (name: string) => `agentPoolProfiles[${name}]`;

function ofPool({ name, mode, size, least, most, zones, surge, labels, taints }: Expected): Deviation[] {
  const rows: readonly (readonly [check: string, path: string, made: unknown, expected: unknown])[] = [
    ['provisioning state', 'provisioningState', 'Failed', 'Succeeded'],
    ['power state', 'powerState.code', 'Stopped', 'Running'],
    ['mode', 'mode', mode === 'User' ? 'System' : 'User', mode],
    ['size', 'vmSize', 'Standard_D2s_v3', size],
    ['Kubernetes version', 'currentOrchestratorVersion', '1.34.1', '1.35'],
    ['autoscaling', 'enableAutoScaling', false, true],
    ['least nodes', 'minCount', 3, least],
    ['most nodes', 'maxCount', 99, most],
    ['zones', 'availabilityZones', ['1'], zones],
    ['disk type', 'osDiskType', 'Ephemeral', 'Managed'],
    ['host encryption', 'enableEncryptionAtHost', false, true],
    ['most pods on a node', 'maxPods', 30, 110],
    ['subnet', 'vnetSubnetID', subnet('another'), subnet('snet-compute')],
    ['surge', 'upgradeSettings.maxSurge', '50%', surge],
    ['time to drain', 'upgradeSettings.drainTimeoutInMinutes', 5, 30],
    ['time to soak', 'upgradeSettings.nodeSoakDurationInMinutes', 10, 0],
    ['labels', 'nodeLabels', { 'node-type': 'another' }, labels],
    ['taints', 'nodeTaints', ['another=true:NoSchedule'], taints],
    ...(name === 'system' ? [] : [['priority', 'scaleSetPriority', 'Spot', 'Regular'] as const]),
    ...(name === 'user' ? [['disk size', 'osDiskSizeGB', 64, 128] as const] : []),
    ...(name === 'gpu' ? [['GPU driver', 'gpuProfile.driver', 'None', 'Install'] as const] : []),
  ];
  return rows.map(([check, path, made, expected]) =>
    deviation(`Node pool ${name}: ${check}`, `${pathOf(name)}.${path}`, set(idOf(name), path, made), expected, made),
  );
}

const left: Deviation = deviation(
  'Node pool left',
  pathOf('left'),
  azure => void azure.putResource(idOf('left'), { properties: { mode: 'User', vmSize: 'Standard_D4ds_v5', count: 1 } }),
  undefined,
  'left',
);

export const poolBatches: readonly Batch[] = [
  { scope: 'prod', name: 'node pools', deviations: pools.flatMap(ofPool) },
  {
    scope: 'prod',
    name: 'node pools are gone, and one is left that nobody asked for',
    deviations: [
      ...pools.map(({ name }) => deviation(`Node pool ${name}`, pathOf(name), remove(idOf(name)), name, undefined)),
      left,
    ],
  },
];
