import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from '../../directory.ts';
import { scope, startAzure } from '../../testing.ts';
import { properties } from '../body.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let owner: Principal;
const group = `${scope}/resourceGroups/rg`;
const provider = (path: string) => `${group}/providers/${path}`;
const location = 'westeurope';

const send = async (method: string, path: string, body?: unknown) => {
  const answer = await azure.call(owner, method, path, body);
  azure.clock.advance(1000);
  return answer;
};

beforeEach(async () => {
  azure = await startAzure();
  owner = azure.addPrincipal('owner', ['Owner', scope]);
  await send('PUT', group, { location });
});

describe('vaults', () => {
  const vault = provider('Microsoft.KeyVault/vaults/kv');
  const body = (more: object = {}, place = location) => ({ location: place, properties: { tenantId: 't', ...more } });

  test('a deleted one blocks its name in every region', async () => {
    await send('PUT', vault, body());
    await send('DELETE', vault);
    expect(await send('PUT', vault, body({}, 'northeurope'))).toMatchObject({
      status: 409,
      body: { error: { code: 'VaultAlreadyExists' } },
    });
  });

  test.each([
    ['purge protection', { enablePurgeProtection: false }, 'cannot be set to false'],
    ['the retention', { softDeleteRetentionInDays: 7 }, "can't be modified"],
  ])('%s is for ever', async (_name, change, message) => {
    await send('PUT', vault, body({ enablePurgeProtection: true, softDeleteRetentionInDays: 30 }));
    expect(await send('PATCH', vault, { properties: change })).toMatchObject({
      status: 400,
      body: { error: { code: 'BadRequest', message: expect.stringContaining(message) } },
    });
  });
});

describe('PostgreSQL', () => {
  const server = provider('Microsoft.DBforPostgreSQL/flexibleServers/psql');
  const vnet = provider('Microsoft.Network/virtualNetworks/vnet');
  const body = (more: object = {}) => ({
    location,
    sku: { name: 'Standard_D2ds_v5', tier: 'GeneralPurpose' },
    properties: { administratorLogin: 'platform', administratorLoginPassword: 'not-a-real-password', ...more },
  });

  test('accepts, shows no password, and comes with its parameters', async () => {
    expect(await send('PUT', server, body())).toMatchObject({ status: 202 });
    const shown = properties((await send('GET', server)).body);
    expect(shown).toMatchObject({
      fullyQualifiedDomainName: 'psql.postgres.database.azure.com',
      authConfig: { activeDirectoryAuth: 'Disabled', passwordAuth: 'Enabled' },
      state: 'Ready',
    });
    expect(shown).not.toHaveProperty('administratorLoginPassword');
    expect(shown).not.toHaveProperty('provisioningState');
    expect(await send('GET', `${server}/configurations/require_secure_transport`)).toMatchObject({
      body: { properties: { value: 'on', source: 'system-default' } },
    });
  });

  test('does one thing at a time', async () => {
    await send('PUT', server, body());
    await azure.call(owner, 'PUT', `${server}/databases/one`, { properties: {} });
    expect(await azure.call(owner, 'PUT', `${server}/databases/two`, { properties: {} })).toMatchObject({
      status: 409,
      body: { error: { code: 'ServerIsBusy' } },
    });
    azure.clock.advance(1000);
    expect(await send('PUT', `${server}/databases/two`, { properties: {} })).toMatchObject({ status: 202 });
  });

  test.each([
    ['require_secure_transport', 'off', 202],
    ['require_secure_transport', 'perhaps', 400],
    ['ssl_min_protocol_version', 'TLSv1.0', 400],
    ['azure.extensions', 'PGCRYPTO,VECTOR', 202],
    ['no_such_parameter', '1', 404],
  ])('parameter %s to %s: %i', async (name, value, status) => {
    await send('PUT', server, body());
    const path = `${server}/configurations/${name}`;
    const answer = await send('PATCH', path, { properties: { value, source: 'user-override' } });
    expect(answer.status).toBe(status);
  });

  test.each([
    ['a subnet that is not delegated', {}, 'SubnetMissingRequiredDelegation'],
    [
      'a subnet and the public network at once',
      { publicNetworkAccess: 'Enabled' },
      'ConflictingPublicNetworkAccessAndVirtualNetworkConfiguration',
    ],
  ])('%s is refused', async (_name, more, code) => {
    await send('PUT', vnet, { location, properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } } });
    await send('PUT', `${vnet}/subnets/db`, { properties: { addressPrefix: '10.0.0.0/28' } });
    const network = { delegatedSubnetResourceId: `${vnet}/subnets/db`, ...more };
    expect(await send('PUT', server, body({ network }))).toMatchObject({ status: 400, body: { error: { code } } });
  });

  test('a name is taken in the whole world', async () => {
    await send('PUT', server, body());
    const other = `${scope}/resourceGroups/other`;
    await send('PUT', other, { location });
    expect(
      await send('PUT', `${other}/providers/Microsoft.DBforPostgreSQL/flexibleServers/PSQL`, body()),
    ).toMatchObject({ status: 409, body: { error: { code: 'ServerNameAlreadyExists' } } });
  });
});

describe('storage', () => {
  const account = provider('Microsoft.Storage/storageAccounts/stdata');

  test('identities are completed, and only a readable second region has addresses', async () => {
    await send('PUT', account, {
      location,
      sku: { name: 'Standard_RAGRS' },
      identity: { type: 'SystemAssigned' },
      properties: {},
    });
    const made = (await send('GET', account)).body;
    expect(made).toMatchObject({
      identity: { type: 'SystemAssigned', principalId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      properties: {
        secondaryLocation: 'northeurope',
        secondaryEndpoints: { blob: 'https://stdata-secondary.blob.core.windows.net/' },
      },
    });
    await send('PUT', account, { ...made, sku: { name: 'Standard_GRS' } });
    const again = (await send('GET', account)).body;
    expect(again['identity']).toEqual(made['identity']);
  });

  test('the policy of an account has one name', async () => {
    await send('PUT', account, { location, sku: { name: 'Standard_LRS' }, properties: {} });
    const policy = { properties: { policy: { rules: [] } } };
    expect(await send('PUT', `${account}/managementPolicies/mine`, policy)).toMatchObject({ status: 400 });
    expect(await send('PUT', `${account}/managementPolicies/default`, policy)).toMatchObject({ status: 200 });
  });
});

describe('Redis', () => {
  test('has a host in its region, and a database with keys', async () => {
    const cluster = provider('Microsoft.Cache/redisEnterprise/cache');
    await send('PUT', cluster, { location, sku: { name: 'Balanced_B0' }, properties: {} });
    await send('PUT', `${cluster}/databases/default`, { properties: {} });
    expect(properties((await send('GET', cluster)).body)['hostName']).toBe('cache.westeurope.redis.azure.net');
    expect(properties((await send('GET', `${cluster}/databases/default`)).body)).toMatchObject({
      port: 10_000,
      resourceState: 'Running',
      accessKeysAuthentication: 'Disabled',
    });
    const keys = (await send('POST', `${cluster}/databases/default/listKeys`)).body;
    expect(keys['primaryKey']).not.toBe(keys['secondaryKey']);
  });
});
