import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RecordedRunState } from '../store/state.ts';
import { startGitHub, type TestGitHub } from '../testing.ts';

let hub: TestGitHub;

const [head, other] = ['a'.repeat(40), 'b'.repeat(40)];
const at = Date.UTC(2026, 10, 23, 5);

function run(id: string, more: Partial<RecordedRunState> = {}): RecordedRunState {
  return {
    id,
    attempt: 1,
    number: 1,
    name: 'Platform',
    path: '.github/workflows/platform.yml',
    event: 'pull_request',
    status: 'completed',
    conclusion: 'success',
    headSha: head,
    headBranch: 'change',
    actor: 'mona',
    startedAt: at,
    jobs: [],
    ...more,
  };
}

const artifact = (id: string, name: string) => ({ id, name, createdAt: at });

beforeAll(async () => {
  hub = await startGitHub();
  const { repository } = hub;
  repository.recordRun(run('701', { artifacts: [artifact('1', 'report-dev'), artifact('2', 'report-prod')] }));
  repository.recordRun(run('700', { headRepository: 'eve/platform', artifacts: [artifact('3', 'report-dev')] }));
  repository.recordRun(run('702', { headRepository: null, conclusion: 'failure' }));
  repository.recordRun(run('703', { headSha: other, event: 'push', headBranch: 'main', actor: 'hubot' }));
  repository.recordRun(run('704', { conclusion: 'failure', artifacts: [artifact('4', 'report-dev')] }));
  repository.recordRun(
    run('704', {
      attempt: 2,
      actor: 'hubot',
      status: 'in_progress',
      conclusion: undefined,
      artifacts: [artifact('4', 'report-dev'), artifact('5', 'report-dev')],
    }),
  );
});

afterAll(() => hub.close());

const get = (where: string) => hub.call(hub.job({ actions: 'read' }), 'GET', where);
const idsOf = (items: readonly { id: number }[]) => items.map(({ id }) => id);

describe('the list of runs', () => {
  test.each([
    ['', [704, 703, 702, 701, 700]],
    [`?head_sha=${head}&event=pull_request`, [704, 702, 701, 700]],
    [`?head_sha=${other}`, [703]],
    ['?branch=main', [703]],
    ['?event=schedule', []],
    ['?status=failure', [702]],
    ['?status=completed', [703, 702, 701, 700]],
    ['?status=in_progress', [704]],
    ['?actor=mona', [704, 702, 701, 700]],
  ])('%s', async (query, expected) => {
    const { body } = await get(`/actions/runs${query}`);
    expect(body.total_count).toBe(expected.length);
    expect(idsOf(body.workflow_runs)).toEqual(expected);
  });

  test('says where a commit came from', async () => {
    const { body } = await get('/actions/runs?event=pull_request');
    const from = body.workflow_runs.map(({ id, head_repository }: { id: number; head_repository: object | null }) => [
      id,
      head_repository,
    ]);
    expect(from).toMatchObject([
      [704, { full_name: 'octo-org/platform', fork: false }],
      [702, null],
      [701, { full_name: 'octo-org/platform' }],
      [700, { full_name: 'eve/platform', fork: true }],
    ]);
  });

  test('comes in pages', async () => {
    const { body, headers } = await get('/actions/runs?per_page=2&page=2');
    expect([body.total_count, idsOf(body.workflow_runs)]).toEqual([5, [702, 701]]);
    expect(headers['link']).toContain('page=3>; rel="next"');
  });

  test('does not take filters that are not played', async () => {
    await expect(get('/actions/runs?created=2026-11-23')).rejects.toThrow(
      "The sandbox's GitHub does not play the filter created of workflow runs.",
    );
  });
});

describe('artifacts', () => {
  test.each([
    ['/actions/runs/701/artifacts', [2, 1]],
    ['/actions/runs/701/artifacts?name=report-dev', [1]],
    ['/actions/runs/703/artifacts', []],
    ['/actions/runs/704/artifacts', [5, 4]],
    ['/actions/artifacts', [5, 4, 3, 2, 1]],
    ['/actions/artifacts?name=report-dev', [5, 4, 3, 1]],
    ['/actions/artifacts?name=report', []],
    ['/actions/artifacts?per_page=2&page=2', [3, 2]],
  ])('%s', async (where, expected) => {
    const { body } = await get(where);
    expect(idsOf(body.artifacts)).toEqual(expected);
    if (!where.includes('page')) expect(body.total_count).toBe(expected.length);
  });

  test('name their run and how long they are kept', async () => {
    expect((await get('/actions/runs/701/artifacts?name=report-dev')).body).toMatchObject({
      artifacts: [
        {
          name: 'report-dev',
          expired: false,
          created_at: '2026-11-23T05:00:00Z',
          expires_at: '2027-02-21T05:00:00Z',
          archive_download_url: 'https://api.github.com/repos/octo-org/platform/actions/artifacts/1/zip',
          workflow_run: { id: 701, head_sha: head, head_branch: 'change', repository_id: 11, head_repository_id: 11 },
        },
      ],
    });
    const { body } = await get('/actions/runs/700/artifacts');
    expect(body.artifacts[0].workflow_run.head_repository_id).not.toBe(11);
  });
});

test('approvals: who answered what, also of an environment that is gone', async () => {
  const { repository } = hub;
  for (const name of ['Prod', 'gone']) repository.defineEnvironment({ name, reviewers: ['mona', 'hubot'] });
  const enter = (name: string, runId: string) => repository.enterEnvironment(name, { sha: head, runId });
  enter('gone', '701').review({ approved: false, by: 'hubot', comment: 'Not today' });
  enter('prod', '701').review({ approved: true, by: 'mona' });
  enter('prod', '703').review({ approved: true, by: 'hubot' });
  repository.removeEnvironment('gone');
  expect((await get('/actions/runs/701/approvals')).body).toMatchObject([
    { state: 'rejected', comment: 'Not today', user: { login: 'hubot' }, environments: [{ name: 'gone' }] },
    {
      state: 'approved',
      comment: '',
      user: { login: 'mona' },
      environments: [{ name: 'Prod', id: expect.any(Number), url: expect.stringMatching(/\/environments\/Prod$/) }],
    },
  ]);
  expect((await get('/actions/runs/703/approvals')).body).toHaveLength(1);
  expect((await get('/actions/runs/702/approvals')).body).toEqual([]);
});
