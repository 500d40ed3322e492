/** A repository as far as GitHub's OIDC tokens tell of it. */
export interface Repository {
  /** `owner/name`. */
  readonly name: string;
  readonly id: string;
  readonly ownerId: string;
  readonly subject: SubjectForm;
}

/**
 * The forms that GitHub gives the `sub` claim. `immutable` puts ids beside the names (default of repositories made after
 * July 2026). `claims` is a customised template: `repo`, `context` and names of claims, in order.
 */
export interface SubjectForm {
  readonly immutable: boolean;
  readonly claims?: readonly string[];
}

/** What a workflow job is, as a runner knows it. */
export interface Job {
  /** `owner/name`. */
  readonly repository: string;
  /** `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  readonly sha: string;
  /** The GitHub environment that the job names. */
  readonly environment?: string;
  /** `push`, `pull_request`, … */
  readonly event: string;
  /** `owner/name/.github/workflows/file.yml@ref` of the workflow that was started. */
  readonly workflowRef: string;
  /** The same of the called workflow, when the job stands in one. */
  readonly jobWorkflowRef?: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly actor: string;
}

export function subjectOf(job: Job, repository: Repository, claims: Readonly<Record<string, unknown>>): string {
  const [owner, name] = repository.name.split('/');
  const repo = repository.subject.immutable
    ? `repo:${owner}@${repository.ownerId}/${name}@${repository.id}`
    : `repo:${repository.name}`;
  const template = repository.subject.claims ?? ['repo', 'context'];
  return template
    .map(claim => {
      if (claim === 'repo') return repo;
      if (claim === 'context') return contextOf(job);
      return `${claim}:${escapeColons(String(claims[claim] ?? ''))}`;
    })
    .join(':');
}

function contextOf(job: Job): string {
  if (job.environment !== undefined) return `environment:${escapeColons(job.environment)}`;
  return job.event === 'pull_request' ? 'pull_request' : `ref:${job.ref}`;
}

/** GitHub keeps the colon for itself: one inside a value would let a value pose as another claim. */
function escapeColons(value: string): string {
  return value.replaceAll(':', '%3A');
}
