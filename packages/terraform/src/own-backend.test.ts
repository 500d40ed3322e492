import { expect, test } from '@jest/globals';
import { judgeBackend } from './own-backend.ts';

const wanted = { account: 'stcontoso', container: 'tfstate', key: 'contoso/dev/westeurope.tfstate' };
const config = {
  storage_account_name: 'stcontoso',
  container_name: 'tfstate',
  key: 'contoso/dev/westeurope.tfstate',
  use_oidc: true,
  use_azuread_auth: true,
  client_id: null,
  access_key: null,
};
const written = (backend: unknown) => JSON.stringify({ version: 3, backend });

const add =
  'Add `terraform { backend "azurerm" {} }` to it, with nothing in it, and no other backend and no `cloud` block.';

test.each<[string, string | undefined, string | undefined]>([
  ['ours', written({ type: 'azurerm', config }), undefined],
  ['none', undefined, add],
  ['another', written({ type: 'local', config: { path: 'x' } }), add],
  ['no settings at all', '{', add],
  [
    'with an identity',
    written({ type: 'azurerm', config: { ...config, client_id: 'x', use_msi: true } }),
    'Write `terraform { backend "azurerm" {} }` there, with nothing in it.',
  ],
  [
    'with a place that init did not take from us',
    written({ type: 'azurerm', config: { ...config, key: 'other' } }),
    'Write `terraform { backend "azurerm" {} }` there, with nothing in it.',
  ],
])('a backend: %s', (_name, settings, remedy) => {
  expect(judgeBackend('infra', settings, wanted)?.remedy).toBe(remedy);
});

test('what it says itself is named', () => {
  const settings = written({ type: 'azurerm', config: { ...config, client_id: 'x' } });
  expect(judgeBackend('infra', settings, wanted)?.message).toMatch(/^The backend of infra says `client_id` itself\./);
});
