import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../directory.ts';
import { scope, startAzure } from '../../testing.ts';
import { properties } from '../body.ts';
import { parseVmSize } from './vm-size.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const provider = (path: string) => `${group}/providers/${path}`;

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await azure.call(owner, method, path, body);
  azure.clock.advance(1000);
  return answer;
};

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  await send('PUT', group, { location: 'westeurope' });
});

describe('workspaces', () => {
  const workspace = provider('Microsoft.OperationalInsights/workspaces/log');

  test('keep id, key and settings over updates', async () => {
    await send('PUT', workspace, {
      location: 'westeurope',
      properties: { sku: { name: 'PerGB2018' }, retentionInDays: 60 },
    });
    const before = properties((await send('GET', workspace)).body);
    const keys = (await send('POST', `${workspace}/sharedKeys`)).body;
    await send('PUT', workspace, { location: 'westeurope', properties: { publicNetworkAccessForQuery: 'Disabled' } });
    expect(properties((await send('GET', workspace)).body)).toMatchObject({
      customerId: before['customerId'],
      retentionInDays: 60,
      publicNetworkAccessForQuery: 'Disabled',
    });
    expect((await send('POST', `${workspace}/sharedKeys`)).body).toEqual(keys);
    expect(keys['primarySharedKey']).not.toBe(keys['secondarySharedKey']);
  });

  test('no deleted ones', async () => {
    expect(await send('GET', `${scope}/providers/Microsoft.OperationalInsights/deletedWorkspaces`)).toMatchObject({
      body: { value: [] },
    });
  });
});

describe('registries', () => {
  test('have a login server, policies, no replications, and a name of their own in the whole world', async () => {
    const registry = provider('Microsoft.ContainerRegistry/registries/acrDev');
    await send('PUT', registry, { location: 'westeurope', sku: { name: 'Premium' }, properties: {} });
    expect((await send('GET', registry)).body).toMatchObject({
      sku: { name: 'Premium', tier: 'Premium' },
      properties: { loginServer: 'acrdev.azurecr.io', policies: { exportPolicy: { status: 'enabled' } } },
    });
    expect(await send('GET', `${registry}/replications`)).toMatchObject({ status: 200, body: { value: [] } });
    const other = `${scope}/resourceGroups/other`;
    await send('PUT', other, { location: 'westeurope' });
    const twin = `${other}/providers/Microsoft.ContainerRegistry/registries/ACRDEV`;
    expect(await send('PUT', twin, { location: 'westeurope', sku: { name: 'Basic' }, properties: {} })).toMatchObject({
      status: 409,
    });
    const question = { name: 'acrdev', type: 'Microsoft.ContainerRegistry/registries' };
    const asked = await send('POST', `${scope}/providers/Microsoft.ContainerRegistry/checkNameAvailability`, question);
    expect(asked).toMatchObject({ body: { nameAvailable: false } });
  });
});

describe('identities', () => {
  test('are known to Entra with their credentials while they exist', async () => {
    const identity = provider('Microsoft.ManagedIdentity/userAssignedIdentities/id');
    const made = await send('PUT', identity, { location: 'westeurope' });
    const principalId = String(properties(made.body)['principalId']);
    const credential = { issuer: 'https://issuer', subject: 'a:b', audiences: ['api://x'] };
    await send('PUT', `${identity}/federatedIdentityCredentials/one`, { properties: credential });
    const principal = azure.directory.byObjectId(principalId);
    expect([...(principal?.credentials.values() ?? [])]).toEqual([{ name: 'one', ...credential }]);
    await send('DELETE', `${identity}/federatedIdentityCredentials/one`);
    expect(principal?.credentials.size).toBe(0);
    await send('PUT', identity, { location: 'westeurope', tags: { a: '1' } });
    expect(properties((await send('GET', identity)).body)['principalId']).toBe(principalId);
    await send('DELETE', identity);
    expect(azure.directory.byObjectId(principalId)).toBeUndefined();
  });
});

