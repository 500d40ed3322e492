import type { RunRequest } from '../runner/index.ts';
import type { PullAction, RepositoryHandle } from '../world/index.ts';

/** The platform repository's workflow. */
const workflowPath = '.github/workflows/platform.yml';

/** A push to main by a person of the team, which moved it between two commits. */
export function pushRequest(repository: RepositoryHandle, before: string, after: string, sender: string): RunRequest {
  return {
    repository: repository.name,
    path: workflowPath,
    event: { name: 'push', payload: repository.pushEvent({ branch: 'main', before, after, sender }) },
    ref: 'refs/heads/main',
    sha: after,
    headSha: after,
    actor: sender,
    restricted: false,
  };
}

/**
 * An event of a pull request, by its author. Runs of a merged one belong to its base branch, at `mergedAs`. What forks and Dependabot
 * propose runs restricted.
 */
export function pullRequestRun(
  repository: RepositoryHandle,
  number: number,
  action: PullAction,
  mergedAs?: string,
): RunRequest {
  const { head, base, mergeSha, author } = repository.pull(number);
  const sha = mergedAs ?? mergeSha;
  if (sha === undefined) throw new Error(`Pull request ${number} has conflicts.`);
  return {
    repository: repository.name,
    path: workflowPath,
    event: { name: 'pull_request', payload: repository.pullRequestEvent(number, action, author) },
    ref: mergedAs === undefined ? `refs/pull/${number}/merge` : `refs/heads/${base.branch}`,
    sha,
    headSha: head.sha,
    headRef: head.branch,
    baseRef: base.branch,
    actor: author,
    restricted: author === 'dependabot[bot]' || head.repository !== repository.name,
  };
}
