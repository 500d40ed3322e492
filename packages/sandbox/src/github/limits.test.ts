import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startGitHub, type TestGitHub } from './testing.ts';

let hub: TestGitHub;
let token: string;

beforeEach(async () => {
  hub = await startGitHub();
  await hub.openPull();
  token = hub.job({ 'pull-requests': 'write' });
});

afterEach(() => hub.close());

const write = () => hub.call(token, 'POST', '/issues/1/comments', { body: 'x' });
const writeTimes = async (count: number) => {
  const statuses = new Set<number>();
  for (let index = 0; index < count; index++) statuses.add((await write()).status);
  return [...statuses];
};

describe('the secondary limit', () => {
  test('80 writes a minute pass, the next waits until the first is a minute old', async () => {
    expect(await writeTimes(40)).toEqual([201]);
    hub.clock.advance(20_000);
    expect(await writeTimes(40)).toEqual([201]);
    const refused = await write();
    expect(refused).toMatchObject({
      status: 403,
      headers: { 'retry-after': '40', 'x-ratelimit-remaining': '919' },
      body: {
        message: expect.stringMatching(/^You have exceeded a secondary rate limit and have been temporarily blocked/),
      },
    });
    expect(hub.repository.pull(1).comments).toHaveLength(80);
    // Reading goes on, and another token of the repository does not help.
    expect((await hub.call(token, 'GET', '/issues/1/comments')).status).toBe(200);
    token = hub.job({ 'pull-requests': 'write' });
    expect((await write()).status).toBe(403);
    expect(
      (await hub.call(hub.github.issuePersonalToken('mona'), 'POST', '/issues/1/comments', { body: 'x' })).status,
    ).toBe(201);
    hub.clock.advance(40_000);
    expect(await writeTimes(40)).toEqual([201]);
    expect((await write()).headers['retry-after']).toBe('20');
  });

  test('500 writes an hour pass', async () => {
    for (let minute = 0; minute < 10; minute++) {
      expect(await writeTimes(50)).toEqual([201]);
      hub.clock.advance(60_000);
    }
    expect(await write()).toMatchObject({ status: 403, headers: { 'retry-after': String(50 * 60) } });
    hub.clock.advance(50 * 60_000);
    expect((await write()).status).toBe(201);
  });

  test('counts mutations of GraphQL, and may be changed while the world runs', async () => {
    hub.limits.creationsPerMinute = 1;
    const id = hub.repository.comment(1, 'mona', 'x');
    const { node_id } = (await hub.call(token, 'GET', `/issues/comments/${id}`)).body;
    const minimize = () =>
      hub.query(
        token,
        'mutation ($id: ID!) { minimizeComment(input: { subjectId: $id, classifier: OUTDATED }) { clientMutationId } }',
        { id: node_id },
      );
    expect((await minimize()).body.errors).toBeUndefined();
    expect((await minimize()).status).toBe(403);
    expect((await hub.query(token, '{ viewer { login } }')).status).toBe(200);
  });
});

describe('the primary limit', () => {
  test('stops a repository’s tokens until the hour is over', async () => {
    hub.limits.jobRequests = 2;
    const read = () => hub.call(token, 'GET', '/pulls/1');
    await read();
    hub.clock.advance(600_000);
    expect((await read()).headers['x-ratelimit-remaining']).toBe('0');
    expect(await read()).toMatchObject({
      status: 403,
      headers: {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-used': '2',
        'x-ratelimit-reset': String(Date.UTC(2026, 10, 23, 6) / 1000),
      },
      body: { message: expect.stringMatching(/^API rate limit exceeded for /) },
    });
    expect((await hub.query(token, '{ viewer { login } }')).body.data.viewer.login).toBe('github-actions[bot]');
    hub.clock.advance(3_000_000);
    expect((await read()).status).toBe(200);
  });

  test('GraphQL says it with 200', async () => {
    hub.limits.jobRequests = 1;
    const ask = () => hub.query(token, '{ viewer { login } }');
    await ask();
    expect(await ask()).toMatchObject({
      status: 200,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-resource': 'graphql' },
      body: { errors: [{ type: 'RATE_LIMITED' }] },
    });
  });

  test.each([
    ['a person', () => hub.github.issuePersonalToken('mona'), '5000'],
    ['nobody', () => undefined, '60'],
  ])('of %s', async (_, who, limit) => {
    expect((await hub.call(who(), 'GET', '')).headers['x-ratelimit-limit']).toBe(limit);
  });
});
