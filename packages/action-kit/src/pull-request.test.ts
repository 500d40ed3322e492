import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readPullRequest } from './pull-request.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'event-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (event: unknown) => {
  const file = join(folder, 'event.json');
  writeFileSync(file, typeof event === 'string' ? event : JSON.stringify(event));
  return readPullRequest(file, 'contoso/platform');
};
const event = (head: object, more: object = {}) => ({
  action: 'synchronize',
  pull_request: { number: 7, head: { sha: 'a1', ...head }, base: { sha: 'b2' }, user: { login: 'mona' }, ...more },
});

test('what a pull request event says', () => {
  expect(read(event({ repo: { full_name: 'Contoso/platform' } }))).toEqual({
    number: 7,
    action: 'synchronize',
    headSha: 'a1',
    baseSha: 'b2',
    merged: false,
    author: 'mona',
    fromFork: false,
  });
  expect(read(event({ repo: { full_name: 'contoso/platform' } }, { merged: true }))?.merged).toBe(true);
});

test.each([
  ['another repository', { repo: { full_name: 'mallory/platform' } }],
  ['a repository that was deleted', { repo: null }],
])('a branch in %s is a fork', (_, head) => {
  expect(read(event(head))?.fromFork).toBe(true);
});

test.each([
  ['a push', { ref: 'refs/heads/main', after: 'a1' }],
  ['a pull request without commits', { pull_request: { number: 7 } }],
  ['a number that is none', event({}, { number: '7' })],
  ['no JSON', 'nothing'],
])('%s has none', (_, content) => {
  expect(read(content)).toBeUndefined();
});

test('no file has none', () => {
  expect(readPullRequest(undefined, 'a/b')).toBeUndefined();
  expect(readPullRequest(join(folder, 'gone.json'), 'a/b')).toBeUndefined();
});
