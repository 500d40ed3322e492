import { json } from '../../network/http.ts';
import { madeUpId, nodeId } from '../ids.ts';
import type { Need } from '../permissions.ts';
import { refusals } from '../refusals.ts';
import { api, isoTime } from '../shapes.ts';
import type { RecordedArtifactState, RecordedRunState, RepositoryState } from '../store/state.ts';
import { pageOf } from './paging.ts';
import type { Call, Route } from './route.ts';
import { allRuns, demandRun } from './runs.ts';

const read: Need = { level: 'read', anyOf: ['actions'] };

/** Days after which GitHub deletes one, unless a repository says otherwise (github-facts.md §7). */
const retentionDays = 90;

export const artifactRoutes: readonly Route[] = [
  {
    method: 'GET',
    pattern: '/actions/runs/{id}/artifacts',
    need: read,
    isPublic: true,
    docs: 'actions/artifacts#list-workflow-run-artifacts',
    answer: call => {
      const run = demandRun(call);
      return artifactsAnswer(call, `/actions/runs/${run.id}/artifacts`, [run]);
    },
  },
  {
    method: 'GET',
    pattern: '/actions/artifacts',
    need: read,
    isPublic: true,
    docs: 'actions/artifacts#list-artifacts-for-a-repository',
    answer: call => artifactsAnswer(call, '/actions/artifacts', allRuns(call.repository)),
  },
  {
    method: 'GET',
    pattern: '/actions/artifacts/{id}/zip',
    need: read,
    isPublic: false,
    docs: 'actions/artifacts#download-an-artifact',
    answer: ({ repository, params, artifactArchives }) => {
      const folder = allRuns(repository)
        .flatMap(({ artifacts = [] }) => artifacts)
        .find(({ id }) => id === params['id'])?.folder;
      if (folder === undefined) throw refusals.notFound();
      return { status: 302, headers: { location: artifactArchives.addressOf(folder) } };
    },
  },
];

/** The newest first: of equal names, which attempts of one run may give, a client wants that one. */
function artifactsAnswer(call: Call, path: string, runs: readonly RecordedRunState[]) {
  const { query, repository } = call;
  const name = query.get('name');
  const all = runs
    .flatMap(run => (run.artifacts ?? []).map(artifact => ({ run, artifact })))
    .filter(({ artifact }) => name === null || artifact.name === name)
    .toSorted((one, other) => Number(other.artifact.id) - Number(one.artifact.id));
  const { items, headers } = pageOf(call, path, all);
  const artifacts = items.map(({ run, artifact }) => artifactJson(repository, run, artifact));
  return json(200, { total_count: all.length, artifacts }, headers);
}

function artifactJson(repository: RepositoryState, run: RecordedRunState, artifact: RecordedArtifactState) {
  const { id, name, createdAt } = artifact;
  const url = `${api}/repos/${repository.name}/actions/artifacts/${id}`;
  const { headRepository = repository.name } = run;
  const isOwn = headRepository?.toLowerCase() === repository.name.toLowerCase();
  return {
    id: Number(id),
    node_id: nodeId('A', id),
    name,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    created_at: isoTime(createdAt),
    updated_at: isoTime(createdAt),
    expires_at: isoTime(createdAt + retentionDays * 86_400_000),
    workflow_run: {
      id: Number(run.id),
      repository_id: Number(repository.id),
      head_repository_id: headRepository === null ? null : Number(isOwn ? repository.id : madeUpId(headRepository)),
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}
