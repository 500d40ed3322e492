import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Parent, type PlannedCreate, predictResources } from './resource-ids.ts';

const subscription = '00000000-0000-0000-0000-000000000003';

/** The creates of a recorded plan (azurerm 5.2.0) with the ids that the apply after it made. */
const recorded: readonly (PlannedCreate & { readonly id: string })[] = JSON.parse(
  readFileSync(new URL('resource-ids.fixture.json', import.meta.url), 'utf8'),
);

/** The same references as ours, at the addresses of the recorded configuration. */
const recordedParents: Record<string, Parent> = {
  'azurerm_subnet_network_security_group_association.this': {
    attribute: 'subnet_id',
    address: 'azurerm_subnet.this{key}',
  },
  'azurerm_kubernetes_cluster_node_pool.user': {
    attribute: 'kubernetes_cluster_id',
    address: 'azurerm_kubernetes_cluster.platform',
  },
  'azurerm_kubernetes_cluster_node_pool.gpu': {
    attribute: 'kubernetes_cluster_id',
    address: 'azurerm_kubernetes_cluster.platform',
  },
};

describe('against a recorded run', () => {
  const predicted = predictResources(recorded, subscription, {}, recordedParents);

  test('every predicted id is the one that was made', () => {
    const made = new Map(recorded.map(({ address, id }) => [address, id]));
    expect(predicted.map(({ address, id }) => [address, id])).toEqual(
      predicted.map(({ address }) => [address, made.get(address)]),
    );
  });

  test('all of our types are predicted; a random name and a foreign type are not', () => {
    const addresses = new Set(predicted.map(({ address }) => address));
    expect(recorded.map(({ address }) => address).filter(address => !addresses.has(address))).toEqual([
      'azurerm_role_assignment.acr_pull',
    ]);
  });
});

describe('what cannot be known', () => {
  const pool = {
    address: 'module.pools.azurerm_kubernetes_cluster_node_pool.this["gpu"]',
    type: 'azurerm_kubernetes_cluster_node_pool',
  };

  test('a pool of a recorded cluster needs no parent in the plan', () => {
    const [found] = predictResources(
      [{ ...pool, values: { name: 'gpu', kubernetes_cluster_id: '/aks' } }],
      subscription,
    );
    expect(found).toMatchObject({ id: '/aks/agentPools/gpu', apiVersion: '2025-10-01' });
  });

  test.each([
    ['its parent is not created', { name: 'gpu' }],
    ['its name is unknown', { kubernetes_cluster_id: '/aks' }],
    ['its name is no text', { name: 7, kubernetes_cluster_id: '/aks' }],
    ['there are no values', null],
  ])('nothing is predicted when %s', (_case, values) => {
    expect(predictResources([{ ...pool, values }], subscription)).toEqual([]);
  });
});

describe('our own configuration', () => {
  const inGroup = { resource_group_name: 'rg' };
  const creates: PlannedCreate[] = [
    {
      address: 'module.network[0].azurerm_subnet.this["compute"]',
      type: 'azurerm_subnet',
      values: { ...inGroup, virtual_network_name: 'vnet', name: 'nodes' },
    },
    {
      address: 'module.network[0].azurerm_subnet_network_security_group_association.this["compute"]',
      type: 'azurerm_subnet_network_security_group_association',
      values: {},
    },
    {
      address: 'module.identities.azurerm_role_assignment.control_plane["cluster_network"]',
      type: 'azurerm_role_assignment',
      values: { name: 'guid' },
    },
    {
      address: 'module.cluster.azurerm_kubernetes_cluster.this',
      type: 'azurerm_kubernetes_cluster',
      values: { ...inGroup, name: 'aks' },
    },
    {
      address: 'module.monitoring.azurerm_monitor_data_collection_rule_association.containers[0]',
      type: 'azurerm_monitor_data_collection_rule_association',
      values: { name: 'ContainerInsightsExtension' },
    },
  ];
  const group = `/subscriptions/${subscription}/resourceGroups/rg/providers`;
  const subnet = `${group}/Microsoft.Network/virtualNetworks/vnet/subnets/nodes`;

  test('ids follow their parents', () => {
    expect(predictResources(creates, subscription).map(({ id }) => id)).toEqual([
      subnet,
      subnet,
      `${subnet}/providers/Microsoft.Authorization/roleAssignments/guid`,
      `${group}/Microsoft.ContainerService/managedClusters/aks`,
      `${group}/Microsoft.ContainerService/managedClusters/aks/providers/Microsoft.Insights/dataCollectionRuleAssociations/ContainerInsightsExtension`,
    ]);
  });

  test('a subnet without a security group holds no association', () => {
    const [own, association] = predictResources(creates, subscription);
    const bare = { properties: { addressPrefix: '10.0.0.0/24' } };
    const guarded = { properties: { networkSecurityGroup: { id: '/nsg' } } };
    expect([own?.heldBy(bare), association?.heldBy(bare), association?.heldBy(guarded)]).toEqual([true, false, true]);
  });
});
