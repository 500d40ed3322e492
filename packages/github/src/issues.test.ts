import { expect, test } from '@jest/globals';
import { createIssueTracker } from './issues.ts';
import { listOpenPulls } from './pulls.ts';
import { createRequests } from './requests.ts';
import { stubGitHub } from './testing/stub.ts';

const repository = 'contoso/platform';
const issue = {
  number: 12,
  state: 'open',
  user: { login: 'github-actions[bot]' },
  body: 'b',
  html_url: 'https://github.com/contoso/platform/issues/12',
};
const read = { number: 12, state: 'open', author: 'github-actions[bot]', body: 'b', url: issue.html_url };

test('issues are listed by label without pull requests, opened with it, changed and commented on', async () => {
  const { options, requests } = stubGitHub(({ method }) => ({
    body: method === 'GET' ? [issue, { ...issue, number: 11, pull_request: {} }] : issue,
  }));
  const tracker = createIssueTracker(createRequests(options), repository);
  expect(await tracker.list('platform-drift')).toEqual([read]);
  expect(await tracker.open({ title: 't', body: 'b', label: 'platform-drift' })).toEqual(read);
  expect(await tracker.change(12, { state: 'closed' })).toEqual(read);
  await tracker.comment(12, 'Clean.');
  expect(requests.map(({ method, path, body }) => [method, path, body])).toEqual([
    ['GET', '/repos/contoso/platform/issues?per_page=100&page=1&labels=platform-drift&state=all', undefined],
    ['POST', '/repos/contoso/platform/issues', { title: 't', body: 'b', labels: ['platform-drift'] }],
    ['PATCH', '/repos/contoso/platform/issues/12', { state: 'closed' }],
    ['POST', '/repos/contoso/platform/issues/12/comments', { body: 'Clean.' }],
  ]);
});

test.each([
  [
    403,
    'Resource not accessible by integration',
    { 'x-accepted-github-permissions': 'issues=write' },
    'The token may not open the issue “t”: Resource not accessible by integration. Add `issues: write` to the `permissions:`',
  ],
  [
    410,
    'Issues has been disabled in this repository.',
    {},
    'GitHub refused to open the issue “t”: Issues has been disabled in this repository. Switch on Issues in the settings of the repository',
  ],
  [404, 'Not Found', {}, 'This job could not open the issue “t”: GitHub shows its token no such thing.'],
])('what %d means is said', async (status, message, headers, expected) => {
  const { options } = stubGitHub(() => ({ status, headers, body: { message } }));
  const tracker = createIssueTracker(createRequests(options), repository);
  const error = await tracker.open({ title: 't', body: 'b', label: 'l' }).catch(caught => caught);
  const [{ message: said, remedy }] = error.problems;
  expect(`${said} ${remedy}`).toContain(expected);
});

test('an answer that is no issue is not taken for one', async () => {
  const { options } = stubGitHub(() => ({ body: '<html></html>' }));
  const tracker = createIssueTracker(createRequests(options), repository);
  const error = await tracker.open({ title: 't', body: 'b', label: 'l' }).catch(caught => caught);
  expect([error.isWrite, error.retry]).toEqual([true, { retry: true }]);
});

test('open pull requests of the repository itself', async () => {
  const pull = (number: number, repo: object | null) => ({
    number,
    title: `t${number}`,
    html_url: `https://github.com/contoso/platform/pull/${number}`,
    head: { sha: `h${number}`, repo },
  });
  const { options } = stubGitHub(() => ({
    body: [pull(3, { full_name: 'Contoso/platform' }), pull(2, { full_name: 'eve/platform' }), pull(1, null)],
  }));
  expect(await listOpenPulls(createRequests(options), repository)).toEqual([
    { number: 3, title: 't3', url: 'https://github.com/contoso/platform/pull/3', headSha: 'h3' },
  ]);
});
