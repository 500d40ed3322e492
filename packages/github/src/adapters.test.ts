import { describe, expect, test } from '@jest/globals';
import { createCheckRun, readFailures } from './check-runs.ts';
import { createConversation } from './comments.ts';
import { readEnvironments } from './environments.ts';
import { readPull } from './pulls.ts';
import { createRequests } from './requests.ts';
import { readRun } from './runs.ts';
import { readDefaultBranch, readSubjectTemplate } from './subjects.ts';
import { stubGitHub } from './testing/stub.ts';

const repository = 'contoso/platform';

test.each([
  ['open', { state: 'open', merged: false, merge_commit_sha: 'trial' }, 'open', undefined],
  ['merged', { state: 'closed', merged: true, merge_commit_sha: 'm1' }, 'merged', 'm1'],
  ['closed', { state: 'closed', merged: false, merge_commit_sha: 'trial' }, 'closed', undefined],
])('a pull request that is %s', async (_, answer, state, mergeSha) => {
  const { options } = stubGitHub(() => ({ body: { number: 7, head: { sha: 'h1' }, ...answer } }));
  expect(await readPull(createRequests(options), repository, 7)).toEqual({ headSha: 'h1', state, mergeSha });
});

test.each([
  ['a page', '<html></html>'],
  ['nothing', {}],
  ['another one', { number: 8, head: { sha: 'h1' }, state: 'open' }],
  ['one without a state', { number: 7, head: { sha: 'h1' } }],
  ['one without a head', { number: 7, state: 'closed', merged: true }],
])('%s is no pull request, and not a closed one', async (_, body) => {
  const { options } = stubGitHub(() => ({ body }));
  await expect(readPull(createRequests(options), repository, 7)).rejects.toThrow('was not GitHub’s API');
});

test('a comment that was not written is not taken for one', async () => {
  const { options } = stubGitHub(() => ({ body: '<html></html>' }));
  const conversation = createConversation(createRequests(options), repository, 7);
  const error = await conversation.create('x').catch(caught => caught);
  // Looking again shows whether it is there.
  expect([error.isWrite, error.retry]).toEqual([true, { retry: true }]);
});

test('a conversation', async () => {
  const { options, requests } = stubGitHub(({ method, path }) => {
    if (path === '/graphql') return { body: { data: { viewer: { login: 'github-actions[bot]' } } } };
    const comment = { id: 5, user: { login: 'github-actions[bot]' }, body: 'b', html_url: 'https://github.com/x#5' };
    if (method === 'DELETE') return { status: 204 };
    return { body: method === 'GET' ? [comment, { id: 6, user: null, body: null }] : comment };
  });
  const conversation = createConversation(createRequests(options), repository, 7);
  const mine = { id: 5, author: 'github-actions[bot]', body: 'b', url: 'https://github.com/x#5' };
  expect(await conversation.viewer()).toBe('github-actions[bot]');
  // A person who left GitHub has no login.
  expect(await conversation.list()).toEqual([mine, { id: 6, author: '', body: '', url: '' }]);
  expect(await conversation.create('new')).toEqual(mine);
  expect(await conversation.update(5, 'newer')).toEqual(mine);
  await conversation.remove(5);
  expect(requests.slice(2).map(({ method, path, body }) => [method, path, body])).toEqual([
    ['POST', '/repos/contoso/platform/issues/7/comments', { body: 'new' }],
    ['PATCH', '/repos/contoso/platform/issues/comments/5', { body: 'newer' }],
    ['DELETE', '/repos/contoso/platform/issues/comments/5', undefined],
  ]);
});

test('environments and their protection', async () => {
  const environments = [
    { name: 'dev', protection_rules: [], deployment_branch_policy: null },
    {
      name: 'prod',
      protection_rules: [
        { type: 'wait_timer', wait_timer: 30 },
        { type: 'required_reviewers', prevent_self_review: true, reviewers: [{ type: 'User' }, { type: 'Team' }] },
        { type: 'branch_policy' },
      ],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    },
    {
      name: 'staging',
      protection_rules: [],
      deployment_branch_policy: { protected_branches: true, custom_branch_policies: false },
    },
  ];
  const { options } = stubGitHub(() => ({ body: { total_count: 3, environments } }));
  expect(await readEnvironments(createRequests(options), repository)).toEqual([
    { name: 'dev', reviewers: 0, preventsSelfReview: false, waitMinutes: 0, branches: 'any' },
    { name: 'prod', reviewers: 2, preventsSelfReview: true, waitMinutes: 30, branches: 'selected' },
    { name: 'staging', reviewers: 0, preventsSelfReview: false, waitMinutes: 0, branches: 'protected' },
  ]);
});

