import { expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createSavedState } from './saved-state.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

function start(...answers: readonly FakeAnswer[]) {
  const { requests, httpClient } = fakeAzure((_, index) => answers[index] ?? 'none');
  const saved = createSavedState(fakeCredential, {
    account: 'stcontoso',
    container: 'tfstate',
    key: 'contoso/dev/westeurope.tfstate',
    cloud: clouds.public,
    identity: { name: 'apply identity of dev', clientId: 'c2' },
    clock: eagerClock(),
    httpClient,
  });
  return { saved, requests };
}

const absent: FakeAnswer = { status: 404, headers: { 'x-ms-error-code': 'BlobNotFound' } };

test('lies beside the state, and is written, read and removed', async () => {
  const { saved, requests } = start(
    { status: 201 },
    { status: 200, text: '{"serial":7}' },
    { status: 202 },
    absent,
    absent,
  );
  await saved.write('{"serial":7}');
  expect(await saved.read()).toBe('{"serial":7}');
  await saved.remove();
  await saved.remove();
  expect(await saved.read()).toBeUndefined();
  const url = 'https://stcontoso.blob.core.windows.net/tfstate/contoso/dev/westeurope.tfstate.errored';
  expect(requests.map(({ method, url: asked }) => `${method} ${asked}`)).toEqual(
    ['PUT', 'GET', 'DELETE', 'DELETE', 'GET'].map(method => `${method} ${url}`),
  );
});

test('says who may not write it', async () => {
  const { saved } = start({ status: 403, headers: { 'x-ms-error-code': 'AuthorizationPermissionMismatch' } });
  await expect(saved.write('{}')).rejects.toThrow(/may not write blobs in the container tfstate of stcontoso/);
});
