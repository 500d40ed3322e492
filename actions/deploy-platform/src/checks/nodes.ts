import { type EnvironmentScope, isHard, type Pool, poolInstances, type Taint } from '@suite/platform-file';
import { type Allocatable, allocatableOf, type Machine, machineOf } from './machines.ts';

/** A node pool as the scheduler sees its nodes. */
export interface NodePool {
  readonly name: string;
  readonly size: string;
  readonly min: number;
  readonly max: number;
  /** Values that a label has on some node of the pool. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Those that keep pods away, whatever else there is. */
  readonly taints: readonly Taint[];
  /** Undefined when nobody says what the size has. */
  readonly allocatable: Allocatable | undefined;
}

/** Azure puts both a label and a taint of this key on spot nodes. */
const spotKey = 'kubernetes.azure.com/scalesetpriority';

// As the modules of provision-aks make the pools (terraform/modules/cluster and pools).
const purposes = {
  system: {
    mode: 'system',
    labels: { 'node-type': 'system' },
    taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }],
  },
  user: { mode: 'user', labels: { 'node-type': 'user' }, taints: [] },
  gpu: {
    mode: 'user',
    labels: { 'node-type': 'ai', accelerator: 'nvidia-gpu' },
    taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }],
  },
} as const;

/** Every pool of the cluster with its labels, taints and room. */
export function nodePoolsOf(view: EnvironmentScope, machines: ReadonlyMap<string, Machine> = new Map()): NodePool[] {
  const { system } = view.cluster.pools;
  const all = [
    { name: system.name, kind: 'system' as const, zones: system.zones, pool: system, spot: false, said: [] },
    ...poolInstances(view.cluster).map(instance => ({
      ...instance,
      spot: instance.pool.spot,
      said: instance.pool.taints,
    })),
  ];
  return all.map(({ name, kind, zones, pool, spot, said }) => {
    const machine = machines.get(pool.size.toLowerCase()) ?? machineOf(pool.size);
    const { mode, labels, taints: own } = purposes[kind];
    // A system pool may take workloads too.
    const taints = kind === 'system' && !system.dedicated ? [] : own;
    const single = {
      ...pool.labels,
      ...labels,
      ...(spot ? { [spotKey]: 'spot' } : {}),
      agentpool: name,
      'kubernetes.azure.com/agentpool': name,
      'kubernetes.azure.com/mode': mode,
      'kubernetes.io/os': 'linux',
      'kubernetes.io/arch': archOf(pool),
      'node.kubernetes.io/instance-type': pool.size,
      'topology.kubernetes.io/region': view.region,
    };
    return {
      name,
      size: pool.size,
      min: pool.min,
      max: pool.max,
      labels: new Map<string, readonly string[]>([
        ...Object.entries(single).map(([key, value]) => [key, [value]] as const),
        ['topology.kubernetes.io/zone', zones.length === 0 ? ['0'] : zones.map(zone => `${view.region}-${zone}`)],
      ]),
      taints: [
        ...taints,
        ...said.filter(isHard),
        ...(spot ? [{ key: spotKey, value: 'spot', effect: 'NoSchedule' as const }] : []),
      ],
      allocatable: machine === undefined ? undefined : allocatableOf(machine, pool.maxPods),
    };
  });
}

/** Sizes with Arm processors have a `p` behind the number of cores. */
function archOf({ size }: Pool): string {
  return /^Standard_[A-Z]+\d+p/i.test(size) ? 'arm64' : 'amd64';
}
