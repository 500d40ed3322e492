import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { commitTree, signatureOf } from './git/commit.ts';
import { createGit } from './git/git.ts';
import type { Permissions } from './permissions.ts';
import { refusals } from './refusals.ts';
import { startGitHub, type TestGitHub } from './testing.ts';

let hub: TestGitHub;
let open: TestGitHub;
let comment: number;
let sha: string;
/** A commit that shares no history with the others. */
let orphan: string;

beforeAll(async () => {
  hub = await startGitHub();
  open = await startGitHub({ isPrivate: false });
  for (const one of [hub, open]) {
    await one.openPull();
    one.repository.defineEnvironment({ name: 'dev' });
  }
  open.repository.allowIssues(false);
  comment = hub.repository.comment(1, 'mona', 'hello');
  sha = await hub.repository.resolve('main');
  const git = createGit(hub.repository.gitDir);
  const tree = await git.run(['rev-parse', `${sha}^{tree}`]);
  orphan = await commitTree(git, tree, [], { message: 'Alone\n', author: signatureOf('mona'), at: hub.clock.now() });
  await hub.github.createRepository({ name: 'octo-org/secret', folder: hub.folder });
  await open.github.createRepository({ name: 'octo-org/public', folder: open.folder, private: false });
});

afterAll(async () => {
  await hub.close();
  await open.close();
});

/** Every refusal of the table, with the request that it answers. The names make sure that none is left out. */
interface Case {
  readonly refusal: keyof typeof refusals;
  readonly title?: string;
  readonly who?: Permissions | 'nobody' | 'unknown' | 'revoked' | 'mona';
  readonly where?: 'public';
  readonly request: readonly [method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>];
  readonly status: number;
  readonly message: string | RegExp;
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly object[];
}

const platform = '/repos/octo-org/platform';
const comments = `${platform}/issues/1/comments`;
const issues = `${platform}/issues`;
const issuesWrite = { issues: 'write' } as const;
const checks = { checks: 'write' } as const;
const pulls = { 'pull-requests': 'write' } as const;
const annotation = { path: 'a', start_line: 1, end_line: 1, annotation_level: 'notice', message: 'm' };
const run = (more: object) => ({ name: 'n', head_sha: sha, ...more });
const output = (annotations: readonly object[]) => ({ title: 't', summary: 's', annotations });

