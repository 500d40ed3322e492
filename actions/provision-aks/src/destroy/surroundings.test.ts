import { expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { StateResource } from '@suite/terraform';
import { lookAround } from './surroundings.ts';

const group = '/subscriptions/s/resourceGroups/rg-dev';
const endpoint = `${group}/providers/Microsoft.Network/privateEndpoints/pe-vault`;
const nic = `${group}/providers/Microsoft.Network/networkInterfaces/pe-vault.nic.1`;
const foreignNic = `${group}/providers/Microsoft.Network/networkInterfaces/vm-1`;
const disk = `${group}/providers/Microsoft.Compute/disks/forgotten`;
const lockOf = (scope: string, name: string) => `${scope}/providers/Microsoft.Authorization/locks/${name}`;

const recorded: readonly StateResource[] = [
  { address: 'g', type: 'azurerm_resource_group', id: group, dependencies: [] },
  { address: 'p', type: 'azurerm_private_endpoint', id: endpoint, dependencies: [] },
  { address: 'l', type: 'azurerm_management_lock', id: lockOf(endpoint, 'own'), dependencies: [] },
];
const all = new Set(['g', 'p', 'l']);

function azure(lists: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  return {
    asked,
    list: async (id: string) => {
      asked.push(id);
      return (lists[id] ?? []).map(found => ({ id: found }));
    },
    findResource: async (id: string) => ({
      properties: id === nic ? { privateEndpoint: { id: endpoint.toUpperCase() } } : {},
    }),
  };
}

test('what the state does not know, without what Azure makes for what it knows', async () => {
  const reader = azure({ [`${group}/resources`]: [endpoint, nic, foreignNic, disk] });
  expect(await lookAround(all, recorded, reader)).toEqual({ strangers: [disk, foreignNic], locks: [] });
});

test('locks that hold for what goes, without those that go', async () => {
  const subscriptionLock = lockOf('/subscriptions/s', 'all');
  const below = lockOf(`${disk}`, 'disk');
  const elsewhere = lockOf('/subscriptions/s/resourceGroups/rg-prod', 'prod');
  const reader = azure({
    '/subscriptions/s/providers/Microsoft.Authorization/locks': [
      subscriptionLock,
      below,
      elsewhere,
      lockOf(endpoint, 'own'),
    ],
  });
  expect((await lookAround(all, recorded, reader)).locks).toEqual([subscriptionLock, below]);
});

test('a group that stays is not looked into', async () => {
  const reader = azure({ [`${group}/resources`]: [disk] });
  expect(await lookAround(new Set(['p']), recorded, reader)).toEqual({ strangers: [], locks: [] });
  expect(reader.asked).not.toContain(`${group}/resources`);
});

test('what may not be read is not known', async () => {
  const list = async () => {
    throw new UserError({ message: 'The plan identity may not list.' });
  };
  const around = await lookAround(all, recorded, { ...azure({}), list });
  expect(around).toEqual({ strangers: undefined, locks: undefined });
});
