import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Permissions } from './permissions.ts';
import { startGitHub, type TestGitHub } from './testing.ts';

let hub: TestGitHub;
beforeAll(async () => {
  hub = await startGitHub();
});
afterAll(() => hub.close());

const everything: Permissions = { contents: 'write', issues: 'write', 'pull-requests': 'write', actions: 'write' };

describe('what a job has used of its permissions', () => {
  test.each<readonly [string, Permissions, readonly (readonly [string, string, object?])[], Permissions]>([
    ['nothing at first', everything, [], {}],
    ['what it has read, though it might have written', everything, [['GET', '/commits/main']], { contents: 'read' }],
    [
      'what it has written, whatever it reads after that',
      everything,
      [
        ['POST', '/issues', { title: 'T', body: 'B' }],
        ['GET', '/issues'],
      ],
      { issues: 'write' },
    ],
    ['nothing where it was refused', { contents: 'read' }, [['POST', '/issues', { title: 'T' }]], {}],
    [
      'one of two that would do',
      { 'pull-requests': 'write' },
      [['GET', '/issues/1/comments']],
      { 'pull-requests': 'read' },
    ],
    ['nothing for what every token may see', everything, [['GET', '']], {}],
  ])('is %s', async (_, granted, requests, used) => {
    const token = hub.job(granted);
    for (const [method, path, body] of requests) await hub.call(token, method, path, body);
    expect(hub.github.usesOf(token)).toEqual(used);
  });
});