describe('storage accounts', () => {
  test('answer 200 to their creation, bring their services along, and hold containers', async () => {
    const account = provider('Microsoft.Storage/storageAccounts/stdev');
    const made = await send('PUT', account, {
      location: 'westeurope',
      sku: { name: 'Standard_ZRS' },
      kind: 'StorageV2',
    });
    expect(made).toMatchObject({
      status: 200,
      body: {
        sku: { tier: 'Standard' },
        properties: { primaryEndpoints: { blob: 'https://stdev.blob.core.windows.net/' } },
      },
    });
    expect(await send('GET', `${account}/blobServices/default`)).toMatchObject({ status: 200 });
    expect(await send('GET', `${account}/fileServices/default`)).toMatchObject({ status: 200 });
    expect((await send('POST', `${account}/listKeys`)).body['keys']).toHaveLength(2);
    await send('PUT', `${account}/blobServices/default/containers/plans`, { properties: {} });
    expect(azure.accounts.get('stdev')?.containers.has('plans')).toBe(true);
    await send('DELETE', account);
    expect(azure.accounts.has('stdev')).toBe(false);
  });
});

describe('vaults', () => {
  const vault = provider('Microsoft.KeyVault/vaults/kv');
  const deleted = `${scope}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/kv`;
  const body = (more: object = {}) => ({ location: 'westeurope', properties: { tenantId: 't', ...more } });

  test('a deleted one blocks its name until it is recovered or purged', async () => {
    expect(await send('PUT', vault, body())).toMatchObject({
      status: 200,
      body: { properties: { vaultUri: 'https://kv.vault.azure.net/' } },
    });
    expect(await send('GET', deleted)).toMatchObject({ status: 404 });
    await send('DELETE', vault);
    expect(await send('GET', deleted)).toMatchObject({ body: { properties: { vaultId: vault } } });
    expect(await send('PUT', vault, body())).toMatchObject({ status: 409, body: { error: { code: 'ConflictError' } } });
    expect(await send('PUT', vault, body({ createMode: 'recover', enablePurgeProtection: true }))).toMatchObject({
      status: 200,
    });
    expect(await send('GET', deleted)).toMatchObject({ status: 404 });
    await send('DELETE', vault);
    expect(await send('POST', `${deleted}/purge`)).toMatchObject({ status: 409 });
  });

  test('purging frees the name', async () => {
    await send('PUT', vault, body());
    await send('DELETE', vault);
    const purged = await send('POST', `${deleted}/purge`);
    expect(purged.status).toBe(202);
    expect(await azure.send(owner, 'GET', purged.headers['Location'] ?? '')).toMatchObject({ status: 200 });
    expect(await send('GET', deleted)).toMatchObject({ status: 404 });
    expect(await send('PUT', vault, body())).toMatchObject({ status: 200 });
  });
});

describe('roles', () => {
  test('a definition of the user is found and holds', async () => {
    const guid = '33333333-3333-3333-3333-333333333333';
    const definition = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${guid}`;
    const permissions = [{ actions: ['Microsoft.Network/*/read'], notActions: [] }];
    expect(
      await send('PUT', definition, { properties: { roleName: 'Net', type: 'CustomRole', permissions } }),
    ).toMatchObject({ status: 201 });
    expect(await send('GET', definition)).toMatchObject({ body: { properties: { roleName: 'Net' } } });
    const somebody = azure.addPrincipal('somebody', ['Net', group]);
    const vnets = provider('Microsoft.Network/virtualNetworks');
    expect(await azure.call(somebody, 'GET', vnets)).toMatchObject({ status: 200 });
    expect(await azure.call(somebody, 'GET', group)).toMatchObject({ status: 403 });
    expect(await azure.call(somebody, 'GET', `${group}/providers/Microsoft.Authorization/permissions`)).toMatchObject({
      body: { value: [{ actions: ['Microsoft.Network/*/read'] }] },
    });
  });
});

describe('VM sizes', () => {
  test.each([
    ['Standard_D4ds_v5', 4, 'standardDDSv5Family'],
    ['Standard_D2s_v3', 2, 'standardDSv3Family'],
    ['Standard_E16ads_v5', 16, 'standardEADSv5Family'],
    ['Standard_NC4as_T4_v3', 4, 'Standard NCASv3_T4 Family'],
    ['Standard_NC24ads_A100_v4', 24, 'StandardNCADSA100v4Family'],
    ['Standard_ND96isr_H100_v5', 96, 'StandardNDSH100v5Family'],
  ])('%s has %i cores of %s', (name, cores, family) => {
    expect(parseVmSize(name)).toEqual({ cores, family });
  });

  test('another form is none', () => {
    expect(parseVmSize('large')).toBeUndefined();
  });
});
