import { expect, test } from '@jest/globals';
import { readStateResources, withoutKeys } from './state-resources.ts';

test('reads addresses, ids and what each needs', () => {
  const state = {
    version: 4,
    resources: [
      { mode: 'data', type: 'azurerm_client_config', name: 'this', instances: [{ attributes: { id: 'x' } }] },
      { mode: 'managed', type: 'terraform_data', name: 'root', instances: [{ attributes: {} }] },
      {
        module: 'module.network[0]',
        mode: 'managed',
        type: 'azurerm_subnet',
        name: 'this',
        instances: [
          {
            index_key: 'data"x',
            attributes: { id: '/subscriptions/s/a', secret: 'hidden' },
            dependencies: ['module.network.azurerm_virtual_network.this'],
          },
          { index_key: 1, attributes: { id: '/subscriptions/s/b' } },
          { index_key: 1, deposed: '0001', attributes: { id: '/subscriptions/s/old' } },
        ],
      },
    ],
  };
  expect(readStateResources(state)).toEqual([
    { address: 'terraform_data.root', type: 'terraform_data', id: undefined, dependencies: [] },
    {
      address: 'module.network[0].azurerm_subnet.this["data\\"x"]',
      type: 'azurerm_subnet',
      id: '/subscriptions/s/a',
      dependencies: ['module.network.azurerm_virtual_network.this'],
    },
    {
      address: 'module.network[0].azurerm_subnet.this[1]',
      type: 'azurerm_subnet',
      id: '/subscriptions/s/b',
      dependencies: [],
    },
  ]);
  expect(readStateResources('no state')).toEqual([]);
});

test.each([
  ['module.network[0].azurerm_subnet.this["a.b[1]"]', 'module.network.azurerm_subnet.this'],
  ['module.a["x\\"]y"].b.c[12]', 'module.a.b.c'],
  ['a.b', 'a.b'],
])('%s without keys', (address, expected) => {
  expect(withoutKeys(address)).toBe(expected);
});
