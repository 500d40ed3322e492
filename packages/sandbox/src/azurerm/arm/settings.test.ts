import { describe, expect, test } from '@jest/globals';
import { readFeatures, readSettings } from './settings.ts';

const job = {
  ARM_USE_OIDC: 'true',
  ARM_SUBSCRIPTION_ID: 'sub',
  ARM_TENANT_ID: 'tenant',
  ARM_CLIENT_ID: 'client',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://example.test/?x=1',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request',
};

describe('provider settings', () => {
  test('come from the environment of a job', () => {
    expect(readSettings({}, job)).toEqual({
      settings: {
        subscriptionId: 'sub',
        tenantId: 'tenant',
        clientId: 'client',
        assertionSource: { kind: 'request', url: 'https://example.test/?x=1', token: 'request' },
        endpoints: expect.objectContaining({ resourceManager: 'https://management.azure.com' }),
      },
    });
  });

  test('the provider block goes before it, and ARM_OIDC_* before what the runner gives', () => {
    const outcome = readSettings(
      { subscription_id: 'other', client_id: null },
      { ...job, ARM_OIDC_REQUEST_URL: 'https://arm.test/', ARM_OIDC_REQUEST_TOKEN: 'arm' },
    );
    expect(outcome).toMatchObject({
      settings: {
        subscriptionId: 'other',
        clientId: 'client',
        assertionSource: { url: 'https://arm.test/', token: 'arm' },
      },
    });
  });

  test('the cloud is told by ARM_ENVIRONMENT alone', () => {
    expect(readSettings({}, { ...job, ARM_ENVIRONMENT: 'usgovernment' })).toMatchObject({
      settings: { endpoints: { resourceManager: 'https://management.usgovcloudapi.net' } },
    });
  });

  test.each([
    [{ ...job, ARM_SUBSCRIPTION_ID: '' }, 'subscription_id'],
    [{ ...job, ARM_USE_OIDC: 'false' }, 'use_oidc'],
    [{ ...job, ACTIONS_ID_TOKEN_REQUEST_TOKEN: undefined }, 'OIDC request URL'],
    [{ ...job, ARM_ENVIRONMENT: 'german' }, 'no cloud named "german"'],
  ])('what is missing is said', (environment, word) => {
    expect(readSettings({}, environment)).toMatchObject({ problem: expect.stringContaining(word) });
  });
});

test('features are on unless the provider block says otherwise', () => {
  expect(readFeatures({ features: [{}] })).toEqual({ keyVault: { recoversDeleted: true, purgesOnDestroy: true } });
  const vault = { recover_soft_deleted_key_vaults: false, purge_soft_delete_on_destroy: false };
  expect(readFeatures({ features: [{ key_vault: [vault] }] })).toEqual({
    keyVault: { recoversDeleted: false, purgesOnDestroy: false },
  });
});
