import { describe, expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createEnvironmentLease, type RunNote } from './environment-lease.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

const id = '11111111-1111-4111-8111-111111111111';
const url = 'https://stcontoso.blob.core.windows.net/tfstate/contoso/dev/westeurope.tfstate.run';
const note: RunNote = {
  run: 'https://github.com/o/r/actions/runs/7',
  runId: '7',
  actor: 'mona',
  command: 'apply',
  startedAt: '2026-11-23T05:00:00.000Z',
};
const noteHeaders = {
  'x-ms-meta-run': note.run,
  'x-ms-meta-runid': '7',
  'x-ms-meta-actor': 'mona',
  'x-ms-meta-command': 'apply',
  'x-ms-meta-started': note.startedAt,
};

const refusal = (status: number, code: string): FakeAnswer => ({ status, headers: { 'x-ms-error-code': code } });
const noBlob = refusal(404, 'BlobNotFound');
const leased = refusal(409, 'LeaseAlreadyPresent');

/** Answers in this order; the last one stays. */
function start(...answers: readonly (FakeAnswer | string)[]) {
  const { requests, httpClient } = fakeAzure((_, index) => answers[Math.min(index, answers.length - 1)] ?? 'none');
  const lease = createEnvironmentLease(fakeCredential, {
    account: 'stcontoso',
    container: 'tfstate',
    key: 'contoso/dev/westeurope.tfstate',
    cloud: clouds.public,
    identity: { name: 'apply identity of dev', clientId: 'c2' },
    clock: eagerClock(),
    httpClient,
  });
  const asked = () =>
    requests.map(({ method, url: full, headers }) => {
      const what = headers.get('x-ms-lease-action') ?? '';
      return [method, full.replace(url, ''), what].join(' ').trim();
    });
  return { lease, requests, asked };
}

describe('look', () => {
  test.each([
    ['no blob', noBlob, { state: 'free' }],
    ['held', { status: 200, headers: { ...noteHeaders, 'x-ms-lease-status': 'locked' } }, { state: 'held', note }],
    ['held, not signed yet', { status: 200, headers: { 'x-ms-lease-status': 'locked' } }, { state: 'held' }],
    [
      'run out',
      { status: 200, headers: { ...noteHeaders, 'x-ms-lease-status': 'unlocked' } },
      { state: 'abandoned', note },
    ],
    ['made, not taken yet', { status: 200, headers: { 'x-ms-lease-status': 'unlocked' } }, { state: 'free' }],
  ])('%s', async (_, answer, expected) => {
    const { lease, asked } = start(answer);
    expect(await lease.look()).toEqual(expected.state === 'held' ? { note: undefined, ...expected } : expected);
    expect(asked()).toEqual(['HEAD']);
  });

  test('a note is text of others: bounded, and nothing in it moves a terminal', async () => {
    const headers = { ...noteHeaders, 'x-ms-meta-run': `\u001b[31m${'x'.repeat(5000)}`, 'x-ms-lease-status': 'locked' };
    const seen = await start({ status: 200, headers }).lease.look();
    const run = seen.state === 'held' ? (seen.note?.run ?? '') : '';
    expect(run).toHaveLength(300);
    expect(run).not.toContain('\u001b');
  });
});

describe('take', () => {
  test('makes the blob, leases it for 60 s, and signs it', async () => {
    const { lease, asked, requests } = start(noBlob, { status: 201 }, { status: 201 }, { status: 200 });
    expect(await lease.take(id, { ...note, actor: 'mona lisé' })).toBeDefined();
    expect(asked()).toEqual(['PUT ?comp=lease acquire', 'PUT', 'PUT ?comp=lease acquire', 'PUT ?comp=metadata']);
    expect(requests[1]?.headers.get('if-none-match')).toBe('*');
    expect(requests[2]?.headers.get('x-ms-lease-duration')).toBe('60');
    expect(requests[2]?.headers.get('x-ms-proposed-lease-id')).toBe(id);
    const signed = requests[3]?.headers;
    expect(signed?.get('x-ms-lease-id')).toBe(id);
    expect(Object.keys(noteHeaders).map(name => signed?.get(name))).toEqual([
      note.run,
      '7',
      'mona lis?',
      'apply',
      note.startedAt,
    ]);
  });

  test('a blob that an earlier run left is leased as it is', async () => {
    const { lease, asked } = start({ status: 201 }, { status: 200 });
    expect(await lease.take(id, note)).toBeDefined();
    expect(asked()).toEqual(['PUT ?comp=lease acquire', 'PUT ?comp=metadata']);
  });

  test.each([
    ['somebody holds it', [leased]],
    ['somebody was quicker with the new blob', [noBlob, refusal(409, 'BlobAlreadyExists'), leased]],
    ['somebody took and released it in between', [noBlob, { status: 201 }, noBlob]],
    ['it was lost before it was signed', [{ status: 201 }, refusal(412, 'LeaseIdMismatchWithBlobOperation')]],
  ] as const)('%s', async (_, answers) => {
    expect(await start(...answers).lease.take(id, note)).toBeUndefined();
  });

  test('an answer that was lost does not matter: the same id is asked for again', async () => {
    const { lease, requests } = start('ECONNRESET', { status: 201 }, { status: 200 });
    expect(await lease.take(id, note)).toBeDefined();
    expect(requests.slice(0, 2).map(({ headers }) => headers.get('x-ms-proposed-lease-id'))).toEqual([id, id]);
  });

  test('whoever may not write learns it at once', async () => {
    const { lease } = start(refusal(403, 'AuthorizationPermissionMismatch'));
    await expect(lease.take(id, note)).rejects.toThrow(/may not write blobs.*Storage Blob Data Contributor/);
  });
});

describe('a held lease', () => {
  const hold = async (...answers: readonly (FakeAnswer | string)[]) => {
    const started = start({ status: 201 }, { status: 200 }, ...answers);
    const held = await started.lease.take(id, note);
    if (held === undefined) throw new Error('It was not taken.');
    return { ...started, held };
  };

  test('is renewed with its id', async () => {
    const { held, requests, asked } = await hold({ status: 200 });
    expect(await held.renew()).toBe(true);
    expect(asked()[2]).toBe('PUT ?comp=lease renew');
    expect(requests[2]?.headers.get('x-ms-lease-id')).toBe(id);
  });

  test.each([
    refusal(409, 'LeaseIdMismatchWithLeaseOperation'),
    refusal(409, 'LeaseIsBrokenAndCannotBeRenewed'),
    refusal(412, 'LeaseLost'),
    noBlob,
  ])('is lost: %j', async answer => expect(await (await hold(answer)).held.renew()).toBe(false));

  test('an outage is no loss', async () => {
    await expect((await hold({ status: 503 })).held.renew()).rejects.toThrow(/kept answering 503/);
  });

  test('is released with its note, and what is another’s is left to it', async () => {
    const { held, requests } = await hold({ status: 202 });
    await held.release();
    expect(requests[2]).toMatchObject({ method: 'DELETE', url });
    expect(requests[2]?.headers.get('x-ms-lease-id')).toBe(id);
    for (const answer of [noBlob, refusal(412, 'LeaseIdMismatchWithBlobOperation')]) {
      await (await hold(answer)).held.release();
    }
  });
});
