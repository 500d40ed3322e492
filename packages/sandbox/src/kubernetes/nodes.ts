import { createHash } from 'node:crypto';
import { at, list, properties, text } from '../azure/arm/body.ts';
import { findVmSize } from '../azure/arm/compute/vm-catalogue.ts';
import type { Resource } from '../azure/arm/store.ts';
import type { Cluster } from './cluster.ts';
import type { NodeSpec } from './node-spec.ts';
import { isSame, type KubeObject, numberAt, stringMap, timestamp } from './objects.ts';

/** Nodes of the pools of a managed cluster, in the form that AKS gives them. */
export function nodesOf(cluster: Resource, pools: readonly Resource[]): readonly NodeSpec[] {
  return pools.flatMap(pool => {
    const facts = properties(pool.body);
    if (at(facts, 'powerState')['code'] === 'Stopped') return [];
    const count = numberAt(facts, 'count') ?? 0;
    return Array.from({ length: count }, (_, index) => nodeOf(cluster, pool, index));
  });
}

function nodeOf(cluster: Resource, pool: Resource, index: number): NodeSpec {
  const facts = properties(pool.body);
  const sizeName = text(facts['vmSize']) ?? '';
  const number = Number.parseInt(createHash('sha256').update(cluster.id.toLowerCase()).digest('hex').slice(0, 7), 16);
  const name = `aks-${pool.name}-${String(number % 100_000_000).padStart(8, '0')}-vmss${index.toString(36).padStart(6, '0')}`;
  const location = text(cluster.body['location']) ?? '';
  const zones = list(facts['availabilityZones']).map(String);
  // Without zones AKS numbers fault domains instead.
  const zone = zones.length === 0 ? '0' : `${location}-${zones[index % zones.length]}`;
  const nodeGroup = text(properties(cluster.body)['nodeResourceGroup']) ?? '';
  const mode = String(facts['mode'] ?? 'User').toLowerCase();
  const size = findVmSize(sizeName);
  return {
    name,
    labels: {
      agentpool: pool.name,
      'beta.kubernetes.io/arch': 'amd64',
      'beta.kubernetes.io/instance-type': sizeName,
      'beta.kubernetes.io/os': 'linux',
      'failure-domain.beta.kubernetes.io/region': location,
      'failure-domain.beta.kubernetes.io/zone': zone,
      'kubernetes.azure.com/agentpool': pool.name,
      'kubernetes.azure.com/cluster': nodeGroup,
      'kubernetes.azure.com/mode': mode,
      'kubernetes.azure.com/node-image-version': text(facts['nodeImageVersion']) ?? '',
      'kubernetes.azure.com/os-sku': text(facts['osSKU']) ?? 'Ubuntu',
      'kubernetes.azure.com/role': 'agent',
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/hostname': name,
      'kubernetes.io/os': 'linux',
      'node.kubernetes.io/instance-type': sizeName,
      'topology.disk.csi.azure.com/zone': zones.length === 0 ? '' : zone,
      'topology.kubernetes.io/region': location,
      'topology.kubernetes.io/zone': zone,
      ...(size !== undefined && size.gpus > 0 ? { 'kubernetes.azure.com/accelerator': 'nvidia' } : {}),
      ...stringMap(facts['nodeLabels']),
    },
    taints: list(facts['nodeTaints']).map(String).map(readTaint),
    ...capacities(size?.cores ?? 2, size?.memoryGb ?? 8, numberAt(facts, 'maxPods') ?? 30),
    kubeletVersion: `v${text(facts['currentOrchestratorVersion']) ?? '1.34.4'}`,
  };
}

/** `nvidia.com/gpu=true:NoSchedule` */
function readTaint(taint: string): NodeSpec['taints'][number] {
  const [pair = '', effect = 'NoSchedule'] = taint.split(':');
  const [key = '', value] = pair.split('=');
  return { key, effect, ...(value === undefined ? {} : { value }) };
}

