import type { RepositoryIds, RunRequest } from '../ports.ts';
import { type WorkflowSource, workflowRef } from './calls.ts';

/** What is the same for all jobs of an attempt. */
export interface RunIdentity {
  readonly request: RunRequest;
  readonly repositoryIds: RepositoryIds;
  readonly id: string;
  /** Counts the runs of this workflow file in its repository. */
  readonly number: number;
  readonly attempt: number;
  readonly triggeringActor: string;
  /** The file that was started. */
  readonly source: WorkflowSource;
  /** `name:` of that file, else its path. */
  readonly workflow: string;
}

export type GitHubContext = Readonly<Record<string, unknown>>;

/** The `github` context as far as it does not depend on a job. */
export function githubContext(run: RunIdentity): GitHubContext {
  const { repositoryIds, request, source } = run;
  return {
    actor: request.actor,
    api_url: 'https://api.github.com',
    base_ref: request.baseRef ?? '',
    event: request.event.payload,
    event_name: request.event.name,
    graphql_url: 'https://api.github.com/graphql',
    head_ref: request.headRef ?? '',
    ref: request.ref,
    ref_name: shortRef(request.ref),
    ref_protected: false,
    ref_type: request.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: request.repository,
    repository_id: repositoryIds.id,
    repository_owner: request.repository.split('/')[0] ?? '',
    repository_owner_id: repositoryIds.ownerId,
    repositoryUrl: `git://github.com/${request.repository}.git`,
    retention_days: '90',
    run_attempt: String(run.attempt),
    run_id: run.id,
    run_number: String(run.number),
    server_url: 'https://github.com',
    sha: request.sha,
    triggering_actor: run.triggeringActor,
    workflow: run.workflow,
    workflow_ref: workflowRef(source),
    workflow_sha: source.sha,
  };
}

// actions/runner, GitHubContext.cs: what of the context becomes GITHUB_*; the command files are set per step.
const exported = [
  'action',
  'action_ref',
  'action_repository',
  'actor',
  'actor_id',
  'api_url',
  'base_ref',
  'event_name',
  'event_path',
  'graphql_url',
  'head_ref',
  'job',
  'ref',
  'ref_name',
  'ref_protected',
  'ref_type',
  'repository',
  'repository_id',
  'repository_owner',
  'repository_owner_id',
  'retention_days',
  'run_attempt',
  'run_id',
  'run_number',
  'server_url',
  'sha',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'workspace',
];

/** `GITHUB_*`; the token is not among them. */
export function githubVariables(context: GitHubContext): Record<string, string> {
  const given = exported.filter(name => context[name] !== undefined);
  return Object.fromEntries(given.map(name => [`GITHUB_${name.toUpperCase()}`, String(context[name])]));
}

/** The `runner` context of a machine with this label. */
export function runnerContext(
  label: string,
  temp: string,
  toolCache: string | undefined,
): Readonly<Record<string, string>> {
  return {
    name: `sandbox ${label}`,
    os: 'Linux',
    arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
    temp,
    environment: /^(ubuntu|windows|macos)-/.test(label) ? 'github-hosted' : 'self-hosted',
    ...(toolCache === undefined ? {} : { tool_cache: toolCache }),
  };
}

/** What the `job` context says of the file that the job stands in. */
export function jobSource(source: WorkflowSource): Readonly<Record<string, string>> {
  return {
    workflow_ref: workflowRef(source),
    workflow_sha: source.sha,
    workflow_repository: source.repository,
    workflow_file_path: source.path,
  };
}

/** `main`, `7/merge`, `v1`. */
function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags|pull)\//, '');
}
