/** A node as a test wants it. What is left out is as AKS has it. */
export interface ControlPlaneNode {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  /** What pods may use of it: `2`, `1900m`. */
  readonly cpu: string;
  /** The same of memory: `8Gi`. */
  readonly memory: string;
  /** At most so many pods; AKS allows 250 on an overlay network. */
  readonly pods?: number;
  /** Further resources: `{ 'nvidia.com/gpu': '1' }`. */
  readonly resources?: Readonly<Record<string, string>>;
}

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface NodePool {
  readonly name: string;
  readonly mode: 'System' | 'User';
  readonly count: number;
  /** `Standard_D2s_v3` */
  readonly size: string;
  readonly cpu: string;
  readonly memory: string;
  /** `westeurope`, and in which of its zones nodes stand, in turn. */
  readonly region?: string;
  readonly zones?: readonly number[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly taints?: readonly Taint[];
  readonly resources?: Readonly<Record<string, string>>;
}

/** The nodes of a pool, named and labelled as AKS does. */
export function poolNodes(pool: NodePool): ControlPlaneNode[] {
  const { region = 'westeurope', zones = [1], labels = {}, taints = [], cpu, memory, resources = {} } = pool;
  return Array.from({ length: pool.count }, (_, index) => ({
    name: `aks-${pool.name}-00000000-vmss${index.toString(36).padStart(6, '0')}`,
    labels: {
      agentpool: pool.name,
      'kubernetes.azure.com/agentpool': pool.name,
      'kubernetes.azure.com/mode': pool.mode.toLowerCase(),
      'node.kubernetes.io/instance-type': pool.size,
      'topology.kubernetes.io/region': region,
      'topology.kubernetes.io/zone': `${region}-${zones[index % zones.length]}`,
      ...labels,
    },
    taints,
    cpu,
    memory,
    resources,
  }));
}

/** The smallest platform: a system pool that takes only critical addons, and a user pool. */
export const smallPlatform: readonly ControlPlaneNode[] = [
  ...poolNodes({
    name: 'system',
    mode: 'System',
    count: 1,
    size: 'Standard_D2s_v3',
    cpu: '1900m',
    memory: '6Gi',
    taints: [{ key: 'CriticalAddonsOnly', value: 'true', effect: 'NoSchedule' }],
  }),
  ...poolNodes({
    name: 'user',
    mode: 'User',
    count: 2,
    size: 'Standard_D4s_v3',
    cpu: '3860m',
    memory: '13Gi',
    zones: [1, 2],
  }),
];

/** Addresses of nodes start so; nothing else has one. */
export const nodeNetwork = '10.224.';

/** The Node that a kubelet would register, with its first report of health. */
export function nodeManifest(node: ControlPlaneNode, index: number, kubernetesVersion: string): object {
  const amounts = { cpu: node.cpu, memory: node.memory, pods: String(node.pods ?? 250), ...node.resources };
  const now = new Date().toISOString();
  const conditions = [
    ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
  ];
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: node.name,
      labels: {
        'kubernetes.io/hostname': node.name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        ...node.labels,
      },
    },
    spec: { taints: node.taints ?? [] },
    status: {
      capacity: amounts,
      allocatable: amounts,
      addresses: [
        { type: 'InternalIP', address: `${nodeNetwork}${Math.floor(index / 250)}.${(index % 250) + 4}` },
        { type: 'Hostname', address: node.name },
      ],
      daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
      conditions: conditions.map(([type, status, reason, message]) => ({
        type,
        status,
        reason,
        message,
        lastHeartbeatTime: now,
        lastTransitionTime: now,
      })),
      nodeInfo: {
        architecture: 'amd64',
        operatingSystem: 'linux',
        osImage: 'Ubuntu 24.04 LTS',
        kernelVersion: '6.8.0-azure',
        containerRuntimeVersion: 'containerd://2.0.0',
        kubeletVersion: `v${kubernetesVersion}`,
        kubeProxyVersion: '',
        machineID: '',
        systemUUID: '',
        bootID: '',
      },
    },
  };
}
