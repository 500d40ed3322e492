import { expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createStateMaker } from './state-maker.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

function start(answer: FakeAnswer) {
  const { requests, httpClient } = fakeAzure(() => answer);
  const options = {
    account: 'stdev',
    container: 'tfstate',
    key: 'contoso/dev/westeurope.tfstate',
    cloud: clouds.public,
    identity: { name: 'bootstrap identity', clientId: 'c1' },
    clock: eagerClock(),
    httpClient,
  };
  return { maker: createStateMaker(fakeCredential, options), requests };
}

const refusal = (status: number, code: string): FakeAnswer => ({ status, headers: { 'x-ms-error-code': code } });

test('writes only where nothing is', async () => {
  const { maker, requests } = start({ status: 201 });
  expect(await maker.make('{}')).toBe('made');
  expect(requests[0]?.headers.get('if-none-match')).toBe('*');
  expect(requests[0]?.url).toBe('https://stdev.blob.core.windows.net/tfstate/contoso/dev/westeurope.tfstate');
});

test('a state that is there stays', async () => {
  expect(await start(refusal(409, 'BlobAlreadyExists')).maker.make('{}')).toBe('exists');
});

test('a right that has not arrived can be waited for; a firewall cannot', async () => {
  expect(await start(refusal(403, 'AuthorizationPermissionMismatch')).maker.make('{}')).toEqual({
    refused: expect.objectContaining({
      message: expect.stringContaining('may not write blobs in the container tfstate'),
    }),
  });
  await expect(start(refusal(403, 'AuthorizationFailure')).maker.make('{}')).rejects.toThrow(
    'refuses this runner’s network'.replace('’', "'"),
  );
});
