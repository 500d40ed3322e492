import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Parent, type PlannedCreate, predictResources, subscriptionsElsewhere } from './resource-ids.ts';
import { productionView, sharedView } from './views.fixture.ts';

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

/**
 * The creates of plans of our own roots (azurerm 5.2.0, production with nearly every option) with what ids are made of, and the
 * ids that applies after them made in the sandbox's Azure: azurerm's own, but for ten that the stand-in provider made, because
 * that Azure lacked three roles when azurerm asked for them.
 */
const plans: Readonly<Record<'shared' | 'prod', readonly (PlannedCreate & { readonly id: string })[]>> = JSON.parse(
  readFileSync(new URL('resource-ids.plans.fixture.json', import.meta.url), 'utf8'),
);

/** Terraform gives some resources ids of its own, which the resource manager does not know. */
function armId(type: string, id: string): string {
  const [owner = '', name] = id.split('|');
  if (type === 'azurerm_monitor_diagnostic_setting') {
    return `${owner}/providers/Microsoft.Insights/diagnosticSettings/${name}`;
  }
  if (type === 'azurerm_kubernetes_cluster_deployment_safeguard') {
    return `${id}/providers/Microsoft.ContainerService/deploymentSafeguards/default`;
  }
  return owner;
}

describe('our own configuration', () => {
  const shared = '22222222-2222-2222-2222-222222222222';
  const production = '55555555-5555-5555-5555-555555555555';
  const predict = {
    shared: predictResources(plans.shared, shared),
    prod: predictResources(plans.prod, production, subscriptionsElsewhere(productionView)),
  };

  test.each(['shared', 'prod'] as const)('%s: every predicted id is the one that was made', scope => {
    const made = new Map(plans[scope].map(({ address, type, id }) => [address, armId(type, id)]));
    expect(predict[scope].map(({ address, id }) => [address, id])).toEqual(
      predict[scope].map(({ address }) => [address, made.get(address)]),
    );
  });

  test('everything is predicted, but for what is named by something unknown, and what Azure always has', () => {
    const addresses = new Set([...predict.shared, ...predict.prod].map(({ address }) => address));
    const missing = [...plans.shared, ...plans.prod].filter(({ address }) => !addresses.has(address));
    const setting = 'module.database[0].azurerm_postgresql_flexible_server_configuration.this';
    expect(missing.map(({ address }) => address)).toEqual([
      'module.database[0].azurerm_postgresql_flexible_server_active_directory_administrator.this["mlflow"]',
      `${setting}["pgbouncer.enabled"]`,
      `${setting}["require_secure_transport"]`,
      `${setting}["ssl_min_protocol_version"]`,
      'module.identities.azurerm_role_assignment.workload["alb-controller/nodes"]',
      'module.policy.azurerm_security_center_subscription_pricing.containers[0]',
    ]);
  });

  test('what an environment makes in a zone of somebody else is looked for there', () => {
    const found = predict.prod.find(({ type }) => type === 'azurerm_dns_ns_record');
    expect(found?.id).toBe(
      `/subscriptions/${shared}/resourceGroups/rg-contoso-shared-westeurope/providers/Microsoft.Network/dnsZones/platform.contoso.com/NS/prod`,
    );
    expect(subscriptionsElsewhere(sharedView)).toEqual({});
    expect(subscriptionsElsewhere({ ...productionView, dns: undefined })).toEqual({});
    const id = '/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/dnszones/contoso.com';
    const existing = { ...productionView, dns: { existing: true, id, name: 'contoso.com' } } as const;
    expect(new Set(Object.values(subscriptionsElsewhere(existing)))).toEqual(new Set(['s']));
  });

  test.each([
    ['azurerm_subnet_network_security_group_association', { networkSecurityGroup: { id: '/nsg' } }],
    ['azurerm_subnet_nat_gateway_association', { natGateway: { id: '/ng' } }],
    ['azurerm_nat_gateway_public_ip_association', { publicIpAddresses: [{ id: '/pip' }] }],
  ])('%s is held by what it is a property of', (type, set) => {
    const found = predict.prod.find(each => each.type === type);
    const bare = { properties: { addressPrefix: '10.0.0.0/24', publicIpAddresses: [] } };
    expect([found?.heldBy(bare), found?.heldBy({ properties: set })]).toEqual([false, true]);
    expect(found?.removal).toMatch(/^az network .* update --ids .* --remove \w+$/);
  });

  test('everything else is held by its own body', () => {
    const [group] = predict.prod;
    expect(group?.heldBy({ properties: {} })).toBe(true);
  });
});