describe('a check run', () => {
  test('sends 50 annotations at a time', async () => {
    const { options, requests } = stubGitHub(() => ({ body: { id: 9 } }));
    const annotations = Array.from({ length: 120 }, (_, index) => ({
      path: 'platform.yaml',
      line: index + 1,
      level: 'warning' as const,
      title: 't',
      message: 'm',
    }));
    await createCheckRun(createRequests(options), repository, {
      name: 'Platform plan',
      headSha: 'h1',
      conclusion: 'failure',
      detailsUrl: undefined,
      title: 'T',
      summary: 'S',
      annotations,
    });
    const sent = requests.map(({ method, path, body }) => [
      method,
      path,
      (body as { output: { annotations: unknown[] } }).output.annotations.length,
    ]);
    expect(sent).toEqual([
      ['POST', '/repos/contoso/platform/check-runs', 50],
      ['PATCH', '/repos/contoso/platform/check-runs/9', 50],
      ['PATCH', '/repos/contoso/platform/check-runs/9', 20],
    ]);
    expect(requests[0]?.body).toMatchObject({ head_sha: 'h1', status: 'completed', conclusion: 'failure' });
    expect(requests[0]?.body).not.toHaveProperty('details_url');
  });
});

test('what a job says went wrong', async () => {
  const { options, requests } = stubGitHub(() => ({
    body: [
      { annotation_level: 'warning', message: 'It is Friday.' },
      { annotation_level: 'failure', message: 'The gate is closed.' },
      { annotation_level: 'failure', message: null },
      'nothing',
      { annotation_level: 'failure', message: 'It is late.' },
    ],
  }));
  expect(await readFailures(createRequests(options), repository, '5')).toEqual(['The gate is closed.', 'It is late.']);
  expect(requests[0]?.path).toMatch(/^\/repos\/contoso\/platform\/check-runs\/5\/annotations/);
});

test('a run and its jobs', async () => {
  const { options, requests } = stubGitHub(({ path }) =>
    path.includes('/jobs')
      ? {
          body: { total_count: 1, jobs: [{ id: 5, name: 'plan / Plan dev', conclusion: null, html_url: 'https://x' }] },
        }
      : { body: { run_started_at: '2026-11-26T05:00:00Z' } },
  );
  expect(await readRun(createRequests(options), repository, { id: '4711', attempt: '2' })).toEqual({
    startedAt: '2026-11-26T05:00:00Z',
    jobs: [{ id: '5', name: 'plan / Plan dev', conclusion: undefined, url: 'https://x' }],
  });
  expect(requests.map(({ path }) => path.split('?')[0]).sort()).toEqual([
    '/repos/contoso/platform/actions/runs/4711/attempts/2',
    '/repos/contoso/platform/actions/runs/4711/attempts/2/jobs',
  ]);
});

describe('how a repository writes subjects', () => {
  test.each([
    [
      'its own form',
      { use_default: true, sub_claim_prefix: 'repo:contoso@1/platform@2' },
      { prefix: 'repo:contoso@1/platform@2', claims: undefined },
    ],
    [
      'a template',
      { use_default: false, include_claim_keys: ['repo', 'context'], sub_claim_prefix: 'repo:contoso/platform' },
      { prefix: 'repo:contoso/platform', claims: ['repo', 'context'] },
    ],
    ['a server that tells no prefix', { use_default: true }, { prefix: 'repo:contoso/platform', claims: undefined }],
  ])('%s', async (_, body, expected) => {
    const { options, requests } = stubGitHub(() => ({ body }));
    expect(await readSubjectTemplate(createRequests(options), repository)).toEqual(expected);
    expect(requests[0]?.path).toBe('/repos/contoso/platform/actions/oidc/customization/sub');
  });

  test('the default branch', async () => {
    const { options } = stubGitHub(() => ({ body: { default_branch: 'trunk' } }));
    expect(await readDefaultBranch(createRequests(options), repository)).toBe('trunk');
  });
});
