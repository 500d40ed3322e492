import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { clouds } from './clouds.ts';
import { createPlanStore } from './plan-store.ts';
import { eagerClock } from './testing/eager-clock.ts';
import { type FakeAnswer, fakeAzure, fakeCredential } from './testing/fake-azure.ts';

const host = 'https://stcontoso.blob.core.windows.net';
const key = 'contoso/dev/westeurope/7-1-x.tfplan';

function start(answer: (index: number) => FakeAnswer | string) {
  const { requests, httpClient } = fakeAzure((_, index) => answer(index));
  const store = createPlanStore(fakeCredential, {
    account: 'stcontoso',
    cloud: clouds.public,
    identity: { name: 'plan identity of dev', clientId: 'c1' },
    clock: eagerClock(),
    httpClient,
  });
  return { store, requests };
}

const refusal = (status: number, code: string): FakeAnswer => ({ status, headers: { 'x-ms-error-code': code } });

describe('add', () => {
  test('a new block blob with its metadata, over nothing that is there', async () => {
    const { store, requests } = start(() => ({ status: 201 }));
    expect(await store.add(() => key, Buffer.from('plan'), { run: '7', commit: 'abc' })).toEqual({ key });
    const [sent] = requests;
    expect(sent).toMatchObject({ method: 'PUT', url: `${host}/plans/${key}`, body: Buffer.from('plan') });
    const header = (name: string) => sent?.headers.get(name);
    expect(['x-ms-blob-type', 'if-none-match', 'x-ms-meta-run', 'x-ms-meta-commit'].map(header)).toEqual([
      'BlockBlob',
      '*',
      '7',
      'abc',
    ]);
  });

  test('each attempt has another key: whether the last one arrived cannot be asked', async () => {
    const { store, requests } = start(index => (index === 0 ? 'ECONNRESET' : { status: 201 }));
    let next = 0;
    expect(await store.add(() => `p/${++next}`, Buffer.from('plan'), {})).toEqual({ key: 'p/2' });
    expect(requests.map(({ url }) => url)).toEqual([`${host}/plans/p/1`, `${host}/plans/p/2`]);
  });

  test.each([
    [refusal(404, 'ContainerNotFound'), /container plans does not exist.*az storage container create/],
    [refusal(403, 'AuthorizationPermissionMismatch'), /may not write blobs.*AKS Platform Plan File Writer/],
  ])('an account that nobody prepared says why: %j', async (answer, reason) => {
    const added = await start(() => answer).store.add(() => key, Buffer.from('plan'), {});
    expect('refused' in added ? added.refused.message : '').toMatch(reason);
  });

  test.each([
    [refusal(403, 'AuthorizationFailure'), /refuses this runner's network/],
    [refusal(409, 'BlobAlreadyExists'), /answered 409/],
    [refusal(404, 'ResourceNotFound'), /answered 404/],
    [{ status: 503 }, /kept answering 503/],
  ] as const)('everything else fails: %j', async (answer, reason) => {
    await expect(start(() => answer).store.add(() => key, Buffer.from('plan'), {})).rejects.toThrow(reason);
  });
});

describe('download', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'plan-store-'));
    file = join(folder, 'plan.tfplan');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const pieces = [Buffer.from([0, 1, 2, 255]), Buffer.from('second')];
  const content = Buffer.concat(pieces);
  const whole: FakeAnswer = {
    status: 200,
    headers: { 'content-length': String(content.length), 'X-Ms-Meta-Run': '7' },
    pieces,
  };
  const sha256 = createHash('sha256').update(content).digest('hex');

  test('into a file for nobody else, counted and hashed on the way', async () => {
    const { store, requests } = start(() => whole);
    expect(await store.download(key, file)).toEqual({ sha256, metadata: { run: '7' } });
    expect(requests[0]).toMatchObject({ method: 'GET', url: `${host}/plans/${key}` });
    expect(await readFile(file)).toEqual(content);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test('what lies there is replaced, not written through', async () => {
    const other = join(folder, 'other');
    await writeFile(other, 'mine', { mode: 0o644 });
    await rm(file, { force: true });
    await symlink(other, file);
    await start(() => whole).store.download(key, file);
    expect(await readFile(other, 'utf8')).toBe('mine');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['breaks', { ...whole, pieces: [content.subarray(0, 4), 'ECONNRESET'] }],
    ['ends early', { ...whole, pieces: [content.subarray(0, 4)] }],
  ])('one that %s is begun again', async (_, broken) => {
    const { store, requests } = start(index => (index === 0 ? broken : whole));
    expect(await store.download(key, file)).toMatchObject({ sha256 });
    expect(requests).toHaveLength(2);
    expect(await readFile(file)).toEqual(content);
    await expect(start(() => broken).store.download(key, file)).rejects.toThrow(/could not be reached|of 10 bytes/);
  });

  test('gone', async () => {
    expect(await start(() => refusal(404, 'BlobNotFound')).store.download(key, file)).toBeUndefined();
  });

  test('larger than any plan: not a byte is written', async () => {
    const headers = { 'content-length': String(300 * 1024 * 1024) };
    const { store, requests } = start(() => ({ status: 200, headers, pieces }));
    await expect(store.download(key, file)).rejects.toThrow(/larger than 256 MiB/);
    expect(requests).toHaveLength(1);
  });

  test('a file that cannot be written is no broken connection', async () => {
    const { store, requests } = start(() => whole);
    await expect(store.download(key, join(folder, 'absent', 'plan'))).rejects.toThrow(/could not be written to/);
    expect(requests).toHaveLength(1);
  });

  test('whoever may not read learns which role it takes', async () => {
    const { store } = start(() => refusal(403, 'AuthorizationPermissionMismatch'));
    await expect(store.download(key, file)).rejects.toThrow(
      /may not read blobs in the container plans.*AKS Platform Plan File Applier/,
    );
  });
});

describe('list and remove', () => {
  const blob = (name: string, modified: string) =>
    `<Blob><Name>${name}</Name><Properties><Last-Modified>${modified}</Last-Modified></Properties></Blob>`;
  const page = (blobs: string, next: string) =>
    `<?xml version="1.0"?><EnumerationResults><Blobs>${blobs}</Blobs>${next === '' ? '<NextMarker />' : `<NextMarker>${next}</NextMarker>`}</EnumerationResults>`;

  test('page by page, with names as they were', async () => {
    const pages = [
      page(blob('p/a&amp;b', 'Mon, 23 Nov 2026 05:00:00 GMT') + blob('p/broken', 'yesterday'), '2!8&lt;&#47;'),
      page(blob('p/c', 'Tue, 24 Nov 2026 05:00:00 GMT'), ''),
    ];
    const { store, requests } = start(index => ({ status: 200, text: pages[index] ?? '' }));
    expect(await store.list('p/')).toEqual([
      { key: 'p/a&b', modifiedAt: Date.UTC(2026, 10, 23, 5) },
      { key: 'p/c', modifiedAt: Date.UTC(2026, 10, 24, 5) },
    ]);
    expect(requests.map(({ url }) => new URL(url).searchParams.get('marker'))).toEqual([null, '2!8</']);
    expect(requests[0]?.url).toBe(`${host}/plans?restype=container&comp=list&prefix=p%2F`);
  });

  test('one that is gone already is fine', async () => {
    const { store, requests } = start(index => (index === 0 ? { status: 202 } : refusal(404, 'BlobNotFound')));
    await store.remove(key);
    await store.remove(key);
    expect(requests.map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });
});
