import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeRequest } from '../network/http.ts';
import type { PermissionName, Permissions } from './permissions.ts';
import { startGitHub, type TestGitHub } from './testing.ts';

let hub: TestGitHub;

beforeEach(async () => {
  hub = await startGitHub();
});

afterEach(() => hub.close());

describe('comments', () => {
  test('are written, read, changed and deleted by a job', async () => {
    await hub.openPull();
    const token = hub.job({ 'pull-requests': 'write' });
    const created = await hub.call(token, 'POST', '/issues/1/comments', { body: 'one' });
    expect(created).toMatchObject({
      status: 201,
      headers: { location: created.body.url },
      body: {
        body: 'one',
        user: { login: 'github-actions[bot]', type: 'Bot', id: 41_898_282 },
        created_at: '2026-11-23T05:00:00Z',
        html_url: `https://github.com/octo-org/platform/pull/1#issuecomment-${created.body.id}`,
        node_id: expect.stringMatching(/^IC_/),
        performed_via_github_app: { slug: 'github-actions' },
      },
    });
    expect(created.body.id).toBeGreaterThan(2 ** 31);
    hub.clock.advance(2000);
    const where = `/issues/comments/${created.body.id}`;
    expect(await hub.call(token, 'PATCH', where, { body: 'two' })).toMatchObject({
      status: 200,
      body: { body: 'two', created_at: '2026-11-23T05:00:00Z', updated_at: '2026-11-23T05:00:02Z' },
    });
    expect((await hub.call(token, 'GET', where)).body.body).toBe('two');
    expect(await hub.call(token, 'DELETE', where)).toMatchObject({ status: 204, body: '' });
    expect(await hub.call(token, 'GET', where)).toMatchObject({ status: 404 });
    expect(hub.repository.pull(1).comments).toMatchObject([
      { deleted: true, revisions: [{ body: 'one' }, { body: 'two' }] },
    ]);
  });

  test('of 262,144 bytes are taken', async () => {
    await hub.openPull();
    const token = hub.job({ issues: 'write' });
    expect((await hub.call(token, 'POST', '/issues/1/comments', { body: 'ü'.repeat(131_072) })).status).toBe(201);
  });

  test('come in pages, whose links lead through all 250', async () => {
    await hub.openPull();
    for (let index = 1; index <= 250; index++) hub.repository.comment(1, 'mona', `c${index}`);
    const token = hub.job({ 'pull-requests': 'read' });
    const bodies: string[] = [];
    let next: string | undefined = '/repos/octo-org/platform/issues/1/comments?per_page=100';
    const pages: number[] = [];
    while (next !== undefined) {
      const { body, headers } = await hub.send(token, 'GET', next);
      pages.push(body.length);
      bodies.push(...body.map((comment: { body: string }) => comment.body));
      next = /<([^>]+)>; rel="next"/.exec(headers['link'] ?? '')?.[1];
    }
    expect(pages).toEqual([100, 100, 50]);
    expect(new Set(bodies).size).toBe(250);
    const middle = await hub.call(token, 'GET', '/issues/1/comments?page=3');
    expect(middle.body).toHaveLength(30);
    const at = (page: number, relation: string) =>
      `<https://api.github.com/repositories/11/issues/1/comments?page=${page}>; rel="${relation}"`;
    expect(middle.headers['link']).toBe([at(2, 'prev'), at(4, 'next'), at(9, 'last'), at(1, 'first')].join(', '));
    expect((await hub.call(token, 'GET', '/issues/1/comments?per_page=1000')).body).toHaveLength(100);
    const beyond = await hub.call(token, 'GET', '/issues/1/comments?page=99');
    expect(beyond).toMatchObject({ body: [], headers: { link: [at(9, 'prev'), at(1, 'first')].join(', ') } });
  });

  test('since a time', async () => {
    await hub.openPull();
    hub.repository.comment(1, 'mona', 'old');
    hub.clock.advance(60_000);
    hub.repository.comment(1, 'mona', 'new');
    const { body, headers } = await hub.call(
      hub.job({ issues: 'read' }),
      'GET',
      '/issues/1/comments?since=2026-11-23T05:00:30Z',
    );
    expect(body).toMatchObject([{ body: 'new' }]);
    expect(headers['link']).toBeUndefined();
  });
});

