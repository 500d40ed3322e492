import type { RunRequest } from '../runner/index.ts';
import type { PullAction, RepositoryHandle } from '../world/index.ts';

/** The platform repository's workflow. */
const workflowPath = '.github/workflows/platform.yml';

/** A run of a workflow of the platform repository for a commit that is on main. */
function onMain(repository: RepositoryHandle, sha: string, actor: string): Omit<RunRequest, 'event'> {
  return {
    repository: repository.name,
    path: workflowPath,
    ref: 'refs/heads/main',
    sha,
    headSha: sha,
    actor,
    restricted: false,
  };
}

/** A push to main by a person of the team, which moved it between two commits. */
export function pushRequest(repository: RepositoryHandle, before: string, after: string, sender: string): RunRequest {
  const payload = repository.pushEvent({ branch: 'main', before, after, sender });
  return { ...onMain(repository, after, sender), event: { name: 'push', payload } };
}

/** A workflow of the platform repository that a person starts by hand on main. */
export async function dispatchRequest(
  repository: RepositoryHandle,
  workflow: string,
  inputs: Readonly<Record<string, string>>,
  sender: string,
): Promise<RunRequest> {
  return {
    ...onMain(repository, await repository.resolve('refs/heads/main'), sender),
    path: `.github/workflows/${workflow}`,
    event: { name: 'workflow_dispatch', payload: { inputs } },
    inputs,
  };
}

/** A workflow of the platform repository that its schedule starts; GitHub names who changed the schedule last. */
export async function scheduleRequest(
  repository: RepositoryHandle,
  workflow: string,
  schedule: string,
  actor: string,
): Promise<RunRequest> {
  return {
    ...onMain(repository, await repository.resolve('refs/heads/main'), actor),
    path: `.github/workflows/${workflow}`,
    event: { name: 'schedule', payload: { schedule } },
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
