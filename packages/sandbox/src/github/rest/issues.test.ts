import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGitHub, type TestGitHub } from '../testing.ts';

let hub: TestGitHub;

beforeAll(async () => {
  hub = await startGitHub();
  await hub.openPull();
});
afterAll(() => hub.close());

const issues = '/repos/octo-org/platform/issues';
const call = (method: string, where: string, body?: unknown) =>
  hub.send(hub.job({ issues: 'write' }), method, where, body);

test('an issue is opened, changed, commented on, closed and opened again', async () => {
  const opened = await call('POST', issues, { title: 'Drift', body: 'one', labels: ['platform-drift'] });
  // Pull request 1 was there before.
  expect([opened.status, opened.body.number, opened.body.user.login]).toEqual([201, 2, 'github-actions[bot]']);
  expect(opened.body.html_url).toBe('https://github.com/octo-org/platform/issues/2');
  await call('PATCH', `${issues}/2`, { body: 'two' });
  const comment = await call('POST', `${issues}/2/comments`, { body: 'Clean.' });
  expect(comment.body.html_url).toMatch(/\/issues\/2#issuecomment-/);
  const closed = await call('PATCH', `${issues}/2`, { state: 'closed', state_reason: 'completed' });
  expect([closed.body.state, closed.body.state_reason]).toEqual(['closed', 'completed']);
  expect((await call('GET', `${issues}?labels=platform-drift`)).body).toEqual([]);
  const again = await call('PATCH', `${issues}/2`, { state: 'open' });
  expect([again.body.state, again.body.state_reason, again.body.closed_at]).toEqual(['open', 'reopened', null]);
  expect(hub.repository.issues()).toMatchObject([
    {
      number: 2,
      title: 'Drift',
      state: 'open',
      labels: ['platform-drift'],
      revisions: [{ body: 'one' }, { body: 'two' }],
    },
  ]);
  expect(hub.repository.issues()[0]?.comments.map(({ body }) => body)).toEqual(['Clean.']);
});

test('a list holds pull requests too, unless a label is asked for', async () => {
  const numbers = async (query: string) =>
    (await call('GET', `${issues}?${query}`)).body.map((one: { number: number; pull_request?: object }) => [
      one.number,
      one.pull_request !== undefined,
    ]);
  expect(await numbers('state=all')).toEqual([
    [2, false],
    [1, true],
  ]);
  expect(await numbers('state=all&labels=platform-drift')).toEqual([[2, false]]);
  expect(await numbers('state=all&labels=other')).toEqual([]);
});

test('where issues are switched off the list is empty, and none is opened', async () => {
  hub.repository.allowIssues(false);
  expect(await call('GET', `${issues}?state=all`)).toMatchObject({ status: 200, body: [] });
  expect((await call('POST', issues, { title: 'x' })).status).toBe(410);
  hub.repository.allowIssues(true);
});