describe('pull requests', () => {
  test('are told as they stand', async () => {
    const pull = await hub.openPull();
    hub.repository.comment(1, 'mona', 'x');
    const token = hub.job({ 'pull-requests': 'read' });
    expect((await hub.call(token, 'GET', '/pulls/1')).body).toMatchObject({
      number: 1,
      state: 'open',
      merged: false,
      mergeable: true,
      merge_commit_sha: pull.mergeSha,
      head: { sha: pull.head.sha, ref: 'change' },
      comments: 1,
      commits: 1,
      additions: 1,
      deletions: 0,
      changed_files: 1,
    });
    await hub.repository.closePull(1, { merge: true, by: 'hubot' });
    expect((await hub.call(token, 'GET', '/pulls/1')).body).toMatchObject({
      state: 'closed',
      merged: true,
      merged_by: { login: 'hubot' },
      merge_commit_sha: await hub.repository.resolve('main'),
      commits: 1,
    });
  });

  test('of a commit: the one that brought it, else those that have it', async () => {
    const first = await hub.repository.resolve('main');
    const { head } = await hub.openPull();
    await hub.openPull('other', 'other.txt');
    const token = hub.job({ 'pull-requests': 'read' });
    const pullsOf = async (sha: string) =>
      (await hub.call(token, 'GET', `/commits/${sha}/pulls`)).body.map(({ number }: { number: number }) => number);
    expect(await pullsOf(first)).toEqual([]);
    expect(await pullsOf(head.sha)).toEqual([1]);
    const { mergeSha } = await hub.repository.closePull(1, { merge: true, by: 'hubot' });
    expect((await hub.call(token, 'GET', `/commits/${mergeSha}/pulls`)).body).toMatchObject([
      {
        number: 1,
        state: 'closed',
        merge_commit_sha: mergeSha,
        merged_at: '2026-11-23T05:00:00Z',
        head: { sha: head.sha },
      },
    ]);
    expect(await pullsOf(head.sha)).toEqual([1]);
    expect(await pullsOf(first)).toEqual([]);
    expect(await pullsOf(await hub.repository.resolve('other'))).toEqual([2]);
  });
});

describe('check runs', () => {
  const annotation = (line: number) => ({
    path: 'platform.yaml',
    start_line: line,
    end_line: line,
    annotation_level: 'warning',
    message: `m${line}`,
  });

  test('begin, grow by 50 annotations a request, and end', async () => {
    const { head } = await hub.openPull();
    const token = hub.job({ checks: 'write' });
    const created = await hub.call(token, 'POST', '/check-runs', {
      name: 'plan',
      head_sha: head.sha,
      status: 'in_progress',
    });
    expect(created).toMatchObject({
      status: 201,
      body: {
        status: 'in_progress',
        conclusion: null,
        completed_at: null,
        app: { slug: 'github-actions' },
        pull_requests: [{ number: 1 }],
      },
    });
    const where = `/check-runs/${created.body.id}`;
    const output = (from: number, count: number) => ({
      title: 'Plan',
      summary: '# Plan',
      annotations: Array.from({ length: count }, (_, index) => annotation(from + index)),
    });
    await hub.call(token, 'PATCH', where, { output: output(1, 50) });
    const ended = await hub.call(token, 'PATCH', where, {
      conclusion: 'failure',
      details_url: 'https://example.com',
      output: output(51, 10),
    });
    expect(ended.body).toMatchObject({
      status: 'completed',
      conclusion: 'failure',
      completed_at: '2026-11-23T05:00:00Z',
      details_url: 'https://example.com',
      output: { title: 'Plan', annotations_count: 60 },
    });
    expect((await hub.call(token, 'GET', where)).body).toEqual(ended.body);
    const [view] = hub.repository.checkRuns(head.sha);
    expect(view).toMatchObject({
      name: 'plan',
      conclusion: 'failure',
      summary: '# Plan',
      detailsUrl: 'https://example.com',
    });
    expect(view?.annotations.map(({ startLine }) => startLine)).toEqual(
      Array.from({ length: 60 }, (_, index) => index + 1),
    );
    expect(hub.repository.checkRuns('0'.repeat(40))).toEqual([]);
  });

  test('of a commit: the newest of each name, and the jobs of its workflow runs', async () => {
    const { head } = await hub.openPull();
    const token = hub.job({ checks: 'write' });
    for (const [name, conclusion] of [
      ['a', 'failure'],
      ['a', 'success'],
      ['b', 'neutral'],
    ]) {
      await hub.call(token, 'POST', '/check-runs', { name, head_sha: head.sha, conclusion });
    }
    hub.repository.recordRun({ ...recorded, headSha: head.sha });
    const list = async (query = '', ref = 'change') =>
      (await hub.call(token, 'GET', `/commits/${ref}/check-runs${query}`)).body.check_runs.map(
        ({ name, conclusion }: { name: string; conclusion: string }) => `${name} ${conclusion}`,
      );
    expect(await list()).toEqual(['plan / Plan dev success', 'a success', 'b neutral']);
    expect(await list('', head.sha)).toHaveLength(3);
    expect(await list('', 'heads%2Fchange')).toHaveLength(3);
    expect(await list('?filter=all')).toHaveLength(4);
    expect(await list('?check_name=a')).toEqual(['a success']);
    expect(await list('?status=queued')).toEqual([]);
    expect(await list('?app_id=1')).toEqual([]);
    expect(hub.repository.checkRuns()).toHaveLength(3);
  });
});

