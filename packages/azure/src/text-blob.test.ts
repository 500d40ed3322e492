import { describe, expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';
import { createTextBlob } from './text-blob.ts';

/** Answers in this order. */
function start(...answers: readonly (FakeAnswer | string)[]) {
  const { requests, httpClient } = fakeAzure((_, index) => answers[index] ?? 'none');
  const blob = createTextBlob(fakeCredential, {
    account: 'stcontoso',
    container: 'tfstate',
    key: 'contoso/shared/westeurope.tfstate.record',
    cloud: clouds.public,
    identity: { name: 'apply identity of shared', clientId: 'c2' },
    clock: eagerClock(),
    httpClient,
  });
  return { blob, requests };
}

const refusal = (status: number, code: string): FakeAnswer => ({ status, headers: { 'x-ms-error-code': code } });

describe('read', () => {
  test('gives the text', async () => {
    const { blob, requests } = start({ status: 200, text: '{"a":1}' });
    expect(await blob.read()).toBe('{"a":1}');
    expect(requests[0]?.url).toBe(
      'https://stcontoso.blob.core.windows.net/tfstate/contoso/shared/westeurope.tfstate.record',
    );
  });
  test('gives nothing where there is no blob', async () => {
    expect(await start(refusal(404, 'BlobNotFound')).blob.read()).toBeUndefined();
  });
  test('tells who lacks which role', async () => {
    await expect(start(refusal(403, 'AuthorizationPermissionMismatch')).blob.read()).rejects.toThrow(
      'The apply identity of shared (client id c2) may not read blobs in the container tfstate of stcontoso.',
    );
  });
});

describe('write', () => {
  test('replaces what is there, and tries again after 503', async () => {
    const { blob, requests } = start(refusal(503, 'ServerBusy'), { status: 201 });
    await blob.write('{"ä":1}');
    const [, last] = requests;
    expect(last?.method).toBe('PUT');
    expect(Buffer.from(last?.body as Uint8Array).toString('utf8')).toBe('{"ä":1}');
    expect(last?.headers.get('if-none-match')).toBeUndefined();
  });
});
