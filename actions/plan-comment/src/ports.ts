import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Clock } from '@suite/foundation';

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly summary: Summary;
  setOutputs(outputs: Readonly<Record<string, string | undefined>>): void;
  openPull(number: number): PullRequest;
  openTracker(): IssueTracker;
  openRepository(): Repository;
  /** Numbers of the pull requests whose merge made a commit. */
  pullsOf(commit: string): Promise<readonly number[]>;
}

/** One pull request, and this job, as the token sees them. Calls throw what `retryOf` understands. */
export interface PullRequest {
  /** Login of the token's owner. */
  viewer(): Promise<string>;
  read(): Promise<Pull>;
  comments(): Promise<readonly Comment[]>;
  createComment(body: string): Promise<Comment>;
  updateComment(id: number, body: string): Promise<Comment>;
  /** Does nothing when it is gone already. */
  removeComment(id: number): Promise<void>;
  createCheck(check: Check): Promise<void>;
  /** The jobs of this run; undefined when the token may not read them. */
  readRun(): Promise<Run | undefined>;
  /** What a job said went wrong, in its order; nothing when the token may not read it. */
  failuresOf(job: string): Promise<readonly string[]>;
  /** Whether a failed call may pass when everything is looked at again; undefined when it is final. */
  retryOf(error: unknown): { readonly afterMs?: number } | undefined;
}

/** As it stands now, not as the event saw it. */
export interface Pull {
  readonly headSha: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly mergeSha: string | undefined;
}

export interface Comment {
  readonly id: number;
  readonly author: string;
  readonly body: string;
  readonly url: string;
}

/** The issues of this repository, and what its pull requests plan, as the token sees them. Calls throw what `retryOf` understands. */
export interface IssueTracker extends Pick<PullRequest, 'viewer' | 'readRun' | 'retryOf'> {
  /** Open and closed ones with the label. */
  list(label: string): Promise<readonly Issue[]>;
  open(seed: { readonly title: string; readonly body: string; readonly label: string }): Promise<Issue>;
  change(number: number, change: { readonly body?: string; readonly state?: Issue['state'] }): Promise<Issue>;
  comment(number: number, body: string): Promise<void>;
  /** Those of this repository, not of forks; the newest first. */
  openPulls(): Promise<readonly OpenPull[]>;
  /** The texts of an artifact of the newest run that a pull request started on the commit; empty where there is none. */
  reportsOf(headSha: string, artifact: string): Promise<readonly string[]>;
}

/** Branches of this repository, and pull requests from them, as the token sees them. Calls throw what `retryOf` understands. */
export interface Repository extends Pick<PullRequest, 'viewer' | 'retryOf'> {
  defaultBranch(): Promise<string>;
  /** Name and last commit of the branches whose name begins so. */
  branches(prefix: string): Promise<ReadonlyMap<string, string>>;
  /** What `head` has and `base` has not; undefined for more than can be told. */
  ahead(
    base: string,
    head: string,
  ): Promise<readonly { readonly author: string; readonly message: string }[] | undefined>;
  /** Undefined when it is not there. */
  fileAt(commit: string, path: string): Promise<Uint8Array | undefined>;
  /** Open and closed ones from the branch, the newest first. */
  pullsFrom(branch: string): Promise<readonly ProposedPull[]>;
  /** Whether it can be merged no more. */
  conflicts(number: number): Promise<boolean>;
  createBranch(branch: string, commit: string): Promise<void>;
  /** Does nothing when it is gone already. */
  deleteBranch(branch: string): Promise<void>;
  /** Signed by GitHub. A branch that has another last commit than `parent` is left as it is: `moved`. */
  commit(commit: {
    readonly branch: string;
    readonly parent: string;
    readonly headline: string;
    readonly body: string;
    readonly additions: readonly { readonly path: string; readonly content: string }[];
    readonly deletions: readonly string[];
  }): Promise<{ readonly kind: 'committed' | 'moved' }>;
  open(pull: {
    readonly title: string;
    readonly body: string;
    readonly branch: string;
    readonly base: string;
  }): Promise<ProposedPull>;
  change(
    number: number,
    change: { readonly title?: string; readonly body?: string; readonly state?: 'closed' },
  ): Promise<void>;
  comment(number: number, body: string): Promise<void>;
  /** Gives back what was made for it. */
  close(): Promise<void>;
}

export interface ProposedPull {
  readonly number: number;
  readonly author: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly title: string;
  readonly body: string;
  readonly url: string;
}

export interface Issue {
  readonly number: number;
  readonly author: string;
  readonly state: 'open' | 'closed';
  readonly body: string;
  readonly url: string;
}

export interface OpenPull {
  readonly number: number;
  readonly title: string;
  readonly url: string;
  readonly headSha: string;
}

export interface Run {
  /** When this attempt began, on GitHub's clock. */
  readonly startedAt: string | undefined;
  readonly jobs: readonly Job[];
}

export interface Job {
  readonly id: string;
  /** With the names of the jobs that call: `plan / Plan dev`. */
  readonly name: string;
  /** `success`, `failure`, `cancelled`, `skipped`, …; undefined while it runs. */
  readonly conclusion: string | undefined;
  readonly url: string;
}

export interface Check {
  readonly name: string;
  readonly headSha: string;
  readonly conclusion: 'success' | 'failure';
  readonly detailsUrl: string | undefined;
  readonly title: string;
  readonly summary: string;
  readonly annotations: readonly Annotation[];
}

export interface Annotation {
  readonly path: string;
  readonly line: number;
  readonly level: 'warning' | 'failure';
  readonly title: string;
  readonly message: string;
}
