import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGitHub, type TestGitHub } from '../testing.ts';

let hub: TestGitHub;

beforeAll(async () => {
  hub = await startGitHub();
  hub.repository.allowPulls(true);
});

afterAll(() => hub.close());

test('a job makes a branch, opens a pull request from it, changes it, and takes the branch away, which closes it', async () => {
  const { repository } = hub;
  const token = hub.job({ contents: 'write', 'pull-requests': 'write' });
  const main = await repository.resolve('main');
  const branch = await hub.call(token, 'POST', '/git/refs', { ref: 'refs/heads/bot/a', sha: main });
  expect(branch).toMatchObject({ status: 201, body: { ref: 'refs/heads/bot/a', object: { sha: main } } });
  const tip = await repository.commit({ branch: 'bot/a', message: 'Change', files: { 'platform.yaml': 'nodes: 4\n' } });
  const matching = await hub.call(token, 'GET', '/git/matching-refs/heads/bot/');
  expect(matching.body).toMatchObject([{ ref: 'refs/heads/bot/a', object: { sha: tip } }]);

  const asked = { title: 'Change it', body: 'Why', head: 'bot/a', base: 'main' };
  const { status, body: opened } = await hub.call(token, 'POST', '/pulls', asked);
  expect([status, opened]).toMatchObject([
    201,
    { title: 'Change it', body: 'Why', user: { login: 'github-actions[bot]' }, head: { ref: 'bot/a', sha: tip } },
  ]);
  await hub.call(token, 'PATCH', `/pulls/${opened.number}`, { title: 'Change that', body: 'Because' });
  expect(repository.pull(opened.number)).toMatchObject({ title: 'Change that', body: 'Because', state: 'open' });
  const listed = await hub.call(token, 'GET', '/pulls?state=all&head=octo-org:bot/a');
  expect(listed.body).toMatchObject([{ number: opened.number }]);
  expect((await hub.call(token, 'GET', '/pulls?state=all&head=octo-org:bot/b')).body).toEqual([]);

  expect((await hub.call(token, 'DELETE', '/git/refs/heads/bot/a')).status).toBe(204);
  expect(repository.pull(opened.number)).toMatchObject({ state: 'closed' });
});