describe('environments', () => {
  beforeEach(() => {
    hub.repository.defineEnvironment({ name: 'dev' });
    hub.repository.defineEnvironment({
      name: 'Prod/eu',
      reviewers: ['mona'],
      waitMinutes: 5,
      branches: ['main', 'release/*'],
      preventSelfReview: true,
    });
  });

  test('with what protects them, and names in any case', async () => {
    const token = hub.job({ actions: 'read' });
    const prod = {
      name: 'Prod/eu',
      protection_rules: [
        { type: 'wait_timer', wait_timer: 5 },
        {
          type: 'required_reviewers',
          prevent_self_review: true,
          reviewers: [{ type: 'User', reviewer: { login: 'mona' } }],
        },
        { type: 'branch_policy' },
      ],
      deployment_branch_policy: { protected_branches: false, custom_branch_policies: true },
    };
    expect((await hub.call(token, 'GET', '/environments')).body).toMatchObject({
      total_count: 2,
      environments: [{ name: 'dev', protection_rules: [], deployment_branch_policy: null }, prod],
    });
    expect((await hub.call(token, 'GET', '/environments/PROD%2Feu')).body).toMatchObject(prod);
    const paged = await hub.call(token, 'GET', '/environments?per_page=1');
    expect(paged.body.environments).toHaveLength(1);
    expect(paged.headers['link']).toContain('https://api.github.com/repositories/11/environments?per_page=1&page=2');
    expect((await hub.call(token, 'GET', '/environments/prod%2Feu/deployment-branch-policies')).body).toMatchObject({
      total_count: 2,
      branch_policies: [{ name: 'main', type: 'branch' }, { name: 'release/*' }],
    });
  });
});

const recorded = {
  id: '700',
  attempt: 1,
  number: 3,
  name: 'Platform',
  path: '.github/workflows/platform.yml',
  event: 'pull_request',
  status: 'completed',
  conclusion: 'success',
  headSha: 'a'.repeat(40),
  headBranch: 'change',
  actor: 'mona',
  startedAt: Date.UTC(2026, 10, 23, 5),
  jobs: [
    {
      id: '701',
      name: 'plan / Plan dev',
      status: 'completed',
      conclusion: 'success',
      startedAt: Date.UTC(2026, 10, 23, 5),
      completedAt: Date.UTC(2026, 10, 23, 5, 1),
    },
  ],
} as const;

describe('workflow runs', () => {
  test('and their jobs, attempt by attempt', async () => {
    const { repository } = hub;
    repository.recordRun({ ...recorded, conclusion: 'failure' });
    repository.recordRun({
      ...recorded,
      attempt: 2,
      actor: 'hubot',
      status: 'in_progress',
      conclusion: undefined,
      startedAt: recorded.startedAt + 120_000,
      jobs: [
        {
          ...recorded.jobs[0],
          id: '702',
          status: 'queued',
          conclusion: undefined,
          startedAt: undefined,
          completedAt: undefined,
        },
      ],
    });
    const token = hub.job({ actions: 'read' });
    const get = async (where: string) => (await hub.call(token, 'GET', `/actions/runs/700${where}`)).body;
    expect(await get('')).toMatchObject({
      id: 700,
      run_number: 3,
      run_attempt: 2,
      status: 'in_progress',
      conclusion: null,
      path: '.github/workflows/platform.yml',
      actor: { login: 'mona' },
      triggering_actor: { login: 'hubot' },
      created_at: '2026-11-23T05:00:00Z',
      run_started_at: '2026-11-23T05:02:00Z',
      html_url: 'https://github.com/octo-org/platform/actions/runs/700',
    });
    expect(await get('/attempts/1')).toMatchObject({
      run_attempt: 1,
      conclusion: 'failure',
      updated_at: '2026-11-23T05:01:00Z',
    });
    expect(await get('/jobs')).toMatchObject({
      total_count: 1,
      jobs: [{ id: 702, status: 'queued', completed_at: null }],
    });
    expect(await get('/jobs?filter=all')).toMatchObject({ total_count: 2 });
    expect(await get('/attempts/1/jobs')).toMatchObject({
      total_count: 1,
      jobs: [
        {
          id: 701,
          run_id: 700,
          run_attempt: 1,
          name: 'plan / Plan dev',
          conclusion: 'success',
          completed_at: '2026-11-23T05:01:00Z',
          html_url: 'https://github.com/octo-org/platform/actions/runs/700/job/701',
        },
      ],
    });
    expect(await get('/attempts/3')).toMatchObject({ message: 'Not Found' });
  });

  test.each([
    [
      'classic',
      { immutable: false },
      { use_default: true, use_immutable_subject: false, sub_claim_prefix: 'repo:o/r' },
    ],
    [
      'with ids',
      { immutable: true },
      { use_default: true, use_immutable_subject: false, sub_claim_prefix: 'repo:o@2/r@1' },
    ],
    [
      'customised',
      { immutable: false, claims: ['repo', 'job_workflow_ref'] },
      { use_default: false, include_claim_keys: ['repo', 'job_workflow_ref'] },
    ],
  ])('how subjects look: %s', async (_, subject, expected) => {
    await hub.github.createRepository({ name: 'o/r', id: '1', ownerId: '2', folder: hub.folder, subject });
    const token = hub.github.issueToken({ repository: 'o/r', permissions: { actions: 'read' } });
    expect((await hub.send(token, 'GET', '/repos/o/r/actions/oidc/customization/sub')).body).toMatchObject(expected);
  });
});

