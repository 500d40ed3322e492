import { json } from '../../network/http.ts';
import { nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { actionsApp, api, isoTime, web } from '../shapes.ts';
import { checkRunsOf, findCheckRun } from '../store/check-runs.ts';
import { findCommit } from '../store/refs.ts';
import type { CheckRun, RepositoryState, StoredAnnotation } from '../store/state.ts';
import { type CheckRunInput, readCheckRun } from './check-run-input.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';

const read: Need = { level: 'read', anyOf: ['checks'] };
const write: Need = { level: 'write', anyOf: ['checks'] };

export const checkRunRoutes: readonly Route[] = [
  {
    method: 'POST',
    pattern: '/check-runs',
    need: write,
    isPublic: false,
    docs: 'checks/runs#create-a-check-run',
    answer: async call => {
      demandApp(call);
      const input = readCheckRun(call.body, ['name', 'head_sha']);
      const { git, checkRuns } = call.repository;
      const sha = /^[0-9a-f]{40}$/.test(input.headSha ?? '') ? await findCommit(git, input.headSha ?? '') : undefined;
      if (sha === undefined) throw refusals.noCommit(input.headSha ?? '');
      const now = call.state.clock.now();
      const blank: CheckRun = {
        id: call.state.newId(),
        name: input.name ?? '',
        headSha: sha,
        status: 'queued',
        conclusion: undefined,
        detailsUrl: undefined,
        externalId: '',
        startedAt: now,
        completedAt: undefined,
        title: undefined,
        summary: undefined,
        text: undefined,
        annotations: [],
      };
      const run = changed(blank, input, now);
      checkRuns.set(run.id, run);
      const shown = checkRunJson(call.repository, run);
      return json(201, shown, { location: shown.url });
    },
  },
  {
    method: 'GET',
    pattern: '/check-runs/{id}',
    need: read,
    isPublic: true,
    docs: 'checks/runs#get-a-check-run',
    answer: call => json(200, checkRunJson(call.repository, demandCheckRun(call))),
  },
  {
    method: 'PATCH',
    pattern: '/check-runs/{id}',
    need: write,
    isPublic: false,
    docs: 'checks/runs#update-a-check-run',
    answer: call => {
      demandApp(call);
      const before = demandCheckRun(call);
      const run = changed(before, readCheckRun(call.body, []), call.state.clock.now());
      call.repository.checkRuns.set(run.id, run);
      return json(200, checkRunJson(call.repository, run));
    },
  },
  {
    method: 'GET',
    pattern: '/check-runs/{id}/annotations',
    need: read,
    isPublic: true,
    docs: 'checks/runs#list-check-run-annotations',
    answer: call => {
      const run = findCheckRun(call.repository, Number(call.params['id']));
      if (run === undefined) throw refusals.notFound();
      const { items, headers } = pageOf(call, `/check-runs/${run.id}/annotations`, run.annotations);
      return json(
        200,
        items.map(annotation => annotationJson(call.repository, run, annotation)),
        headers,
      );
    },
  },
  {
    method: 'GET',
    pattern: '/commits/{ref}/check-runs',
    need: read,
    isPublic: true,
    docs: 'checks/runs#list-check-runs-for-a-git-reference',
    answer: async call => {
      const { repository, params, query } = call;
      const ref = params['ref'] ?? '';
      const sha = await findCommit(repository.git, ref);
      if (sha === undefined) throw refusals.noCommit(ref);
      const [name, status, app] = [query.get('check_name'), query.get('status'), query.get('app_id')];
      const matching = checkRunsOf(repository, sha).filter(
        run =>
          (name === null || run.name === name) &&
          (status === null || run.status === status) &&
          (app === null || app === String(actionsApp.id)),
      );
      const all = query.get('filter') === 'all' ? matching : latestOf(matching);
      const { items, headers } = pageOf(call, `/commits/${ref}/check-runs`, all);
      return json(
        200,
        { total_count: all.length, check_runs: items.map(run => checkRunJson(repository, run)) },
        headers,
      );
    },
  },
];

/** The newest of each name. */
function latestOf(runs: readonly CheckRun[]): readonly CheckRun[] {
  return [...new Map(runs.map(run => [run.name, run])).values()].sort((one, other) => one.id - other.id);
}

function changed(run: CheckRun, input: CheckRunInput, now: number): CheckRun {
  const status = input.status ?? run.status;
  return {
    ...run,
    name: input.name ?? run.name,
    status,
    conclusion: status === 'completed' ? (input.conclusion ?? run.conclusion) : undefined,
    detailsUrl: input.detailsUrl ?? run.detailsUrl,
    externalId: input.externalId ?? run.externalId,
    startedAt: input.startedAt ?? run.startedAt,
    completedAt: status === 'completed' ? (input.completedAt ?? run.completedAt ?? now) : undefined,
    title: input.title ?? run.title,
    summary: input.summary ?? run.summary,
    text: input.text ?? run.text,
    annotations: [...run.annotations, ...input.annotations],
  };
}

function checkRunJson(repository: RepositoryState, run: CheckRun) {
  const { name } = repository;
  const url = `${api}/repos/${name}/check-runs/${run.id}`;
  const html = `${web}/${name}/runs/${run.id}`;
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CR', run.id),
    head_sha: run.headSha,
    external_id: run.externalId,
    url,
    html_url: html,
    details_url: run.detailsUrl ?? html,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: isoTime(run.startedAt),
    completed_at: run.completedAt === undefined ? null : isoTime(run.completedAt),
    output: {
      title: run.title ?? null,
      summary: run.summary ?? null,
      text: run.text ?? null,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    app: actionsApp,
    pull_requests: [...repository.pulls.values()]
      .filter(pull => pull.headSha === run.headSha && pull.headRepository === name)
      .map(pull => ({
        id: pull.id,
        number: pull.number,
        url: `${api}/repos/${name}/pulls/${pull.number}`,
        head: { ref: pull.headBranch, sha: pull.headSha },
        base: { ref: pull.baseBranch, sha: pull.baseSha },
      })),
  };
}

function annotationJson({ name }: RepositoryState, { headSha }: CheckRun, annotation: StoredAnnotation) {
  const { path, startLine, endLine, level, title, message, rawDetails } = annotation;
  return {
    path,
    blob_href: `${web}/${name}/blob/${headSha}/${path}`,
    start_line: startLine,
    start_column: null,
    end_line: endLine,
    end_column: null,
    annotation_level: level,
    title: title ?? null,
    message,
    raw_details: rawDetails ?? null,
  };
}

function demandCheckRun({ repository, params }: Call): CheckRun {
  const run = repository.checkRuns.get(Number(params['id']));
  if (run === undefined) throw refusals.notFound();
  return run;
}

/** Check runs are written by Apps alone. */
function demandApp({ caller }: Call): void {
  if (caller?.kind !== 'job' && caller?.kind !== 'installation') throw refusals.needsApp();
}
