import { describe, expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createStateReader } from './state-reader.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

function start(answer: (index: number) => FakeAnswer | string) {
  const { requests, httpClient } = fakeAzure((_, index) => answer(index));
  const options = {
    account: 'stcontoso',
    container: 'tfstate',
    key: 'platform/dev/west europe.tfstate',
    cloud: clouds.public,
    identity: { name: 'plan identity of environment dev', clientId: 'c1' },
    clock: eagerClock(),
    httpClient,
  };
  return { reader: createStateReader(fakeCredential, options), requests };
}

const url = 'https://stcontoso.blob.core.windows.net/tfstate/platform/dev/west%20europe.tfstate';

/** What Terraform 1.11.4 left after it was killed (recorded run `killed-sigkill`). */
const lockInfo = {
  ID: 'f7668ec3-db79-ddd9-6940-6d46077508ad',
  Operation: 'OperationTypeApply',
  Info: '',
  Who: 'root@runner',
  Version: '1.11.4',
  Created: '2026-11-23T05:36:05.910190588Z',
  Path: 'tfstate/platform.tfstate',
};
const base64 = (text: string) => Buffer.from(text).toString('base64');

test('lineage and outputs, but none that is sensitive', async () => {
  const state = {
    version: 4,
    lineage: 'l-1',
    outputs: {
      cluster_name: { value: 'aks-contoso', type: 'string' },
      key: { value: 'hidden', type: 'string', sensitive: true },
    },
    resources: [{ type: 'azurerm_storage_account', instances: [{ attributes: { primary_access_key: 'hidden' } }] }],
  };
  const { reader, requests } = start(index => (index === 0 ? { status: 200, body: state } : { status: 404 }));
  expect(await reader.content()).toEqual({ lineage: 'l-1', outputs: { cluster_name: 'aks-contoso' } });
  expect(requests[0]).toMatchObject({ method: 'GET', url });
  expect(await reader.content()).toBeUndefined();
});

describe('createStateReader', () => {
  test('there and free', async () => {
    const { reader, requests } = start(() => ({ status: 200, headers: { 'x-ms-lease-status': 'unlocked' } }));
    expect(await reader.head()).toEqual({ exists: true, lease: 'available', lock: undefined });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'HEAD', url });
    expect(requests[0]?.headers.get('x-ms-version')).toBe('2023-11-03');
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer token');
  });

  test('leased: by whom', async () => {
    const { reader } = start(() => ({
      status: 200,
      headers: { 'x-ms-lease-status': 'locked', 'x-ms-meta-terraformlockid': base64(JSON.stringify(lockInfo)) },
    }));
    expect(await reader.head()).toEqual({
      exists: true,
      lease: 'leased',
      lock: {
        id: 'f7668ec3-db79-ddd9-6940-6d46077508ad',
        operation: 'OperationTypeApply',
        who: 'root@runner',
        created: '2026-11-23T05:36:05.910190588Z',
      },
    });
  });

  test.each(['%%%', base64('not json'), base64('[]'), base64('{"ID":1}')])(
    'a broken note %j is no note',
    async note => {
      const headers = { 'x-ms-lease-status': 'locked', 'x-ms-meta-terraformlockid': note };
      expect(await start(() => ({ status: 200, headers })).reader.head()).toMatchObject({
        lease: 'leased',
        lock: undefined,
      });
    },
  );

  test('no state yet', async () => {
    const { reader } = start(() => ({ status: 404, headers: { 'x-ms-error-code': 'BlobNotFound' } }));
    expect(await reader.head()).toEqual({ exists: false });
  });

  test.each([
    [
      { status: 404, headers: { 'x-ms-error-code': 'ContainerNotFound' } },
      /container tfstate does not exist.*az storage container create/,
    ],
    [
      { status: 403, headers: { 'x-ms-error-code': 'AuthorizationFailure' } },
      /stcontoso refuses this runner's network/,
    ],
    [
      { status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' } },
      /plan identity of environment dev \(client id c1\) may not read blobs in the container tfstate of stcontoso.*Storage Blob Data Reader/,
    ],
    [{ status: 500 }, /stcontoso\.blob\.core\.windows\.net kept answering 500/],
    [
      { status: 502, text: 'No such host.\n' },
      /kept answering 502 while using the container tfstate: No such host\. Run it again/,
    ],
    [
      { status: 409, text: '<?xml version="1.0"?><Error><Code>X</Code><Message>Odd.</Message></Error>' },
      /answered 409.*: Odd\./,
    ],
    ['ENOTFOUND', /account stcontoso of the state cannot be found/],
    ['ECONNREFUSED', /stcontoso\.blob\.core\.windows\.net could not be reached/],
    ['SELF_SIGNED_CERT_IN_CHAIN', /NODE_EXTRA_CA_CERTS/],
  ] as const)('%j', async (answer, expected) => {
    await expect(start(() => answer).reader.head()).rejects.toThrow(expected);
  });
});
