import { expect, test } from '@jest/globals';
import { type Condition, conditionOf, importBlocks, importIdOf, type Unrecorded, whyNotAdopted } from './adopt.ts';

const subscription = '33333333-3333-3333-3333-333333333333';
const group = `/subscriptions/${subscription}/resourceGroups/rg-dev`;
const found = (type: string, id: string, condition: Condition = 'whole', body: unknown = {}): Unrecorded => ({
  place: subscription,
  importId: importIdOf({ type, id }, body),
  address: `module.a["x"].${type}.this`,
  type,
  id,
  condition,
  apiVersion: '2025-01-01',
  heldBy: () => true,
  removal: `remove ${id}`,
});

const addresses = (...ids: readonly string[]) => ({ properties: { publicIpAddresses: ids.map(id => ({ id })) } });

test.each<[unknown, Condition]>([
  [{ properties: { provisioningState: 'Succeeded' } }, 'whole'],
  [{ properties: {} }, 'whole'],
  [{ id: 'x' }, 'whole'],
  [{ properties: { provisioningState: 'Failed' } }, 'failed'],
  [{ properties: { provisioningState: 'Canceled' } }, 'failed'],
  [{ properties: { provisioningState: 'Creating' } }, 'working'],
  [{ properties: { provisioningState: 'InProgress' } }, 'working'],
])('%j is %s', (body, expected) => {
  expect(conditionOf(body)).toBe(expected);
});

test.each<[string, Unrecorded, string | undefined]>([
  ['whole, in its own subscription', found('azurerm_subnet', `${group}/a`), undefined],
  ['the group itself', found('azurerm_resource_group', group.toUpperCase()), undefined],
  [
    'of another subscription',
    found('azurerm_subnet', group.replace('33333333-', '44444444-')),
    `lies in another subscription than ${subscription}`,
  ],
  [
    'a right on something of another subscription',
    found('azurerm_role_assignment', group.replace('33333333-', '44444444-')),
    undefined,
  ],
  ['failed', found('azurerm_subnet', group, 'failed'), 'was made only in part: its create failed'],
  ['being made', found('azurerm_subnet', group, 'working'), 'is still being made'],
  [
    'where the platform file has it made',
    {
      ...found('azurerm_dns_ns_record', group.replace('33333333-', '44444444-')),
      place: subscription.replace('33333333-', '44444444-'),
    },
    undefined,
  ],
  ['joined of two', found('azurerm_nat_gateway_public_ip_association', group, 'whole', addresses('/ip')), undefined],
  [
    'joined of two, of which one is not known',
    found('azurerm_nat_gateway_public_ip_association', group, 'whole', addresses('/ip', '/other')),
    'has an id that only its create gives',
  ],
])('%s', (_, resource, expected) => {
  expect(whyNotAdopted(resource, { subscription })).toBe(expected);
});

test('import blocks by the ids that azurerm knows', () => {
  const vault = `${group}/providers/Microsoft.KeyVault/vaults/kv`;
  const setting = `${vault}/providers/Microsoft.Insights/diagnosticSettings/platform`;
  expect(
    importBlocks([
      found('azurerm_key_vault', vault),
      found('azurerm_monitor_diagnostic_setting', setting),
      found('azurerm_nat_gateway_public_ip_association', `${group}/gw`, 'whole', addresses('/ip')),
      found('x', ['$', '{a}'].join('')),
    ]),
  ).toBe(`import {
  to = module.a["x"].azurerm_key_vault.this
  id = "${vault}"
}

import {
  to = module.a["x"].azurerm_monitor_diagnostic_setting.this
  id = "${vault}|platform"
}

import {
  to = module.a["x"].azurerm_nat_gateway_public_ip_association.this
  id = "${group}/gw|/ip"
}

import {
  to = module.a["x"].x.this
  id = "$\${a}"
}
`);
});
