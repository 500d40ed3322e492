/** GitHub as a person or a test looks at it: copies of what stands there, never handles to change it. */

export interface PullView {
  readonly number: number;
  readonly title: string;
  /** Empty where nothing was said. */
  readonly body: string;
  /** Login of who opened it. */
  readonly author: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly head: { readonly branch: string; readonly sha: string; readonly repository: string };
  readonly base: { readonly branch: string; readonly sha: string };
  /** Trial merge of head into base while it is open; the commit on the base branch once it is merged. */
  readonly mergeSha: string | undefined;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly comments: readonly CommentView[];
}

export interface IssueView {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly state: 'open' | 'closed';
  /** Every body it has had, the first one and the present one included. */
  readonly revisions: readonly { readonly at: number; readonly body: string }[];
  readonly comments: readonly CommentView[];
}

export interface CommentView {
  readonly id: number;
  /** `github-actions[bot]`, `mona`, … */
  readonly author: string;
  readonly body: string;
  readonly createdAt: number;
  /** Every body it has had, the first one and the present one included. */
  readonly revisions: readonly { readonly at: number; readonly body: string }[];
  readonly deleted: boolean;
}

export interface CheckRunView {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly status: 'queued' | 'in_progress' | 'completed';
  /** `success`, `failure`, `neutral`, … once it is completed. */
  readonly conclusion: string | undefined;
  readonly detailsUrl: string | undefined;
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly annotations: readonly CheckAnnotation[];
}

export interface CheckAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly level: 'notice' | 'warning' | 'failure';
  readonly title: string | undefined;
  readonly message: string;
}

export interface EnvironmentView {
  readonly name: string;
  /** Logins who may approve; empty means that nobody has to. */
  readonly reviewers: readonly string[];
  readonly waitMinutes: number;
  /** Branches that may deploy; undefined means any. */
  readonly branches: readonly string[] | undefined;
}

/** What a person answered to a run that wanted to deploy to an environment. */
export interface ApprovalView {
  readonly runId: string;
  readonly environment: string;
  readonly state: 'approved' | 'rejected';
  /** Login. */
  readonly by: string;
  /** Empty when nothing was said. */
  readonly comment: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What `environment:` of a job makes GitHub file. */
export interface DeploymentView {
  readonly environment: string;
  readonly sha: string;
  readonly state: 'waiting' | 'in_progress' | 'success' | 'failure' | 'inactive';
  /** `environment.url` of the job. */
  readonly url: string | undefined;
  readonly createdAt: number;
}
