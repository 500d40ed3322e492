import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGitHub, type TestGitHub } from '../testing.ts';

let hub: TestGitHub;
const shas: Record<string, string> = {};

/** `main`: first, second; `topic`: first, one, two. */
beforeAll(async () => {
  hub = await startGitHub();
  const { repository } = hub;
  shas['first'] = await repository.resolve('main');
  const commit = async (name: string, branch: string) => {
    hub.clock.advance(60_000);
    const files = { [name]: name };
    shas[name] = await repository.commit({ branch, message: `Add ${name}\n\nWhy`, author: 'mona', files });
  };
  await commit('one', 'topic/a');
  await commit('two', 'topic/a');
  await commit('second', 'main');
});

afterAll(() => hub.close());

const get = (where: string) => hub.call(hub.job({ contents: 'read' }), 'GET', where);

describe('comparison', () => {
  test.each([
    ['second', 'second', 'identical', [0, 0], 'second', []],
    ['first', 'two', 'ahead', [2, 0], 'first', ['one', 'two']],
    ['two', 'one', 'behind', [0, 1], 'one', []],
    ['second', 'two', 'diverged', [2, 1], 'first', ['one', 'two']],
  ])('%s...%s is %s', async (base, head, status, [ahead, behind], mergeBase, commits) => {
    const { body } = await get(`/compare/${shas[base]}...${shas[head]}`);
    expect(body).toMatchObject({
      status,
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      base_commit: { sha: shas[base] },
      merge_base_commit: { sha: shas[mergeBase] },
    });
    expect(body.commits.map(({ sha }: { sha: string }) => sha)).toEqual(commits.map(name => shas[name]));
  });

  test.each(['main...topic/a', 'main...topic%2Fa', 'refs/heads/main...heads/topic/a'])(
    'by names: %s',
    async basehead => {
      expect((await get(`/compare/${basehead}`)).body).toMatchObject({ status: 'diverged', ahead_by: 2 });
    },
  );

  test('comes in pages when they are asked for', async () => {
    const answer = await get(`/compare/${shas['first']}...topic%2Fa?per_page=1&page=2`);
    expect(answer.body).toMatchObject({ total_commits: 2, commits: [{ sha: shas['two'] }] });
    expect(answer.headers['link']).toContain('rel="prev"');
  });

  test('across forks is refused by name', async () => {
    await expect(get('/compare/main...eve:topic')).rejects.toThrow(
      "The sandbox's GitHub does not play comparisons across forks: eve:topic.",
    );
  });
});

test('the commits up to a ref that touch a path, the newest first', async () => {
  const list = async (query: string) => (await get(`/commits?${query}`)).body.map(({ sha }: { sha: string }) => sha);
  expect(await list('sha=topic%2Fa')).toEqual([shas['two'], shas['one'], shas['first']]);
  expect(await list(`sha=${shas['two']}&path=one&per_page=1`)).toEqual([shas['one']]);
  expect(await list('path=one')).toEqual([]);
  expect((await get('/commits?sha=nowhere')).status).toBe(404);
  await expect(get('/commits?author=mona')).rejects.toThrow('does not play a list of commits by author');
});

test('a commit, and its git object', async () => {
  const text = { message: 'Add two\n\nWhy', author: { name: 'mona', date: '2026-11-23T05:02:00Z' } };
  expect((await get('/commits/topic%2Fa')).body).toMatchObject({
    sha: shas['two'],
    html_url: `https://github.com/octo-org/platform/commit/${shas['two']}`,
    commit: text,
    author: { login: 'mona' },
    parents: [{ sha: shas['one'] }],
  });
  expect((await get(`/git/commits/${shas['first']}`)).body).toMatchObject({ sha: shas['first'], parents: [] });
  expect((await get(`/git/commits/${shas['two']}`)).body).toMatchObject({ ...text, parents: [{ sha: shas['one'] }] });
});

test('a merge has both parents and is GitHub’s', async () => {
  const pull = await hub.repository.openPull({ title: 'T', branch: 'topic/a', author: 'mona' });
  const before = await hub.repository.resolve('main');
  const { mergeSha } = await hub.repository.closePull(pull.number, { merge: true, by: 'mona' });
  expect((await get(`/commits/${mergeSha}`)).body).toMatchObject({
    author: { login: 'mona' },
    committer: { login: 'web-flow' },
    parents: [{ sha: before }, { sha: shas['two'] }],
  });
  expect((await get(`/compare/${before}...${mergeSha}`)).body).toMatchObject({ status: 'ahead', ahead_by: 3 });
});
