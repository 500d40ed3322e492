import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { makeRequest } from '../network/http.ts';
import { startGitHub, type TestGitHub } from './testing.ts';

let hub: TestGitHub;
let sha: string;

beforeAll(async () => {
  hub = await startGitHub();
  sha = await hub.repository.resolve('main');
});

afterAll(() => hub.close());

const read = () => hub.job({ contents: 'read' });
const fetchArchive = (address: string) => hub.api.archives(makeRequest('GET', address));

test.each(['/tarball', '/tarball/main', '/tarball/refs/heads/main', 'sha'])('%s leads to the archive', async where => {
  const path = where === 'sha' ? `/tarball/${sha}` : where;
  const { status, headers } = await hub.call(read(), 'GET', path);
  expect([status, headers['location']]).toEqual([
    302,
    expect.stringMatching(/^https:\/\/codeload\.github\.com\/.+\?token=/),
  ]);
  const answer = await fetchArchive(headers['location'] ?? '');
  const listing = execFileSync('tar', ['-tz'], { input: answer.body as Buffer, encoding: 'utf8' });
  expect(listing.split('\n')).toContain(`octo-org-platform-${sha.slice(0, 7)}/docs/a b.md`);
});

test('an address ends after five minutes and is of one repository', async () => {
  const { headers } = await hub.call(read(), 'GET', '/tarball/main');
  const address = headers['location'] ?? '';
  expect((await fetchArchive(address.replace('/main', '/none'))).status).toBe(404);
  expect((await fetchArchive(address.replace(/\?.*/, ''))).status).toBe(404);
  hub.clock.advance(300_000);
  expect((await fetchArchive(address)).status).toBe(404);
});

test('what a token may not read it gets no address of', async () => {
  expect((await hub.call(hub.job({ actions: 'read' }), 'GET', '/tarball/main')).status).toBe(403);
  expect((await hub.call(read(), 'GET', '/tarball/none')).status).toBe(404);
});

test('a branch’s reference', async () => {
  const get = (ref: string) => hub.call(read(), 'GET', `/git/ref/${ref}`);
  expect((await get('heads/main')).body).toMatchObject({ ref: 'refs/heads/main', object: { sha, type: 'commit' } });
  expect((await get('heads%2Fmain')).body.object.sha).toBe(sha);
  expect((await get('heads/none')).status).toBe(404);
  expect((await get('main')).status).toBe(404);
});
