import { expect, test } from '@jest/globals';
import { nodesOf } from './nodes.ts';
import type { Fields } from './objects.ts';
import { clusterId, managedPool } from './testing/cluster.ts';

const cluster = {
  id: clusterId,
  type: 'Microsoft.ContainerService/managedClusters',
  name: 'aks',
  etag: '1',
  body: { location: 'westeurope', properties: { nodeResourceGroup: 'MC_rg_aks_westeurope' } },
};
test('a pool has its nodes as AKS makes them', () => {
  const nodes = nodesOf(cluster, [
    managedPool('user', {
      count: 3,
      mode: 'User',
      vmSize: 'Standard_D2s_v3',
      maxPods: 30,
      availabilityZones: ['1', '2'],
      nodeLabels: { 'node-type': 'user' },
      nodeTaints: ['nvidia.com/gpu=true:NoSchedule', 'quiet:PreferNoSchedule'],
      currentOrchestratorVersion: '1.34.3',
    }),
  ]);
  expect(nodes.map(({ name }) => name)).toEqual(
    [0, 1, 2].map(n => expect.stringMatching(new RegExp(`^aks-user-\\d{8}-vmss00000${n}$`))),
  );
  expect(nodes.map(({ labels }) => labels['topology.kubernetes.io/zone'])).toEqual([
    'westeurope-1',
    'westeurope-2',
    'westeurope-1',
  ]);
  expect(nodes[0]).toMatchObject({
    labels: {
      agentpool: 'user',
      'kubernetes.azure.com/mode': 'user',
      'kubernetes.azure.com/cluster': 'MC_rg_aks_westeurope',
      'node.kubernetes.io/instance-type': 'Standard_D2s_v3',
      'topology.kubernetes.io/region': 'westeurope',
      'node-type': 'user',
    },
    taints: [
      { key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' },
      { key: 'quiet', effect: 'PreferNoSchedule' },
    ],
    kubeletVersion: 'v1.34.3',
    // Microsoft's own example: 8 GB and 30 pods leave 7.25 GB.
    capacity: { cpu: '2', memory: '8388608Ki', pods: '30' },
    allocatable: { cpu: '1900m', memory: `${8_388_608 - 650 * 1024 - 100 * 1024}Ki`, pods: '30' },
  });
});

test.each<[string, Fields, number]>([
  ['that is empty', { count: 0 }, 0],
  ['that is stopped', { count: 2, powerState: { code: 'Stopped' } }, 0],
  ['without zones', { count: 1, vmSize: 'Standard_D2s_v3' }, 1],
])('a pool %s', (_name, properties, count) => {
  const nodes = nodesOf(cluster, [managedPool('ai', properties)]);
  expect(nodes).toHaveLength(count);
  for (const { labels } of nodes) expect(labels['topology.kubernetes.io/zone']).toBe('0');
});

test('nodes with GPUs are marked, and offer them only once somebody finds them', () => {
  const [node] = nodesOf(cluster, [managedPool('ai', { count: 1, vmSize: 'Standard_NC4as_T4_v3' })]);
  expect(node?.labels).toMatchObject({ 'kubernetes.azure.com/accelerator': 'nvidia' });
  expect(Object.keys(node?.allocatable ?? {})).not.toContain('nvidia.com/gpu');
});
