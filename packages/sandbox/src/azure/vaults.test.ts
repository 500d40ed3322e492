import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Principal } from './directory.ts';
import { scope, startAzure } from './testing.ts';

let azure: Awaited<ReturnType<typeof startAzure>>;
let officer: Principal;
const vault = `${scope}/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/kv`;
const host = 'https://kv.vault.azure.net';

beforeEach(async () => {
  azure = await startAzure();
  azure.arm.create(`${scope}/resourceGroups/rg`, { location: 'westeurope' });
  azure.arm.create(vault, { location: 'westeurope' });
  officer = azure.addPrincipal('officer', ['Key Vault Administrator', vault]);
});

describe('secrets of a vault', () => {
  test('a caller without token is told where to get one', async () => {
    const answer = await azure.send(undefined, 'PUT', `${host}/secrets/one`);
    expect(answer.status).toBe(401);
    expect(answer.headers['WWW-Authenticate']).toMatch(
      /authorization="https:\/\/login\.microsoftonline\.com\/.+", resource="https:\/\/vault\.azure\.net"/,
    );
  });

  test('are written, read, deleted and purged by whoever may', async () => {
    expect(await azure.send(officer, 'GET', `${host}/secrets/one/`)).toMatchObject({ status: 404 });
    await azure.send(officer, 'PUT', `${host}/secrets/one`, { body: { value: 'v' } });
    expect(await azure.send(officer, 'GET', `${host}/secrets/one/`)).toMatchObject({ body: { value: 'v' } });
    const user = azure.addPrincipal('user', ['Key Vault Secrets User', vault]);
    expect(await azure.send(user, 'GET', `${host}/secrets/one`)).toMatchObject({ status: 200 });
    expect(await azure.send(user, 'DELETE', `${host}/secrets/one`)).toMatchObject({ status: 403 });
    await azure.send(officer, 'DELETE', `${host}/secrets/one`);
    expect(await azure.send(officer, 'GET', `${host}/secrets/one`)).toMatchObject({ status: 404 });
    expect(await azure.send(officer, 'GET', `${host}/deletedsecrets/one`)).toMatchObject({ status: 200 });
    expect(await azure.send(officer, 'DELETE', `${host}/deletedsecrets/one`)).toMatchObject({ status: 204 });
    expect(await azure.send(officer, 'GET', `${host}/deletedsecrets/one`)).toMatchObject({ status: 404 });
  });

  test('what is not played is refused by name', async () => {
    expect(await azure.send(officer, 'GET', `${host}/keys/one`)).toMatchObject({
      status: 501,
      message: expect.stringContaining('/keys/one'),
    });
    expect(await azure.send(officer, 'GET', 'https://other.vault.azure.net/secrets/one')).toMatchObject({
      status: 404,
    });
  });
});