const cases = (): readonly Case[] => [
  { refusal: 'badJson', who: pulls, request: ['POST', comments, '{'], status: 400, message: 'Problems parsing JSON' },
  {
    refusal: 'noObject',
    who: pulls,
    request: ['POST', comments, '[1]'],
    status: 400,
    message: 'Body should be a JSON object',
  },
  { refusal: 'badCredentials', who: 'unknown', request: ['GET', platform], status: 401, message: 'Bad credentials' },
  {
    refusal: 'badCredentials',
    title: 'after the job',
    who: 'revoked',
    request: ['GET', platform],
    status: 401,
    message: 'Bad credentials',
  },
  {
    refusal: 'badCredentials',
    title: 'on a public repository too',
    where: 'public',
    who: 'unknown',
    request: ['GET', platform],
    status: 401,
    message: 'Bad credentials',
  },
  {
    refusal: 'needsLogin',
    where: 'public',
    who: 'nobody',
    request: ['POST', comments, { body: 'x' }],
    status: 401,
    message: 'Requires authentication',
  },
  {
    refusal: 'needsLogin',
    title: '/user',
    who: 'nobody',
    request: ['GET', '/user'],
    status: 401,
    message: 'Requires authentication',
  },
  {
    refusal: 'graphqlNeedsLogin',
    who: 'nobody',
    request: ['POST', '/graphql', { query: '{ viewer { login } }' }],
    status: 401,
    message: 'This endpoint requires you to be authenticated.',
  },
  {
    refusal: 'notAccessible',
    title: 'a write with a token that only reads',
    who: { 'pull-requests': 'read', issues: 'read' },
    request: ['POST', comments, { body: 'x' }],
    status: 403,
    message: 'Resource not accessible by integration',
    headers: { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' },
  },
  {
    refusal: 'notAccessible',
    title: 'another permission',
    who: { contents: 'write' },
    request: ['GET', `${platform}/pulls/1`],
    status: 403,
    message: 'Resource not accessible by integration',
    headers: { 'x-accepted-github-permissions': 'pull_requests=read' },
  },
  {
    refusal: 'notAccessible',
    title: 'before the request is looked at',
    who: { checks: 'read' },
    request: ['POST', `${platform}/check-runs`, {}],
    status: 403,
    message: 'Resource not accessible by integration',
    headers: { 'x-accepted-github-permissions': 'checks=write' },
  },
  {
    refusal: 'notAccessible',
    title: '/user',
    who: pulls,
    request: ['GET', '/user'],
    status: 403,
    message: 'Resource not accessible by integration',
  },
  {
    refusal: 'notAccessible',
    title: 'a write to another public repository',
    where: 'public',
    who: pulls,
    request: ['POST', '/repos/octo-org/public/check-runs', {}],
    status: 403,
    message: 'Resource not accessible by integration',
  },
  {
    refusal: 'needsApp',
    who: 'mona',
    request: ['POST', `${platform}/check-runs`, run({})],
    status: 403,
    message: 'You must authenticate via a GitHub App.',
  },
  {
    refusal: 'noUserAgent',
    who: pulls,
    request: ['GET', platform, undefined, { 'user-agent': '' }],
    status: 403,
    message: /User-Agent/,
  },
  {
    refusal: 'notFound',
    title: 'a private repository without a token',
    who: 'nobody',
    request: ['GET', platform],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'a private repository of another token',
    who: pulls,
    request: ['GET', '/repos/octo-org/secret'],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'a repository that there is not',
    who: 'mona',
    request: ['GET', '/repos/octo-org/none'],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'a repository that there is not, by id',
    who: 'mona',
    request: ['GET', '/repositories/5/issues/1/comments'],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'a pull request',
    who: pulls,
    request: ['GET', `${platform}/pulls/9`],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'a comment',
    who: pulls,
    request: ['PATCH', `${platform}/issues/comments/9`, { body: 'x' }],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'a check run',
    who: checks,
    request: ['PATCH', `${platform}/check-runs/9`, {}],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'an environment',
    who: { actions: 'read' },
    request: ['GET', `${platform}/environments/prod`],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'a run',
    who: { actions: 'read' },
    request: ['GET', `${platform}/actions/runs/9`],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'the archive of an artifact',
    who: { actions: 'read' },
    request: ['GET', `${platform}/actions/artifacts/9/zip`],
    status: 404,
    message: 'Not Found',
  },
  ...['artifacts', 'approvals', 'attempts/2', 'jobs'].map(part => ({
    refusal: 'notFound' as const,
    title: `${part} of a run`,
    who: { actions: 'read' } as const,
    request: ['GET', `${platform}/actions/runs/9/${part}`] as const,
    status: 404,
    message: 'Not Found',
  })),
  ...[`main...${'d'.repeat(40)}`, `${'d'.repeat(40)}...main`, 'main..change', 'main', 'none...none'].map(basehead => ({
    refusal: 'notFound' as const,
    title: `comparison ${basehead}`,
    who: { contents: 'read' } as const,
    request: ['GET', `${platform}/compare/${basehead}`] as const,
    status: 404,
    message: 'Not Found',
  })),
  {
    refusal: 'noCommonAncestor',
    who: { contents: 'read' },
    request: ['GET', `${platform}/compare/main...${orphan}`],
    status: 404,
    message: `No common ancestor between main and ${orphan}.`,
  },
  ...['main', 'e'.repeat(40)].map(asked => ({
    refusal: 'notFound' as const,
    title: `commit object ${asked}`,
    who: { contents: 'read' } as const,
    request: ['GET', `${platform}/git/commits/${asked}`] as const,
    status: 404,
    message: 'Not Found',
  })),
  {
    refusal: 'noCommit',
    title: 'by itself',
    who: { contents: 'read' },
    request: ['GET', `${platform}/commits/none`],
    status: 422,
    message: 'No commit found for SHA: none',
  },
  {
    refusal: 'notFound',
    title: 'a file',
    who: { contents: 'read' },
    request: ['GET', `${platform}/contents/none`],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'noCommitForRef',
    who: { contents: 'read' },
    request: ['GET', `${platform}/contents/platform.yaml?ref=none`],
    status: 404,
    message: 'No commit found for the ref none',
  },
  {
    refusal: 'noCommit',
    who: checks,
    request: ['GET', `${platform}/commits/none/check-runs`],
    status: 422,
    message: 'No commit found for SHA: none',
  },
  {
    refusal: 'noCommit',
    title: 'of a check run',
    who: checks,
    request: ['POST', `${platform}/check-runs`, { name: 'n', head_sha: 'b'.repeat(40) }],
    status: 422,
    message: `No commit found for SHA: ${'b'.repeat(40)}`,
  },
  {
    refusal: 'noCommit',
    title: 'with pull requests',
    who: pulls,
    request: ['GET', `${platform}/commits/${'c'.repeat(40)}/pulls`],
    status: 422,
    message: `No commit found for SHA: ${'c'.repeat(40)}`,
  },
  {
    refusal: 'notAccessible',
    title: 'an issue of a token that may only write pull requests',
    who: pulls,
    request: ['POST', issues, { title: 'x' }],
    status: 403,
    message: 'Resource not accessible by integration',
    headers: { 'x-accepted-github-permissions': 'issues=write' },
  },
  {
    refusal: 'notFound',
    title: 'an issue',
    who: issuesWrite,
    request: ['PATCH', `${issues}/99`, { state: 'closed' }],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'notFound',
    title: 'comments of an issue',
    who: issuesWrite,
    request: ['POST', `${issues}/99/comments`, { body: 'x' }],
    status: 404,
    message: 'Not Found',
  },
  {
    refusal: 'issuesDisabled',
    where: 'public',
    who: issuesWrite,
    request: ['POST', issues, { title: 'x' }],
    status: 410,
    message: 'Issues has been disabled in this repository.',
  },
  {
    refusal: 'actionsMayNotOpenPulls',
    who: pulls,
    request: ['POST', `${platform}/pulls`, { title: 't', head: 'x', base: 'main' }],
    status: 403,
    message: 'GitHub Actions is not permitted to create or approve pull requests.',
  },
  {
    refusal: 'invalidRequest',
    title: 'a pull request from nowhere',
    who: 'mona',
    request: ['POST', `${platform}/pulls`, { title: 't' }],
    status: 422,
    message: /"base", "head" weren't supplied/,
  },
  {
    refusal: 'pullTooLong',
    who: pulls,
    request: ['PATCH', `${platform}/pulls/1`, { body: 'x'.repeat(65_537) }],
    status: 422,
    message: 'Validation Failed',
  },
  {
    refusal: 'noHead',
    who: 'mona',
    request: ['POST', `${platform}/pulls`, { title: 't', head: 'none', base: 'main' }],
    status: 422,
    message: 'Validation Failed',
    errors: [{ resource: 'PullRequest', code: 'invalid', field: 'head' }],
  },
  {
    refusal: 'nothingToPull',
    who: 'mona',
    request: ['POST', `${platform}/pulls`, { title: 't', head: 'main', base: 'main' }],
    status: 422,
    message: 'Validation Failed',
    errors: [{ resource: 'PullRequest', code: 'custom', message: 'No commits between main and main' }],
  },
  {
    refusal: 'pullExists',
    who: 'mona',
    request: ['POST', `${platform}/pulls`, { title: 't', head: hub.repository.pull(1).head.branch, base: 'main' }],
    status: 422,
    message: 'Validation Failed',
  },
  {
    refusal: 'notAccessible',
    title: 'a branch of a token that may only read',
    who: { contents: 'read' },
    request: ['POST', `${platform}/git/refs`, { ref: 'refs/heads/x', sha }],
    status: 403,
    message: 'Resource not accessible by integration',
  },
  {
    refusal: 'refExists',
    who: { contents: 'write' },
    request: ['POST', `${platform}/git/refs`, { ref: 'refs/heads/main', sha }],
    status: 422,
    message: 'Reference already exists',
  },
  {
    refusal: 'noSuchObject',
    who: { contents: 'write' },
    request: ['POST', `${platform}/git/refs`, { ref: 'refs/heads/x', sha: 'd'.repeat(40) }],
    status: 422,
    message: 'Object does not exist',
  },
  {
    refusal: 'noRef',
    who: { contents: 'write' },
    request: ['DELETE', `${platform}/git/refs/heads/none`],
    status: 422,
    message: 'Reference does not exist',
  },
  {
    refusal: 'issueTooLong',
    who: issuesWrite,
    request: ['POST', issues, { title: 'x', body: 'x'.repeat(262_145) }],
    status: 422,
    message: 'Validation Failed',
  },
  {
    refusal: 'issueWithoutTitle',
    who: issuesWrite,
    request: ['POST', issues, { title: ' ' }],
    status: 422,
    message: 'Validation Failed',
    errors: [{ resource: 'Issue', code: 'missing_field', field: 'title' }],
  },
  {
    refusal: 'invalidRequest',
    title: 'an issue without a title',
    who: issuesWrite,
    request: ['POST', issues, {}],
    status: 422,
    message: 'Invalid request.\n\n"title" wasn\'t supplied.',
  },
  {
    refusal: 'commentTooLong',
    title: 'counted in bytes',
    who: pulls,
    request: ['POST', comments, { body: 'ü'.repeat(131_073) }],
    status: 422,
    message: 'Validation Failed',
    errors: [
      {
        resource: 'IssueComment',
        code: 'unprocessable',
        field: 'data',
        message: 'Body is too long (maximum is 65536 characters)',
      },
    ],
  },
  {
    refusal: 'commentTooLong',
    title: 'on change',
    who: pulls,
    request: ['PATCH', `${platform}/issues/comments/${comment}`, { body: 'x'.repeat(262_145) }],
    status: 422,
    message: 'Validation Failed',
  },
  {
    refusal: 'commentEmpty',
    who: pulls,
    request: ['POST', comments, { body: ' \n' }],
    status: 422,
    message: 'Validation Failed',
    errors: [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message: 'Body cannot be blank' }],
  },
  {
    refusal: 'invalidRequest',
    title: 'no comment',
    who: pulls,
    request: ['POST', comments, {}],
    status: 422,
    message: 'Invalid request.\n\n"body" wasn\'t supplied.',
  },
  {
    refusal: 'invalidRequest',
    title: 'a comment that is no text',
    who: pulls,
    request: ['POST', comments, { body: 7 }],
    status: 422,
    message: 'Invalid request.\n\n7 is not a string.',
  },
  {
    refusal: 'invalidRequest',
    title: 'nothing of a check run',
    who: checks,
    request: ['POST', `${platform}/check-runs`, {}],
    status: 422,
    message: 'Invalid request.\n\n"head_sha", "name" weren\'t supplied.',
  },
  {
    refusal: 'invalidRequest',
    title: 'completed without conclusion',
    who: checks,
    request: ['POST', `${platform}/check-runs`, run({ status: 'completed' })],
    status: 422,
    message: 'Invalid request.\n\n"conclusion" wasn\'t supplied.',
  },
  {
    refusal: 'invalidRequest',
    title: 'an unknown conclusion',
    who: checks,
    request: ['POST', `${platform}/check-runs`, run({ conclusion: 'great' })],
    status: 422,
    message: /"great" is not a member of \["action_required", .*"success"/,
  },
  {
    refusal: 'invalidRequest',
    title: 'a conclusion of GitHub alone',
    who: checks,
    request: ['POST', `${platform}/check-runs`, run({ conclusion: 'stale' })],
    status: 422,
    message: /"stale" is not a member of/,
  },
  {
    refusal: 'invalidRequest',
    title: '51 annotations',
    who: checks,
    request: ['POST', `${platform}/check-runs`, run({ output: output(Array(51).fill(annotation)) })],
    status: 422,
    message: 'Invalid request.\n\nNo more than 50 items are allowed; 51 were supplied.',
  },
  {
    refusal: 'invalidRequest',
    title: 'annotations without path and start_line',
    who: checks,
    request: [
      'POST',
      `${platform}/check-runs`,
      run({
        output: output([
          { end_line: 1, annotation_level: 'notice', message: 'm' },
          { ...annotation, start_line: undefined },
        ]),
      }),
    ],
    status: 422,
    message: 'Invalid request.\n\n"path", "start_line" weren\'t supplied.\n"start_line" wasn\'t supplied.',
  },
  {
    refusal: 'invalidRequest',
    title: 'a line that is no number',
    who: checks,
    request: ['POST', `${platform}/check-runs`, run({ output: output([{ ...annotation, start_line: '1' }]) })],
    status: 422,
    message: 'Invalid request.\n\n"1" is not an integer.',
  },
  {
    refusal: 'invalidRequest',
    title: 'an unknown level',
    who: checks,
    request: [
      'POST',
      `${platform}/check-runs`,
      run({ output: output([{ ...annotation, annotation_level: 'error' }]) }),
    ],
    status: 422,
    message: /"error" is not a member of \["notice", "warning", "failure"\]/,
  },
  {
    refusal: 'invalidRequest',
    title: 'an output without a summary',
    who: checks,
    request: ['POST', `${platform}/check-runs`, run({ output: { title: 't' } })],
    status: 422,
    message: 'Invalid request.\n\n"summary" wasn\'t supplied.',
  },
  {
    refusal: 'invalidRequest',
    title: 'an output that is none',
    who: checks,
    request: ['POST', `${platform}/check-runs`, run({ output: 'x' })],
    status: 422,
    message: 'Invalid request.\n\n"x" is not an object.',
  },
];

/** Those that depend on time stand in limits.test.ts, those of Apps in apps.test.ts. */
const elsewhere = [
  'secondaryLimit',
  'primaryLimit',
  'badAppToken',
  'appTokenEnded',
  'appTokenTooLong',
  'appTokenTooEarly',
  'suspended',
  'noSuchApp',
  'repositoryNotInInstallation',
  'permissionNotGranted',
  'levelNotGranted',
];

describe('refusals', () => {
  test('each of the table has a case', () => {
    const covered = new Set<string>([...cases().map(({ refusal }) => refusal), ...elsewhere]);
    expect(Object.keys(refusals).filter(name => !covered.has(name))).toEqual([]);
  });

  test('answer as the table says, in GitHub’s form', async () => {
    for (const { refusal, title, who, where, request, status, message, headers = {}, errors } of cases()) {
      const place = where === 'public' ? open : hub;
      const [method, path, body, sent] = request;
      const answer = await place.send(tokenOf(place, who), method, path, body, sent);
      const seen = { case: `${refusal}: ${title ?? ''}`, status: answer.status, message: answer.body.message };
      expect(seen).toEqual({
        ...seen,
        status,
        message: typeof message === 'string' ? message : expect.stringMatching(message),
      });
      expect(answer.body.status).toBe(String(status));
      expect(answer.body.documentation_url).toMatch(/^https:\/\/docs\.github\.com\//);
      expect(answer.headers).toMatchObject(headers);
      if (errors !== undefined) expect(answer.body.errors).toEqual(errors);
    }
    expect(hub.notPlayed).toEqual([]);
    expect(hub.repository.checkRuns()).toEqual([]);
    expect(hub.repository.pull(1).comments).toHaveLength(1);
  });
});

function tokenOf(place: TestGitHub, who: Case['who']): string | undefined {
  if (who === 'nobody') return undefined;
  if (who === 'unknown') return 'ghs_unknown';
  if (who === 'mona') return place.github.issuePersonalToken('mona');
  const token = place.job(who === 'revoked' || who === undefined ? {} : who);
  if (who === 'revoked') place.github.revokeToken(token);
  return token;
}