describe('contents', () => {
  test('files, folders, another ref, and the bytes themselves', async () => {
    const token = hub.job({ contents: 'read' });
    await hub.repository.commit({ branch: 'x', message: 'x', files: { 'platform.yaml': 'other' } });
    const file = await hub.call(token, 'GET', '/contents/docs/a%20b.md');
    expect(file.body).toMatchObject({ type: 'file', name: 'a b.md', path: 'docs/a b.md', size: 8, encoding: 'base64' });
    expect(Buffer.from(file.body.content, 'base64').toString()).toBe('# Hello\n');
    const root = await hub.call(token, 'GET', '/contents/');
    expect(root.body.map(({ type, path }: { type: string; path: string }) => `${type} ${path}`)).toEqual([
      'dir docs',
      'file platform.yaml',
    ]);
    expect((await hub.call(token, 'GET', '/contents/docs')).body).toMatchObject([{ path: 'docs/a b.md' }]);
    const raw = await hub.send(token, 'GET', '/repos/octo-org/platform/contents/platform.yaml?ref=x', undefined, {
      accept: 'application/vnd.github.raw+json',
    });
    expect(raw.body).toBe('other');
  });
});

describe('who may what', () => {
  const requests: readonly (readonly [PermissionName | 'metadata', 'read' | 'write', string, string, unknown])[] = [
    ['metadata', 'read', 'GET', '', undefined],
    ['contents', 'read', 'GET', '/contents/platform.yaml', undefined],
    ['pull-requests', 'read', 'GET', '/pulls/1', undefined],
    ['pull-requests', 'read', 'GET', '/commits/main/pulls', undefined],
    ['contents', 'read', 'GET', '/commits/main', undefined],
    ['contents', 'read', 'GET', '/compare/main...change', undefined],
    ['issues', 'read', 'GET', '/issues/1/comments', undefined],
    ['issues', 'write', 'POST', '/issues/1/comments', { body: 'x' }],
    ['pull-requests', 'write', 'POST', '/issues/1/comments', { body: 'x' }],
    ['checks', 'read', 'GET', '/commits/main/check-runs', undefined],
    ['checks', 'write', 'POST', '/check-runs', { name: 'n', head_sha: '' }],
    ['actions', 'read', 'GET', '/environments', undefined],
    ['actions', 'read', 'GET', '/environments/dev', undefined],
    ['actions', 'read', 'GET', '/environments/dev/deployment-branch-policies', undefined],
    ['actions', 'read', 'GET', '/actions/oidc/customization/sub', undefined],
    ['actions', 'read', 'GET', '/actions/runs/700', undefined],
    ['actions', 'read', 'GET', '/actions/runs/700/jobs', undefined],
    ['actions', 'read', 'GET', '/actions/runs', undefined],
    ['actions', 'read', 'GET', '/actions/runs/700/artifacts', undefined],
    ['actions', 'read', 'GET', '/actions/artifacts?name=x', undefined],
    ['actions', 'read', 'GET', '/actions/runs/700/approvals', undefined],
  ];

  test.each(requests)('%s: %s lets %s %s pass, nothing else does', async (name, level, method, where, sent) => {
    await hub.openPull();
    hub.repository.defineEnvironment({ name: 'dev' });
    hub.repository.recordRun(recorded);
    const body =
      method === 'POST' && where === '/check-runs'
        ? { name: 'n', head_sha: await hub.repository.resolve('main') }
        : sent;
    const status = async (permissions: Permissions) =>
      (await hub.call(hub.job(permissions), method, where, body)).status;
    const passes = method === 'POST' ? 201 : 200;
    if (name === 'metadata') return expect(await status({})).toBe(passes);
    expect(await status({ [name]: level })).toBe(passes);
    expect(await status({ [name]: 'write' })).toBe(passes);
    expect(await status({})).toBe(403);
    if (level === 'write') expect(await status({ [name]: 'read' })).toBe(403);
    const others: Permissions = { deployments: 'write', statuses: 'write', packages: 'write', 'id-token': 'write' };
    expect(await status(others)).toBe(403);
  });

  test('a person may do everything everywhere and is told who it is', async () => {
    await hub.openPull();
    const token = hub.github.issuePersonalToken('mona');
    expect((await hub.send(token, 'GET', '/user')).body).toMatchObject({ login: 'mona', type: 'User' });
    const { body } = await hub.call(token, 'POST', '/issues/1/comments', { body: 'x' });
    expect(body).toMatchObject({ user: { login: 'mona' }, performed_via_github_app: null });
    hub.github.revokeToken(token);
    expect((await hub.send(token, 'GET', '/user')).status).toBe(401);
  });

  test('a public repository shows itself to anybody, but not how its subjects look', async () => {
    const open = await startGitHub({ isPrivate: false });
    await open.openPull();
    open.repository.defineEnvironment({ name: 'dev' });
    expect((await open.call(undefined, 'GET', '/issues/1/comments')).status).toBe(200);
    expect((await open.call(open.job({ contents: 'read' }), 'GET', '/environments')).status).toBe(200);
    expect((await open.call(open.job({ contents: 'read' }), 'GET', '/actions/oidc/customization/sub')).status).toBe(
      403,
    );
    await open.close();
  });

  test.each([
    ['token', (token: string) => `token ${token}`],
    ['Bearer', (token: string) => `bearer ${token}`],
    ['Basic', (token: string) => `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`],
  ])('a token may come as %s', async (_, authorization) => {
    const headers = { authorization: authorization(hub.job({})) };
    expect((await hub.send(undefined, 'GET', '/repos/octo-org/platform', undefined, headers)).status).toBe(200);
  });
});

