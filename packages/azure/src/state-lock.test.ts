import { expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createStateLock } from './state-lock.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

/** Answers in this order. */
function start(...answers: readonly FakeAnswer[]) {
  const { requests, httpClient } = fakeAzure((_, index) => answers[index] ?? 'none');
  const lock = createStateLock(fakeCredential, {
    account: 'stcontoso',
    container: 'tfstate',
    key: 'contoso/dev/westeurope.tfstate',
    cloud: clouds.public,
    identity: { name: 'apply identity of dev', clientId: 'c2' },
    clock: eagerClock(),
    httpClient,
  });
  return { lock, requests };
}

const noted: FakeAnswer = { status: 200, headers: { 'x-ms-meta-terraformlockid': 'e30=', 'x-ms-meta-team': 'a' } };

test('released by its own id, and the note goes, everything else of the metadata stays', async () => {
  const { lock, requests } = start({ status: 200 }, noted, { status: 200 });
  expect(await lock.release('lock-1')).toBe(true);
  expect(requests.map(({ method, url }) => `${method} ${new URL(url).search}`)).toEqual([
    'PUT ?comp=lease',
    'HEAD ',
    'PUT ?comp=metadata',
  ]);
  const [release, , metadata] = requests.map(({ headers }) => headers);
  expect(release?.get('x-ms-lease-action')).toBe('release');
  expect(release?.get('x-ms-lease-id')).toBe('lock-1');
  expect(metadata?.get('x-ms-meta-team')).toBe('a');
  expect(metadata?.get('x-ms-meta-terraformlockid')).toBeUndefined();
  expect(metadata?.get('x-ms-lease-id')).toBeUndefined();
});

test.each([409, 412])('held by somebody else by now (%s): nothing else is done', async status => {
  const { lock, requests } = start({ status, headers: { 'x-ms-error-code': 'LeaseIdMismatchWithLeaseOperation' } });
  expect(await lock.release('lock-1')).toBe(false);
  expect(requests).toHaveLength(1);
});

test('locked again between the two: its note stays', async () => {
  const { lock } = start({ status: 200 }, noted, { status: 412, headers: { 'x-ms-error-code': 'LeaseIdMissing' } });
  expect(await lock.release('lock-1')).toBe(true);
});
