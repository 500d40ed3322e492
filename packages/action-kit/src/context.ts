import { type PullRequestEvent, readPullRequest } from './pull-request.ts';

/** What the runner says about this run; read once, so that nothing below reads the environment. */
export interface RunContext {
  /** `owner/name`; empty outside of a workflow. */
  readonly repository: string;
  /** GitHub's number of it, which outlives a rename; empty outside of a workflow. */
  readonly repositoryId: string;
  /** Where the running action comes from: `org/actions`, and the commit or tag; empty for an action of the workspace. */
  readonly action: { readonly repository: string; readonly ref: string };
  /** The commit that the run works on: the one that started it, or the action's input `commit`. */
  readonly sha: string;
  readonly ref: string;
  readonly event: string;
  /** The pull request that started the run, if one did. */
  readonly pullRequest: PullRequestEvent | undefined;
  readonly workflow: string;
  readonly job: string;
  /** The step, as the workflow or the runner names it: unlike every other one of its job. Empty outside of a workflow. */
  readonly step: string;
  readonly actor: string;
  readonly runId: string;
  readonly runAttempt: string;
  /** Of the REST API: `https://api.github.com`, or an enterprise server's. */
  readonly apiUrl: string;
  /** Page of the run on GitHub; undefined outside of a workflow. */
  readonly runUrl: string | undefined;
  /** Checkout that relative paths are resolved against. */
  readonly workspace: string;
  /** Emptied by the runner after the job. */
  readonly temp: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function readContext(env: Environment, fallback: { cwd: string; temp: string }): RunContext {
  const text = (name: string) => env[name] ?? '';
  const server = env['GITHUB_SERVER_URL'];
  const repository = text('GITHUB_REPOSITORY');
  const runId = text('GITHUB_RUN_ID');
  return {
    repository,
    repositoryId: text('GITHUB_REPOSITORY_ID'),
    action: { repository: text('GITHUB_ACTION_REPOSITORY'), ref: text('GITHUB_ACTION_REF') },
    sha: text('GITHUB_SHA'),
    ref: text('GITHUB_REF'),
    event: text('GITHUB_EVENT_NAME'),
    pullRequest: readPullRequest(env['GITHUB_EVENT_PATH'], repository),
    workflow: text('GITHUB_WORKFLOW'),
    job: text('GITHUB_JOB'),
    step: text('GITHUB_ACTION'),
    actor: text('GITHUB_ACTOR'),
    runId,
    runAttempt: env['GITHUB_RUN_ATTEMPT'] ?? '1',
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    runUrl: server && repository && runId ? `${server}/${repository}/actions/runs/${runId}` : undefined,
    workspace: env['GITHUB_WORKSPACE'] || fallback.cwd,
    temp: env['RUNNER_TEMP'] || fallback.temp,
  };
}
