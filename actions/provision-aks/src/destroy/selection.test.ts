import { expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import type { StateResource } from '@suite/terraform';
import { describeStaying, selectForDestroy } from './selection.ts';

function resource(address: string, dependencies: readonly string[] = []): StateResource {
  return { address, type: address.split('.').at(-2) ?? '', id: undefined, dependencies };
}

function goes(address: string, allowKey?: string): Change {
  const type = address.split('.').at(-2) ?? '';
  return {
    address,
    type,
    title: `${type} x`,
    kind: 'delete',
    reasons: [],
    attributes: [],
    reach: 'data',
    risk: 'critical',
    ...(allowKey === undefined ? {} : { allowKey }),
  };
}

const group = 'module.resource_group.azurerm_resource_group.this';
const subnet = 'module.network[0].azurerm_subnet.this["data"]';
const otherSubnet = 'module.network[0].azurerm_subnet.this["compute"]';
const database = 'module.database[0].azurerm_postgresql_flexible_server.this';
const setting = 'module.database[0].azurerm_postgresql_flexible_server_configuration.this';
const cluster = 'module.cluster.azurerm_kubernetes_cluster.this';
const grant = 'module.grants.azurerm_role_assignment.this';
const zone = 'module.link.azurerm_private_dns_zone.this';

const recorded = [
  resource(group),
  resource(subnet, [group]),
  resource(otherSubnet, [group]),
  resource(database, [group, 'module.network.azurerm_subnet.this']),
  resource(setting, [
    group,
    'module.network.azurerm_subnet.this',
    'module.database.azurerm_postgresql_flexible_server.this',
  ]),
  resource(cluster, [group, 'module.network.azurerm_subnet.this']),
  resource(grant, [cluster, 'module.database.azurerm_postgresql_flexible_server.this']),
  resource(zone, [group]),
];
const changes = [
  goes(group, 'resource-group'),
  goes(subnet, 'network'),
  goes(otherSubnet, 'network'),
  goes(database, 'database'),
  goes(setting),
  goes(cluster, 'cluster'),
  goes(grant),
  goes(zone, 'dns'),
];

test('what holds data stays with what it needs and what is a part of it', () => {
  const { going, staying } = selectForDestroy(changes, recorded, ['cluster']);
  // Which subnet it needs is not known: Terraform knows resources, not their instances.
  expect(staying.map(({ address, because }) => [address, because])).toEqual([
    [group, 'needed'],
    [subnet, 'needed'],
    [otherSubnet, 'needed'],
    [database, 'data'],
    [setting, 'part'],
  ]);
  expect(going).toEqual([cluster, grant, zone]);
  expect(describeStaying(staying, 'dev')).toEqual([
    'azurerm_postgresql_flexible_server x stays: it holds data, and `allow:` of dev does not name `database`.',
    '4 other resources stay, because of what stays.',
  ]);
});

test('named, everything goes', () => {
  const { going, staying } = selectForDestroy(changes, recorded, ['database']);
  expect(staying).toEqual([]);
  expect(going).toHaveLength(changes.length);
});

test('metrics stay unless they are named', () => {
  const workspace = goes('module.monitoring.azurerm_monitor_workspace.this', 'metrics');
  const only = [...recorded, resource(workspace.address, [group])];
  const staying = (allow: readonly string[]) =>
    selectForDestroy([...changes, workspace], only, ['cluster', 'database', ...allow]).staying;
  expect(staying([]).map(({ address, because, allowKey }) => [address, because, allowKey])).toEqual([
    [group, 'needed', undefined],
    [workspace.address, 'data', 'metrics'],
  ]);
  expect(staying(['metrics'])).toEqual([]);
});
