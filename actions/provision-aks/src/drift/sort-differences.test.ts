import { describe, expect, test } from '@jest/globals';
import type { Change, Value } from '@suite/change-report';
import type { Difference } from '../verify/compare.ts';
import { sortDifferences, type Told } from './sort-differences.ts';

const shown = (text: string): Value => ({ is: 'shown', text });
const absent: Value = { is: 'absent' };

function change(
  address: string,
  title: string,
  path: string,
  before: Value,
  after: Value,
  more: Partial<Change> = {},
): Change {
  return {
    address,
    type: address.split('.').at(-2) ?? '',
    title,
    kind: 'update',
    reasons: [],
    attributes: [{ path, before, after }],
    reach: 'cluster',
    risk: 'low',
    ...more,
  };
}

const cluster = (path: string, before: Value, after: Value) =>
  change('module.cluster.azurerm_kubernetes_cluster.this', 'cluster aks-contoso-dev', path, before, after);
const pool = (name: string, path: string, before: Value, after: Value, more: Partial<Change> = {}) =>
  change(
    `module.pools.azurerm_kubernetes_cluster_node_pool.this["${name}"]`,
    `node pool ${name}`,
    path,
    before,
    after,
    more,
  );

const cleaner: Difference = {
  what: 'Image Cleaner interval',
  path: 'securityProfile.imageCleaner.intervalHours',
  expected: 48,
  actual: 24,
};
const maximum = (name: string): Difference => ({
  what: `Node pool ${name}: most nodes`,
  path: `agentPoolProfiles[${name}].maxCount`,
  expected: 3,
  actual: 9,
});
const madeByHand: Difference = {
  what: 'Node pool byhand',
  path: 'agentPoolProfiles[byhand]',
  expected: undefined,
  actual: 'byhand',
};
const registry: Difference = {
  what: 'Registry',
  path: '',
  expected: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/crcontoso',
  actual: undefined,
};

const sort = (difference: Difference, told: Partial<Told>) =>
  sortDifferences([difference], { changes: [], drift: [], systemPool: 'system', ...told });

describe('told by nobody else is drift', () => {
  test.each<[string, Difference, Partial<Told>]>([
    ['nothing else is known', cleaner, {}],
    ['a pool that was made by hand', madeByHand, {}],
    [
      'a change of another pool to the same value',
      maximum('user'),
      { changes: [pool('gpu', 'max_count', shown('9'), shown('3'))] },
    ],
    [
      'a change of the cluster itself',
      maximum('user'),
      { changes: [cluster('sku_tier', shown('Free'), shown('Standard'))] },
    ],
    [
      'another attribute of the same pool',
      maximum('user'),
      { changes: [pool('user', 'zones', absent, shown('["1"]'))] },
    ],
    [
      'another attribute of the cluster that waits with equal values',
      { ...cleaner, what: 'Azure Policy', path: 'addonProfiles.azurepolicy.enabled', expected: true, actual: false },
      { changes: [cluster('image_cleaner_enabled', shown('false'), shown('true'))] },
    ],
    [
      'another attribute of the same pool that waits with equal values',
      maximum('user'),
      { changes: [pool('user', 'min_count', shown('9'), shown('3'))] },
    ],
    [
      'an attribute of the same name in another block',
      { ...maximum('system'), path: 'agentPoolProfiles[system].mode', expected: 'System', actual: 'User' },
      { changes: [cluster('service_mesh_profile.mode', shown('User'), shown('System'))] },
    ],
    [
      'a block that only changes, for a feature that is off',
      {
        ...cleaner,
        what: 'Container Insights',
        path: 'addonProfiles.omsagent.enabled',
        expected: true,
        actual: false,
      },
      { changes: [cluster('oms_agent.log_analytics_workspace_id', shown('/a'), shown('/b'))] },
    ],
    [
      'a value that Azure leaves out, while something else is made',
      { ...cleaner, actual: undefined },
      { changes: [pool('gpu', 'name', absent, shown('gpu'), { kind: 'create' })] },
    ],
    [
      'what azurerm does not manage, whatever waits',
      { ...cleaner, path: 'podIdentityProfile.enabled', expected: false, actual: true },
      { changes: [cluster('image_cleaner_enabled', shown('true'), shown('false'))] },
    ],
    [
      'an attribute that this table does not know',
      { ...cleaner, path: 'constructor' },
      { changes: [cluster('constructor', shown('24'), shown('48'))] },
    ],
    [
      'a change of another resource with the same name',
      { ...registry, path: 'registries[contoso].sku.name', expected: 'Premium', actual: 'Basic' },
      {
        changes: [change('azurerm_virtual_network.this', 'network contoso', 'sku', shown('Basic'), shown('Premium'))],
      },
    ],
    [
      'a resource that is gone while nothing is made',
      registry,
      { changes: [cluster('sku_tier', shown('a'), shown('b'))] },
    ],
  ])('%s', (_, difference, told) => {
    expect(sort(difference, told)).toEqual({ unseen: [difference], moving: [] });
  });
});

