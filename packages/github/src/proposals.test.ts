import { expect, test } from '@jest/globals';
import { createProposals } from './proposals.ts';
import { createRequests } from './requests.ts';
import { type StubAnswer, stubGitHub } from './testing/stub.ts';

const repository = 'contoso/platform';
const pull = {
  number: 12,
  state: 'open',
  user: { login: 'github-actions[bot]' },
  title: 't',
  body: null,
  html_url: 'https://github.com/contoso/platform/pull/12',
  merged_at: null,
  head: { ref: 'bot/a', repo: { full_name: 'Contoso/platform' } },
};
const read = { number: 12, state: 'open', author: 'github-actions[bot]', title: 't', body: '', url: pull.html_url };
const open = (answer: (path: string) => StubAnswer) => {
  const { options, requests } = stubGitHub(({ path }) => answer(path));
  return { proposals: createProposals(createRequests(options), repository), requests };
};

test('pull requests of a branch are those of this repository, whatever else has a branch of that name', async () => {
  const fork = { ...pull, number: 13, head: { ...pull.head, repo: { full_name: 'eve/platform' } } };
  const merged = { ...pull, number: 11, state: 'closed', merged_at: '2026-11-28T05:00:00Z' };
  const { proposals, requests } = open(() => ({ body: [fork, pull, merged] }));
  expect(await proposals.pullsFrom('bot/a')).toEqual([read, { ...read, number: 11, state: 'merged' }]);
  expect(requests[0]?.path).toContain('head=contoso%3Abot%2Fa&state=all');
});

test('branches by their beginning, and what one has that another has not', async () => {
  const { proposals } = open(path =>
    path.includes('matching-refs')
      ? { body: [{ ref: 'refs/heads/bot/a', object: { sha: '1' } }] }
      : {
          body: {
            total_commits: path.includes('many') ? 251 : 1,
            commits: [{ sha: '1', author: null, commit: { message: 'm' } }],
          },
        },
  );
  expect([...(await proposals.branches('bot/'))]).toEqual([['bot/a', '1']]);
  expect(await proposals.ahead('main', 'bot/a')).toEqual([{ sha: '1', author: '', message: 'm' }]);
  expect(await proposals.ahead('main', 'many')).toBeUndefined();
});

test('what is gone is not deleted again', async () => {
  for (const [status, message] of [
    [422, 'Reference does not exist'],
    [404, 'Not Found'],
  ] as const) {
    await open(() => ({ status, body: { message } })).proposals.deleteBranch('bot/a');
  }
  const refused = open(() => ({ status: 403, body: { message: 'Resource not accessible by integration' } }));
  await expect(refused.proposals.deleteBranch('bot/a')).rejects.toThrow('may not delete the branch bot/a');
});

test('a setting that keeps Actions from opening pull requests is named', async () => {
  const message = 'GitHub Actions is not permitted to create or approve pull requests.';
  const { proposals } = open(() => ({ status: 403, body: { message } }));
  const error = await proposals.open({ title: 't', body: 'b', branch: 'bot/a', base: 'main' }).catch(caught => caught);
  expect(error.problems[0]).toEqual({
    message: 'The settings of this repository do not let GitHub Actions open pull requests.',
    remedy: expect.stringContaining('Allow GitHub Actions to create and approve pull requests'),
  });
});
