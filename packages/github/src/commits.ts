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
  return (await commitRange(requests, repository, base, head, 1)).relation;
}

/** A commit in a list of them. All of it may come from outside. */
export interface LoggedCommit {
  readonly sha: string;
  readonly message: string;
  /** Login of the author, or the name that Git has where GitHub knows nobody. */
  readonly author: string;
  /** When it was committed: ISO 8601. */
  readonly at: string;
}

export interface CommitRange {
  readonly relation: Relation;
  /** Those of `head` that `base` has not: the first ones, the oldest first. */
  readonly commits: readonly LoggedCommit[];
  /** How many there are. */
  readonly total: number;
}

/** The most that GitHub gives at once. */
export const commitsOfPage = 100;

/** What came to `head` since `base`. Needs `contents: read`. */
export async function commitRange(
  requests: Requests,
  repository: string,
  base: string,
  head: string,
  most = commitsOfPage,
): Promise<CommitRange> {
  try {
    const comparison = asObject(
      await requests.read('compare two commits', 'GET /repos/{owner}/{repo}/compare/{basehead}', {
        ...splitRepository(repository),
        basehead: `${base}...${head}`,
        per_page: most,
      }),
    );
    const status = asString(comparison['status']);
    const isKnown = status === 'identical' || status === 'ahead' || status === 'behind' || status === 'diverged';
    return {
      relation: isKnown ? status : 'unknown',
      commits: loggedCommits(comparison['commits']),
      total: asNumber(comparison['total_commits']) ?? 0,
    };
  } catch (error) {
    if (error instanceof GitHubFailure && error.status === 404) return { relation: 'unknown', commits: [], total: 0 };
    throw error;
  }
}

/** As GitHub lists them. */
export function loggedCommits(list: unknown): readonly LoggedCommit[] {
  return asArray(list).flatMap(one => {
    const { sha, author, commit } = asObject(one);
    const { message, author: written, committer } = asObject(commit);
    const [id, text] = [asString(sha), asString(message)];
    if (id === undefined || text === undefined) return [];
    const name = asString(asObject(author)['login']) ?? asString(asObject(written)['name']) ?? '';
    return { sha: id, message: text, author: name, at: asString(asObject(committer)['date']) ?? '' };
  });
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