describe('told already, or waiting for an apply, is not', () => {
  test.each<[string, Difference, Partial<Told>]>([
    ['drift of the cluster', cleaner, { drift: [cluster('image_cleaner_interval_hours', shown('48'), shown('24'))] }],
    [
      'a change of the platform file',
      cleaner,
      { changes: [cluster('image_cleaner_interval_hours', shown('24'), shown('48'))] },
    ],
    [
      'a switch that Terraform has the other way round',
      {
        ...cleaner,
        what: 'Run command off',
        path: 'apiServerAccessProfile.disableRunCommand',
        expected: true,
        actual: false,
      },
      { changes: [cluster('run_command_enabled', shown('true'), shown('false'))] },
    ],
    [
      'a block that comes',
      { ...cleaner, what: 'Container Insights', path: 'addonProfiles.omsagent.enabled', expected: true, actual: false },
      { changes: [cluster('oms_agent.log_analytics_workspace_id', absent, shown('/b'))] },
    ],
    [
      'an attribute that comes with its block',
      {
        ...cleaner,
        path: 'addonProfiles.omsagent.config.logAnalyticsWorkspaceResourceID',
        expected: '/b',
        actual: '/a',
      },
      { changes: [cluster('oms_agent', absent, shown('(2 attributes)'))] },
    ],
    [
      'a part of another resource, which has no name of its own',
      {
        ...cleaner,
        what: 'Blobs of the storage account: days that deleted blobs are kept',
        path: 'blobServices[default].deleteRetentionPolicy.days',
        expected: 30,
        actual: 7,
      },
      {
        changes: [
          change(
            'azurerm_storage_account.this',
            'storage account stcontoso',
            'blob_properties.delete_retention_policy.days',
            shown('7'),
            shown('30'),
          ),
        ],
      },
    ],
    [
      'a window of the cluster',
      {
        ...cleaner,
        path: 'maintenanceConfigurations[aksManagedNodeOSUpgradeSchedule].maintenanceWindow.startTime',
        expected: '02:00',
        actual: '03:00',
      },
      { changes: [cluster('maintenance_window_node_os.start_time', shown('03:00'), shown('02:00'))] },
    ],
    ['a change of the pool', maximum('user'), { changes: [pool('user', 'max_count', shown('9'), shown('3'))] }],
    [
      'a change of the system pool, which is part of the cluster',
      maximum('system'),
      {
        changes: [cluster('default_node_pool.max_count', shown('9'), shown('3'))],
      },
    ],
    [
      'drift of a pool of another case',
      maximum('User'),
      { drift: [pool('user', 'max_count', shown('3'), shown('9'))] },
    ],
    [
      'a pool that is to go',
      madeByHand,
      { changes: [pool('byhand', 'name', shown('byhand'), absent, { kind: 'delete' })] },
    ],
    [
      'a pool that is made anew',
      maximum('gpu'),
      { changes: [pool('gpu', 'vm_size', shown('a'), shown('b'), { kind: 'replace' })] },
    ],
    [
      'a registry that is made by the next apply',
      registry,
      {
        changes: [
          change('azurerm_container_registry.this', 'registry crcontoso', 'name', absent, shown('crcontoso'), {
            kind: 'create',
          }),
        ],
      },
    ],
    [
      'what hung on something that was deleted',
      registry,
      {
        drift: [
          change('azurerm_resource_group.this', 'resource group rg', 'name', shown('rg'), absent, { kind: 'delete' }),
        ],
      },
    ],
  ])('%s', (_, difference, told) => {
    expect(sort(difference, told)).toEqual({ unseen: [], moving: [] });
  });
});

test.each([
  ['Upgrading', 1, 0],
  ['Updating', 1, 0],
  ['Failed', 0, 1],
  ['Canceled', 0, 1],
])('a cluster that is %s', (actual, moving, unseen) => {
  const state = { what: 'Provisioning state', path: 'provisioningState', expected: 'Succeeded', actual };
  const sorted = sort(state, {});
  expect([sorted.moving.length, sorted.unseen.length]).toEqual([moving, unseen]);
});

test('a change of what drifted puts it back, and is no reason to wait', () => {
  const drift = [cluster('image_cleaner_interval_hours', shown('48'), shown('24'))];
  const changes = [cluster('image_cleaner_interval_hours', shown('24'), shown('48'))];
  const { unseen } = sortDifferences([cleaner, registry], { changes, drift, systemPool: 'system' });
  expect(unseen).toEqual([registry]);
});
