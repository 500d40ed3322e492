import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { api, isoTime, repositoryJson, userJson, web } from '../shapes.ts';
import type { RecordedJobState, RecordedRunState, RepositoryState } from '../store/state.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['actions'] };

export const actionsRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/actions/oidc/customization/sub',
    need: read,
    isPublic: false,
    docs: 'actions/oidc#get-the-customization-template-for-an-oidc-subject-claim-for-a-repository',
    answer: ({ repository }) => json(200, subjectJson(repository)),
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

/**
 * A repository with ids in its subjects answers as one created after July 2026 does: the prefix has the ids although
 * `use_immutable_subject`, which only means that somebody opted in, is false (Azure/azure-dev#9382, seen 2026-08).
 */
function subjectJson({ name, id, ownerId, subject }: RepositoryState) {
  const [owner, repo] = name.split('/');
  return {
    use_default: subject.claims === undefined,
    ...(subject.claims === undefined ? {} : { include_claim_keys: subject.claims }),
    use_immutable_subject: false,
    sub_claim_prefix: subject.immutable ? `repo:${owner}@${ownerId}/${repo}@${id}` : `repo:${name}`,
  };
}

/** In order; the last one is the present one. */
function attemptsOf({ repository, params }: Call): readonly RecordedRunState[] {
  const attempts = [...(repository.runs.get(params['id'] ?? '')?.values() ?? [])];
  if (attempts.length === 0) throw refusals.notFound();
  return attempts.sort((one, other) => one.attempt - other.attempt);
}

function demandRun(call: Call): RecordedRunState {
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
  const first = repository.runs.get(run.id)?.get(1) ?? run;
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
    head_repository: repositoryJson(repository),
  };
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
