import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { azureRoleIds } from '../azure-roles.ts';
import { readSurroundings, type Subject } from './read-surroundings.ts';

const [own, shared] = ['own', 'shared'].map(name => `/subscriptions/${name}`);
const group = `${own}/resourceGroups/rg-shop`;
const network = `${group}/providers/Microsoft.Network/virtualNetworks/vnet`;
const registry = `${group}/providers/Microsoft.ContainerRegistry/registries/crshop`;
const subject: Subject = {
  subscription: 'own',
  others: ['shared'],
  controlPlane: 'control-plane',
  nodes: 'nodes',
  secretsProvider: 'secrets',
  subnet: `${network}/subnets/nodes`,
};

const assignment = (name: string, principal: string, role: keyof typeof azureRoleIds, scope: string) => ({
  name,
  properties: {
    principalId: principal,
    scope,
    roleDefinitionId: `${own}/providers/Microsoft.Authorization/roleDefinitions/${azureRoleIds[role]}`,
  },
});

/** Answers by what is listed, and for assignments by whose they are; anything else there is none of. */
function read(lists: Readonly<Record<string, readonly unknown[] | Error>>) {
  return readSurroundings(subject, {
    list: (id, _version, query) => {
      const [, principal] = /'(.*)'/.exec(query?.['$filter'] ?? '') ?? [];
      const found = lists[principal === undefined ? id : `${id.split('/providers/')[0]} ${principal}`] ?? [];
      return found instanceof Error ? Promise.reject(found) : Promise.resolve(found);
    },
  });
}

describe('what a cluster stands on', () => {
  test('roles on a thing, on what it lies in, and elsewhere', async () => {
    const found = await read({
      [`${own} control-plane`]: [assignment('1', 'control-plane', 'Network Contributor', `${network}/subnets/nodes`)],
      [`${own} nodes`]: [
        assignment('2', 'nodes', 'AcrPull', group),
        assignment('3', 'nodes', 'Contributor', registry),
        assignment('4', 'nodes', 'AcrPull', '/providers/Microsoft.Management/managementGroups/all'),
      ],
      [`${shared} nodes`]: [
        assignment(
          '5',
          'nodes',
          'AcrPull',
          `${shared}/resourceGroups/hub/providers/microsoft.containerregistry/registries/crhub`,
        ),
      ],
      [`${group}/providers/Microsoft.ContainerRegistry/registries`]: [{ id: registry }],
    });
    expect(found.controlPlane.map(({ name }) => name)).toEqual(['1']);
    expect(found.registry).toMatchObject({
      direct: [{ name: '5' }],
      wide: [{ name: '2' }, { name: '4' }],
      below: [registry],
    });
    expect(found.vault).toEqual({ direct: [], wide: [], below: [], unread: [] });
  });

  test('vaults that let the Secrets Provider in by a policy', async () => {
    const vaults = `${own}/providers/Microsoft.KeyVault/vaults`;
    const of = (id: string, objectId: string, enableRbacAuthorization: boolean) => ({
      id,
      properties: { enableRbacAuthorization, accessPolicies: [{ objectId }] },
    });
    const found = await read({ [vaults]: [of('a', 'SECRETS', false), of('b', 'secrets', true), of('c', 'x', false)] });
    expect(found.policyVaults).toEqual(['a']);
  });

  test('subnets that are ready for gateways', async () => {
    const delegations = [{ properties: { serviceName: 'Microsoft.ServiceNetworking/trafficControllers' } }];
    const found = await read({
      [`${network}/subnets`]: [
        { id: 'nodes', properties: {} },
        { id: 'gateway', properties: { delegations } },
      ],
    });
    expect(found.gatewaySubnets).toEqual({ found: ['gateway'] });
  });

  test('what may not be read elsewhere is said with the right that is missing', async () => {
    const refusal = new UserError({ message: 'The plan identity may not perform `x/read` on y.', remedy: 'Give it.' });
    const found = await read({ [`${shared} nodes`]: refusal, [`${network}/subnets`]: refusal });
    const why = 'The plan identity may not perform `x/read` on y. Give it.';
    expect(found.registry.unread).toEqual([why]);
    expect(found.gatewaySubnets).toEqual({ why });
    await expect(read({ [`${own} nodes`]: refusal })).rejects.toBe(refusal);
  });
});
