import { describe, expect, test } from '@jest/globals';
import { conditionOf, customRoles, distinctRights, type Right, type RightsPlace, rightsOf } from './rights.ts';

const place = (scope: string, order: number | undefined, subscription: string, region = 'westeurope'): RightsPlace => ({
  platform: 'contoso',
  scope,
  region,
  subscription,
  order,
  state: { account: `tf${scope}`, container: 'tfstate' },
});
const show = ({ scope, identity, role, on, limit }: Right) =>
  `${scope} ${identity}: ${typeof role === 'string' ? role : role.own} on ${on.replace(/\/resourceGroups\/.*\/containers/, '/…')}${limit === undefined ? '' : ` ${Object.entries(limit).flat(2).join(' ')}`}`;

const shared = place('shared', undefined, 'S');
const dev = place('dev', 0, 'D');
const prod = place('prod', 1, 'P');

describe('rightsOf', () => {
  test('the shared scope works in its own subscription only', () => {
    expect(rightsOf([shared]).map(show)).toEqual([
      'shared plan: Reader on /subscriptions/S',
      'shared plan: AKS Platform Plan Reader (contoso) on /subscriptions/S',
      'shared plan: Storage Blob Data Reader on /subscriptions/S/…/tfstate',
      'shared plan: AKS Platform Plan File Writer (contoso) on /subscriptions/S/…/plans',
      'shared apply: Contributor on /subscriptions/S',
      'shared apply: Role Based Access Control Administrator on /subscriptions/S allBut Owner User Access Administrator Role Based Access Control Administrator',
      'shared apply: AKS Platform Guard Keeper (contoso) on /subscriptions/S',
      'shared apply: Storage Blob Data Contributor on /subscriptions/S/…/tfstate',
      'shared apply: AKS Platform Plan File Applier (contoso) on /subscriptions/S/…/plans',
    ]);
  });

  test('an environment reads what is shared and the records before it, and delegates its domain', () => {
    const rights = rightsOf([shared, dev, prod]).filter(({ scope, on }) => scope === 'prod' && !on.includes('/P'));
    expect(rights.map(show)).toEqual([
      'prod plan: AKS Platform Record Reader (contoso) on /subscriptions/D',
      'prod apply: AKS Platform Record Reader (contoso) on /subscriptions/D',
      'prod plan: Reader on /subscriptions/S',
      'prod plan: AKS Platform Plan Reader (contoso) on /subscriptions/S',
      'prod apply: Reader on /subscriptions/S',
      'prod apply: AKS Platform Plan Reader (contoso) on /subscriptions/S',
      'prod apply: AKS Platform DNS Delegator (contoso) on /subscriptions/S',
      'prod apply: AKS Platform Vault Connector (contoso) on /subscriptions/S',
      'prod apply: Role Based Access Control Administrator on /subscriptions/S only Key Vault Secrets User',
    ]);
  });

  test('of a hub elsewhere both identities find the way in, and no more', () => {
    const hub = '/subscriptions/H/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/aks-hub';
    const on = (id: string) => rightsOf([{ ...dev, existing: { hub: id } }]).filter(right => right.on === id);
    expect(on(hub).map(show)).toEqual([
      `dev plan: Azure Kubernetes Service Cluster User Role on ${hub}`,
      `dev apply: Azure Kubernetes Service Cluster User Role on ${hub}`,
    ]);
    expect(on(hub.replace('/H/', '/D/'))).toEqual([]);
  });

  test('a zone and a vault that exist elsewhere are where the rights are', () => {
    const zone = '/subscriptions/Z/resourceGroups/dns/providers/Microsoft.Network/dnszones/contoso.com';
    const rights = rightsOf([{ ...shared, existing: { zone } }, dev]).filter(
      ({ scope, on }) => scope === 'dev' && on === zone,
    );
    expect(rights.map(({ identity, role }) => [identity, role])).toEqual([
      ['plan', 'Reader'],
      ['apply', 'Reader'],
      ['apply', { own: 'AKS Platform DNS Delegator (contoso)' }],
    ]);
  });

  test('a vault elsewhere whose key encrypts disks: the right to let them use it, and no other', () => {
    const diskVault = '/subscriptions/K/resourceGroups/keys/providers/Microsoft.KeyVault/vaults/kv';
    const of = (existing: RightsPlace['existing']) =>
      rightsOf([{ ...shared, existing: { vault: diskVault } }, existing === undefined ? dev : { ...dev, existing }])
        .filter(({ scope, on, limit }) => scope === 'dev' && on === diskVault && limit !== undefined)
        .map(show);
    const administrator = `dev apply: Role Based Access Control Administrator on ${diskVault} only`;
    expect(of(undefined)).toEqual([`${administrator} Key Vault Secrets User`]);
    expect(of({ diskVault })).toEqual([
      `${administrator} Key Vault Secrets User Key Vault Crypto Service Encryption User`,
    ]);
    expect(rightsOf([shared, { ...dev, existing: { diskVault } }]).map(show)).toContain(
      `${administrator} Key Vault Crypto Service Encryption User`,
    );
  });

  test('one subscription for everything: no role twice on one scope', () => {
    const all = distinctRights(rightsOf([shared, dev, prod].map(one => ({ ...one, subscription: 'O' }))));
    const keys = all.map(({ scope, identity, role, on }) => JSON.stringify([scope, identity, role, on]));
    expect(new Set(keys).size).toBe(keys.length);
    const granting = all.filter(({ role }) => role === 'Role Based Access Control Administrator');
    expect(granting.every(({ limit }) => limit !== undefined && 'allBut' in limit)).toBe(true);
  });

  test('every role of its own is one that is defined', () => {
    const defined = new Set(customRoles('contoso').map(({ roleName }) => roleName));
    const used = rightsOf([shared, dev, prod]).flatMap(({ role }) => (typeof role === 'string' ? [] : role.own));
    expect(new Set(used)).toEqual(defined);
  });
});

test('a condition says the roles twice: for what is asked and for what is taken away', () => {
  expect(conditionOf({ only: ['Key Vault Secrets User'] })).toBe(
    "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4633458b-17de-408a-b874-0445c86b69e6})) AND ((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR (@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {4633458b-17de-408a-b874-0445c86b69e6}))",
  );
  expect(conditionOf({ allBut: ['Owner', 'User Access Administrator'] })).toContain(
    'ForAnyOfAllValues:GuidNotEquals {8e3af657-a8ff-443c-a75c-2fe8c4bcb635, 18d7d88d-d35e-4fb5-a5c3-7773c20a72d9}',
  );
});