describe('answers', () => {
  test('carry the headers that clients read', async () => {
    const { headers } = await hub.call(hub.job({ actions: 'read' }), 'GET', '/environments');
    expect(headers).toMatchObject({
      'Content-Type': 'application/json; charset=utf-8',
      'x-accepted-github-permissions': 'actions=read',
      'x-github-request-id': expect.stringMatching(/^[0-9A-F]+(:[0-9A-Z]+){4}$/),
      'x-ratelimit-limit': '1000',
      'x-ratelimit-remaining': '999',
      'x-ratelimit-used': '1',
      'x-ratelimit-resource': 'core',
      'x-ratelimit-reset': String(Date.UTC(2026, 10, 23, 6) / 1000),
    });
  });

  test.each([
    ['GET', '/zen', {}],
    ['GET', '/repos/octo-org/platform/releases', {}],
    ['PUT', '/repos/octo-org/platform/issues/1/labels', {}],
    ['GET', '/graphql', {}],
    ['GET', '/repos/octo-org/platform/pulls/1', { accept: 'application/vnd.github.diff' }],
    ['GET', '/repos/octo-org/platform/pulls/1', { accept: 'application/vnd.github.raw+json' }],
  ])('%s %s is noticed as not played', async (method, where, headers) => {
    await hub.openPull();
    const answer = await hub.send(hub.github.issuePersonalToken('mona'), method, where, undefined, headers);
    expect(answer).toMatchObject({
      status: 404,
      headers: { 'x-sandbox': 'not played' },
      body: { message: 'Not Found' },
    });
    expect(hub.notPlayed).toEqual([`${method} ${where}`]);
  });

  test('who asks is known without answering', () => {
    const token = hub.job({ contents: 'read' });
    const request = (authorization: string) =>
      makeRequest('GET', 'https://api.github.com/user', { headers: { authorization } });
    expect(hub.api.callerOf(request(`token ${token}`))).toMatchObject({ kind: 'job', login: 'github-actions[bot]' });
    expect(hub.api.callerOf(request('token x'))).toBeUndefined();
  });
});
