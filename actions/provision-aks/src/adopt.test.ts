import { expect, test } from '@jest/globals';
import { type Condition, conditionOf, importBlocks, type Unrecorded, whyNotAdopted } from './adopt.ts';

const subscription = '33333333-3333-3333-3333-333333333333';
const group = `/subscriptions/${subscription}/resourceGroups/rg-dev`;
const found = (type: string, id: string, condition: Condition = 'whole'): Unrecorded => ({
  address: `module.a["x"].${type}.this`,
  type,
  id,
  condition,
  apiVersion: '2025-01-01',
  heldBy: () => true,
  removal: `remove ${id}`,
});

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
  ['failed', found('azurerm_subnet', group, 'failed'), 'was made only in part: its create failed'],
  ['being made', found('azurerm_subnet', group, 'working'), 'is still being made'],
  ['joined of two', found('azurerm_nat_gateway_public_ip_association', group), 'has an id that only its create gives'],
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
  to = module.a["x"].x.this
  id = "$\${a}"
}
`);
});