/** Millicores that AKS keeps for itself, by cores (Microsoft Learn, "Node resource reservations in AKS"). */
const reservedCpu: readonly (readonly [cores: number, millicores: number])[] = [
  [1, 60], [2, 100], [4, 140], [8, 180], [16, 260], [32, 420], [64, 740],
]; // biome-ignore format: a table to read across

/** Since 1.29: 20 MB per pod and 50 MB more, at most a quarter, are reserved, and 100 Mi are left for eviction. */
function capacities(cores: number, memoryGb: number, pods: number): Pick<NodeSpec, 'capacity' | 'allocatable'> {
  const reserved = [...reservedCpu].reverse().find(([from]) => cores >= from)?.[1] ?? 60;
  const memoryKi = memoryGb * 1024 * 1024;
  const keptKi = Math.min((20 * pods + 50) * 1024, memoryKi / 4) + 100 * 1024;
  const storage = { 'ephemeral-storage': '129886128Ki', 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' };
  return {
    capacity: { cpu: String(cores), memory: `${memoryKi}Ki`, pods: String(pods), ...storage },
    allocatable: {
      cpu: `${cores * 1000 - reserved}m`,
      memory: `${Math.floor(memoryKi - keptKi)}Ki`,
      pods: String(pods),
      ...storage,
    },
  };
}

/** Brings the nodes of a cluster to what its pools say. Labels, taints and resources that others added stay. */
export function bringNodes(cluster: Cluster, wanted: readonly NodeSpec[]): void {
  for (const node of cluster.store.list('nodes')) {
    const isOurs = node.metadata.labels?.['kubernetes.azure.com/agentpool'] !== undefined;
    if (isOurs && !wanted.some(({ name }) => name === node.metadata.name)) drain(cluster, node);
  }
  wanted.forEach((spec, index) => {
    const live = cluster.store.get('nodes', undefined, spec.name);
    const next = nodeObject(cluster, spec, index, live);
    if (live === undefined || !isSame(live, next)) cluster.store.put('nodes', next);
  });
}

/** A machine that is gone takes its pods along. */
function drain(cluster: Cluster, node: KubeObject): void {
  cluster.store.remove('nodes', undefined, node.metadata.name);
  for (const pod of cluster.store.list('pods')) {
    if (at(pod, 'spec')['nodeName'] === node.metadata.name) {
      cluster.store.remove('pods', pod.metadata.namespace, pod.metadata.name);
    }
  }
}

function nodeObject(cluster: Cluster, spec: NodeSpec, index: number, live: KubeObject | undefined): KubeObject {
  const now = timestamp(cluster.clock.now());
  const { name, labels, taints, capacity, allocatable, kubeletVersion } = spec;
  const added = (part: 'capacity' | 'allocatable') => stringMap(at(live, 'status')[part]);
  const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      ...(live?.metadata ?? {
        uid: createHash('sha256').update(`${cluster.id}/${name}`).digest('hex').slice(0, 32),
        creationTimestamp: now,
      }),
      name,
      labels: { ...live?.metadata.labels, ...labels },
    },
    spec: {
      ...at(live, 'spec'),
      providerID: `azure://${cluster.id}/${name}`,
      ...(taints.length === 0 ? {} : { taints }),
    },
    status: {
      ...at(live, 'status'),
      capacity: { ...added('capacity'), ...capacity },
      allocatable: { ...added('allocatable'), ...allocatable },
      addresses: [
        { type: 'InternalIP', address: `10.224.0.${index + 4}` },
        { type: 'Hostname', address: name },
      ],
      conditions:
        list(at(live, 'status')['conditions']).length > 0
          ? at(live, 'status')['conditions']
          : [{ ...ready, lastHeartbeatTime: now, lastTransitionTime: now }],
      nodeInfo: {
        kubeletVersion,
        architecture: 'amd64',
        operatingSystem: 'linux',
        osImage: 'Ubuntu 24.04 LTS',
        containerRuntimeVersion: 'containerd://2.0.0',
        kernelVersion: '6.8.0-azure',
      },
    },
  };
}
