import { describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import type { ArmRequest } from '../arm/client.ts';
import type { Features } from '../arm/settings.ts';
import { keyVault } from './key-vault.ts';
import type { Azure } from './resource-type.ts';

const id = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv';
const deleted = '/subscriptions/s/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv';
const planned = {
  name: 'kv',
  resource_group_name: 'rg',
  location: 'westeurope',
  sku_name: 'standard',
  tenant_id: 't',
  soft_delete_retention_days: 90,
  purge_protection_enabled: false,
};

/** An Azure that holds the given resources, and writes down what it is told. */
function azureWith(
  resources: { readonly [path: string]: JsonObject },
  keyVaultFeatures: Partial<Features['keyVault']> = {},
): { readonly azure: Azure; readonly requests: ArmRequest[] } {
  const requests: ArmRequest[] = [];
  const azure: Azure = {
    subscriptionId: 's',
    features: { keyVault: { recoversDeleted: true, purgesOnDestroy: true, ...keyVaultFeatures } },
    identity: async () => ({ objectId: '', clientId: '', tenantId: '' }),
    exclusively: (_, operation) => operation(),
    pause: async () => undefined,
    arm: {
      get: async path => resources[path],
      send: async request => {
        requests.push(request);
        return {};
      },
      run: async (_, request) => void requests.push(request),
    },
  };
  return { azure, requests };
}

describe('a vault that was deleted', () => {
  test.each([
    ['is recovered', { [deleted]: {} }, 'recover'],
    ['otherwise a new one is made', {}, 'default'],
  ])('%s', async (_name, resources, createMode) => {
    const { azure, requests } = azureWith(resources);
    expect(await keyVault.create(azure, planned, planned)).toBe(id);
    expect(asObject(requests[0]?.body?.['properties'])).toMatchObject({
      createMode,
      accessPolicies: [],
      sku: { family: 'A', name: 'standard' },
    });
  });

  test('stops a create that may not recover', async () => {
    const { azure, requests } = azureWith({ [deleted]: {} }, { recoversDeleted: false });
    await expect(keyVault.create(azure, planned, planned)).rejects.toThrow('automatically recovering this KeyVault');
    expect(requests).toEqual([]);
  });

  test.each([
    ['goes for good', planned, {}, [`DELETE ${id}`, `POST ${deleted}/purge`]],
    ['stays when it is protected', { ...planned, purge_protection_enabled: true }, {}, [`DELETE ${id}`]],
    ['stays when the provider is told so', planned, { purgesOnDestroy: false }, [`DELETE ${id}`]],
  ])('%s', async (_name, state, features, expected) => {
    const { azure, requests } = azureWith({}, features);
    await keyVault.delete(azure, id, state);
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual(expected);
  });
});

test.each([
  ['protection', { enablePurgeProtection: true }, 'not possible to disable it'],
  ['the days of retention', { softDeleteRetentionInDays: 30 }, 'cannot be modified'],
])('%s cannot be taken back', async (_name, properties, message) => {
  const { azure, requests } = azureWith({ [id]: { id, properties } });
  await expect(keyVault.update(azure, id, planned, planned, planned)).rejects.toThrow(message);
  expect(requests).toEqual([]);
});
