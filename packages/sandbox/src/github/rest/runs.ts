import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { api, forkJson, isoTime, repositoryJson, userJson, web } from '../shapes.ts';
import type { RecordedJobState, RecordedRunState, RepositoryState } from '../store/state.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['actions'] };

export const runRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/actions/runs',
    need: read,
    isPublic: true,
    docs: 'actions/workflow-runs#list-workflow-runs-for-a-repository',
    answer: call => {
      const all = findRuns(call);
      const { items, headers } = pageOf(call, '/actions/runs', all);
      const workflow_runs = items.map(run => runJson(call.repository, run));
      return json(200, { total_count: all.length, workflow_runs }, headers);
    },
  },
  {
    method: 'GET',
    pattern: '/actions/runs/{id}',
    need: read,
    isPublic: true,
    docs: 'actions/workflow-runs#get-a-workflow-run',
    answer: call => json(200, runJson(call.repository, demandRun(call))),
  },
  {
    method: 'GET',
    pattern: '/actions/runs/{id}/attempts/{attempt}',
    need: read,
    isPublic: true,
    docs: 'actions/workflow-runs#get-a-workflow-run-attempt',
    answer: call => json(200, runJson(call.repository, demandRun(call))),
  },
  {
    method: 'GET',
    pattern: '/actions/runs/{id}/jobs',
    need: read,
    isPublic: true,
    docs: 'actions/workflow-jobs#list-jobs-for-a-workflow-run',
    answer: call => {
      const all = attemptsOf(call);
      const runs = call.query.get('filter') === 'all' ? all : all.slice(-1);
      return jobsAnswer(call, `/actions/runs/${call.params['id']}/jobs`, runs);
    },
  },
  {
    method: 'GET',
    pattern: '/actions/runs/{id}/attempts/{attempt}/jobs',
    need: read,
    isPublic: true,
    docs: 'actions/workflow-jobs#list-jobs-for-a-workflow-run-attempt',
    answer: call => {
      const run = demandRun(call);
      return jobsAnswer(call, `/actions/runs/${run.id}/attempts/${run.attempt}/jobs`, [run]);
    },
  },
];

/** Present attempts, the newest run first. `status` takes states and conclusions, as GitHub's does. */
function findRuns({ repository, query }: Call): readonly RecordedRunState[] {
  for (const filter of ['created', 'check_suite_id']) {
    if (query.has(filter)) throw new Error(`The sandbox's GitHub does not play the filter ${filter} of workflow runs.`);
  }
  const is = (filter: string, ...values: readonly (string | undefined)[]) =>
    !query.has(filter) || values.includes(query.get(filter) ?? '');
  return allRuns(repository)
    .filter(
      run =>
        is('head_sha', run.headSha) &&
        is('event', run.event) &&
        is('branch', run.headBranch) &&
        is('actor', firstAttempt(repository, run).actor) &&
        is('status', run.status, run.conclusion),
    )
    .toSorted((one, other) => Number(other.id) - Number(one.id));
}

/** The present attempt of every run. */
export function allRuns({ runs }: RepositoryState): readonly RecordedRunState[] {
  return [...runs.values()].flatMap(attempts => inOrder(attempts).at(-1) ?? []);
}

function inOrder(attempts: ReadonlyMap<number, RecordedRunState>): readonly RecordedRunState[] {
  return [...attempts.values()].toSorted((one, other) => one.attempt - other.attempt);
}

function firstAttempt({ runs }: RepositoryState, run: RecordedRunState): RecordedRunState {
  return runs.get(run.id)?.get(1) ?? run;
}

/** In order; the last one is the present one. */
function attemptsOf({ repository, params }: Call): readonly RecordedRunState[] {
  const attempts = repository.runs.get(params['id'] ?? '');
  if (attempts === undefined) throw refusals.notFound();
  return inOrder(attempts);
}

export function demandRun(call: Call): RecordedRunState {
  const attempt = call.params['attempt'];
  const attempts = attemptsOf(call);
  const run = attempt === undefined ? attempts.at(-1) : attempts.find(one => String(one.attempt) === attempt);
  if (run === undefined) throw refusals.notFound();
  return run;
}

function jobsAnswer(call: Call, path: string, runs: readonly RecordedRunState[]) {
  const all = runs.flatMap(run => run.jobs.map(job => jobJson(call.repository, run, job)));
  const { items, headers } = pageOf(call, path, all);
  return json(200, { total_count: all.length, jobs: items }, headers);
}

function runJson(repository: RepositoryState, run: RecordedRunState) {
  const { name } = repository;
  const url = `${api}/repos/${name}/actions/runs/${run.id}`;
  const times = run.jobs.map(({ completedAt }) => completedAt ?? run.startedAt);
  const first = firstAttempt(repository, run);
  return {
    id: Number(run.id),
    node_id: nodeId('WFR', run.id),
    name: run.name,
    path: run.path,
    display_title: run.name,
    run_number: run.number,
    run_attempt: run.attempt,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion ?? null,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    url,
    html_url: `${web}/${name}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    artifacts_url: `${url}/artifacts`,
    previous_attempt_url: run.attempt > 1 ? `${url}/attempts/${run.attempt - 1}` : null,
    actor: userJson(first.actor),
    triggering_actor: userJson(run.actor),
    pull_requests: [],
    created_at: isoTime(first.startedAt),
    run_started_at: isoTime(run.startedAt),
    updated_at: isoTime(Math.max(run.startedAt, ...times)),
    repository: repositoryJson(repository),
    head_repository: headRepositoryJson(repository, run),
  };
}

function headRepositoryJson(repository: RepositoryState, { headRepository = repository.name }: RecordedRunState) {
  if (headRepository === null) return null;
  const isOwn = headRepository.toLowerCase() === repository.name.toLowerCase();
  return isOwn ? repositoryJson(repository) : forkJson(headRepository, repository);
}

function jobJson({ name }: RepositoryState, run: RecordedRunState, job: RecordedJobState) {
  return {
    id: Number(job.id),
    node_id: nodeId('CR', job.id),
    run_id: Number(run.id),
    run_url: `${api}/repos/${name}/actions/runs/${run.id}`,
    run_attempt: run.attempt,
    workflow_name: run.name,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    name: job.name,
    status: job.status,
    conclusion: job.conclusion ?? null,
    created_at: isoTime(run.startedAt),
    started_at: isoTime(job.startedAt ?? run.startedAt),
    completed_at: job.completedAt === undefined ? null : isoTime(job.completedAt),
    url: `${api}/repos/${name}/actions/jobs/${job.id}`,
    html_url: `${web}/${name}/actions/runs/${run.id}/job/${job.id}`,
    check_run_url: `${api}/repos/${name}/check-runs/${job.id}`,
    steps: [],
    labels: [],
  };
}
