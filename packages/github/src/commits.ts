import { asArray, asNumber, asObject, asString } from '@suite/foundation';
import { GitHubFailure } from './failure.ts';
import { splitRepository } from './repository.ts';
import type { Requests } from './requests.ts';

/** How `head` stands to `base`; `unknown` when GitHub does not have one of them any more. */
export type Relation = 'identical' | 'ahead' | 'behind' | 'diverged' | 'unknown';

/** Needs `contents: read`. */
export async function compareCommits(
  requests: Requests,
  repository: string,
  base: string,
  head: string,
): Promise<Relation> {
  if (base === head) return 'identical';
  try {
    const comparison = await requests.read('compare two commits', 'GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...splitRepository(repository),
      basehead: `${base}...${head}`,
      per_page: 1,
    });
    const status = asString(asObject(comparison)['status']);
    return status === 'identical' || status === 'ahead' || status === 'behind' || status === 'diverged'
      ? status
      : 'unknown';
  } catch (error) {
    if (error instanceof GitHubFailure && error.status === 404) return 'unknown';
    throw error;
  }
}

/** A pull request that brought a commit to its branch. */
export interface MergedPull {
  readonly number: number;
  /** Tip of its branch when it was merged. */
  readonly headSha: string;
}

/** Pull requests whose merge made the commit, or that contain it. Needs `pull-requests: read`. */
export async function pullsOfCommit(
  requests: Requests,
  repository: string,
  commit: string,
): Promise<readonly MergedPull[]> {
  const pulls = await requests.readAll(
    `find the pull request of ${commit.slice(0, 7)}`,
    'GET /repos/{owner}/{repo}/commits/{commit}/pulls',
    { ...splitRepository(repository), commit },
  );
  return pulls.map(asObject).flatMap(pull => {
    const number = asNumber(pull['number']);
    const headSha = asString(asObject(pull['head'])['sha']);
    const isOfCommit = pull['merged_at'] != null && pull['merge_commit_sha'] === commit;
    return number === undefined || headSha === undefined || !isOfCommit ? [] : [{ number, headSha }];
  });
}

/**
 * Id of the newest run that a pull request started on a commit and that still has the artifact. Needs `actions: read`.
 */
export async function findReviewRun(
  requests: Requests,
  repository: string,
  headSha: string,
  artifact: string,
): Promise<string | undefined> {
  const place = splitRepository(repository);
  const purpose = `find the plans of ${headSha.slice(0, 7)}`;
  const runs = await requests.readAll(
    purpose,
    'GET /repos/{owner}/{repo}/actions/runs',
    { ...place, head_sha: headSha, event: 'pull_request' },
    'workflow_runs',
  );
  const ids = runs.map(asObject).flatMap(run => {
    const id = asNumber(run['id']);
    // A fork's run would be anybody's.
    const own = asString(asObject(run['head_repository'])['full_name'])?.toLowerCase() === repository.toLowerCase();
    return id === undefined || !own ? [] : [id];
  });
  for (const id of ids.toSorted((left, right) => right - left)) {
    const artifacts = await requests.readAll(
      purpose,
      'GET /repos/{owner}/{repo}/actions/runs/{id}/artifacts',
      { ...place, id },
      'artifacts',
    );
    if (artifacts.map(asObject).some(({ name, expired }) => name === artifact && expired !== true)) return String(id);
  }
  return undefined;
}

/** Logins of those who approved the deployment of a run to an environment. Needs `actions: read`. */
export async function readApprovers(
  requests: Requests,
  repository: string,
  { run, environment }: { readonly run: string; readonly environment: string },
): Promise<readonly string[]> {
  const reviews = await requests.read(
    `read who approved run ${run}`,
    'GET /repos/{owner}/{repo}/actions/runs/{run}/approvals',
    { ...splitRepository(repository), run },
  );
  const logins = asArray(reviews)
    .map(asObject)
    .filter(
      ({ state, environments }) =>
        state === 'approved' &&
        asArray(environments).some(one => asString(asObject(one)['name'])?.toLowerCase() === environment.toLowerCase()),
    )
    .flatMap(({ user }) => asString(asObject(user)['login']) ?? []);
  return [...new Set(logins)];
}
