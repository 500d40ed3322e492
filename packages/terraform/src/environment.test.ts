import { expect, test } from '@jest/globals';
import { engines } from './engine.ts';
import { refuseEncryption, terraformEnvironment } from './environment.ts';

const identity = {
  clientId: 'c',
  tenant: 't',
  subscription: 's',
  cloud: 'public',
  audience: 'api://AzureADTokenExchange',
};

test('identities, the OIDC request, and what a tool needs to reach the network', () => {
  const env = terraformEnvironment(
    {
      PATH: '/bin',
      HOME: '/home/runner',
      HTTPS_PROXY: 'http://proxy:8080',
      NODE_EXTRA_CA_CERTS: '/ca.pem',
      TF_CLI_CONFIG_FILE: '/mirror.tfrc',
      TF_PLUGIN_CACHE_DIR: '/plugins',
      TF_TOKEN_mirror_contoso_com: 'token',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://tokens.example/x?api-version=2.0',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    },
    identity,
    '/tmp/data',
  );
  expect(env).toEqual({
    PATH: '/bin',
    HOME: '/home/runner',
    HTTPS_PROXY: 'http://proxy:8080',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    SSL_CERT_FILE: '/ca.pem',
    TF_CLI_CONFIG_FILE: '/mirror.tfrc',
    TF_PLUGIN_CACHE_DIR: '/plugins',
    TF_TOKEN_mirror_contoso_com: 'token',
    TF_DATA_DIR: '/tmp/data',
    TF_IN_AUTOMATION: '1',
    TF_INPUT: '0',
    CHECKPOINT_DISABLE: '1',
    ARM_CLIENT_ID: 'c',
    ARM_TENANT_ID: 't',
    ARM_SUBSCRIPTION_ID: 's',
    ARM_ENVIRONMENT: 'public',
    ARM_USE_OIDC: 'true',
    ARM_USE_AZUREAD: 'true',
    ARM_STORAGE_USE_AZUREAD: 'true',
    ARM_USE_CLI: 'false',
    ARM_USE_MSI: 'false',
    ARM_OIDC_REQUEST_URL: 'https://tokens.example/x?api-version=2.0&audience=api%3A%2F%2FAzureADTokenExchange',
    ARM_OIDC_REQUEST_TOKEN: 'request-token',
  });
});

test.each([
  'TF_CLI_ARGS',
  'TF_CLI_ARGS_plan',
  'TF_VAR_location',
  'TF_WORKSPACE',
  'TF_LOG',
  'TF_LOG_PROVIDER',
  'TF_REATTACH_PROVIDERS',
  'ARM_CLIENT_SECRET',
  'ARM_ACCESS_KEY',
  'ARM_METADATA_HOSTNAME',
  'GITHUB_TOKEN',
  'INPUT_CLIENT_ID',
])('%s of the runner does not reach Terraform', name => {
  expect(terraformEnvironment({ [name]: 'x' }, identity, '/tmp')).not.toHaveProperty(name);
});

test('the identity of the runner never wins over ours', () => {
  const env = terraformEnvironment({ ARM_CLIENT_ID: 'other', ARM_USE_CLI: 'true' }, identity, '/tmp');
  expect(env).toMatchObject({ ARM_CLIENT_ID: 'c', ARM_USE_CLI: 'false' });
});

test('a state that somebody means to be encrypted is not written in clear', () => {
  expect(() => refuseEncryption(engines.opentofu, { TF_ENCRYPTION: 'key_provider "x" "y" {}' })).toThrow(
    /^`TF_ENCRYPTION` is set, .* Nothing was planned\./,
  );
  for (const [engine, env] of [
    [engines.opentofu, {}],
    [engines.opentofu, { TF_ENCRYPTION: ' ' }],
    [engines.terraform, { TF_ENCRYPTION: 'it does not know it' }],
  ] as const) {
    expect(() => refuseEncryption(engine, env)).not.toThrow();
  }
});
