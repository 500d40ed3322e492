import type { Clock } from '@suite/foundation';
import type { Git } from '../git/git.ts';
import type { SubjectForm } from '../subject.ts';
import type { ApprovalView, CheckAnnotation, CheckRunView, DeploymentView, EnvironmentView } from '../views.ts';
import type { App } from './apps.ts';

/** What GitHub holds of one repository besides its git objects. Times are milliseconds since 1970. */
export interface RepositoryState {
  /** `owner/name`, as it was written at creation. */
  readonly name: string;
  readonly id: string;
  readonly ownerId: string;
  readonly isPrivate: boolean;
  readonly subject: SubjectForm;
  readonly createdAt: number;
  readonly git: Git;
  /** Runs one change of refs after the other. */
  readonly exclusive: <T>(change: () => Promise<T>) => Promise<T>;
  readonly pulls: Map<number, Pull>;
  /** By number, which they share with pull requests. */
  readonly issues: Map<number, Issue>;
  /** False where they are switched off in the settings of the repository. */
  hasIssues: boolean;
  /** “Allow GitHub Actions to create and approve pull requests”, which is off in a new repository. */
  actionsMayOpenPulls: boolean;
  readonly comments: Map<number, Comment>;
  readonly checkRuns: Map<number, CheckRun>;
  /** Newest commit status of each context, by commit. */
  readonly statuses: Map<string, Map<string, CommitStatus>>;
  /** By name in lower case: GitHub ignores case there. */
  readonly environments: Map<string, Environment>;
  readonly deployments: Deployment[];
  /** Of all runs, in the order in which they were given. */
  readonly approvals: ApprovalView[];
  /** Attempts of runs by id. */
  readonly runs: Map<string, Map<number, RecordedRunState>>;
  /** By branch: what keeps commits from being made on it, unless they come by a pull request. */
  readonly rules: Map<string, BranchRule>;
}

export type CommitStatus = 'error' | 'failure' | 'pending' | 'success';

/** Classic branch protection, or a ruleset of repository or organisation. */
export type BranchRule = 'protection' | 'ruleset';

export interface GitHubState {
  readonly clock: Clock;
  /** Growing numbers, over all repositories. */
  readonly newId: () => number;
  /** By name in lower case. */
  readonly repositories: Map<string, RepositoryState>;
  readonly apps: App[];
}

export const defaultBranch = 'main';

export interface Pull {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  readonly author: string;
  readonly createdAt: number;
  readonly headBranch: string;
  /** Full name of the repository that the branch is said to live in. */
  readonly headRepository: string;
  readonly baseBranch: string;
  isForkDeleted: boolean;
  headSha: string;
  /** Tip of the base branch when the pull request was opened or last pushed to. */
  baseSha: string;
  /** Trial merge while it is open, undefined when it conflicts; the merge itself afterwards. */
  mergeSha: string | undefined;
  updatedAt: number;
  closed: { readonly at: number; readonly by: string; readonly isMerge: boolean } | undefined;
}

export interface Issue {
  readonly id: number;
  readonly number: number;
  title: string;
  readonly author: string;
  readonly createdAt: number;
  body: string;
  labels: readonly string[];
  updatedAt: number;
  closed: { readonly at: number; readonly by: string } | undefined;
  /** `completed`, `not_planned`, `reopened`. */
  reason: string | undefined;
  readonly revisions: { readonly at: number; readonly body: string }[];
}

export interface Comment {
  readonly id: number;
  /** Number of the pull request or issue. */
  readonly pull: number;
  readonly author: string;
  readonly createdAt: number;
  body: string;
  updatedAt: number;
  readonly revisions: { readonly at: number; readonly body: string }[];
  isDeleted: boolean;
  /** Why it is folded away: `outdated`, … */
  minimized: string | undefined;
}

export interface CheckRun extends Omit<CheckRunView, 'annotations' | 'title' | 'summary'> {
  readonly externalId: string;
  readonly startedAt: number;
  readonly completedAt: number | undefined;
  readonly title: string | undefined;
  readonly summary: string | undefined;
  readonly text: string | undefined;
  readonly annotations: readonly StoredAnnotation[];
}

export interface StoredAnnotation extends CheckAnnotation {
  readonly endLine: number;
  readonly rawDetails: string | undefined;
}

export interface Environment extends EnvironmentView {
  readonly id: number;
  readonly preventSelfReview: boolean;
  readonly createdAt: number;
}

export type Deployment = { -readonly [Key in keyof DeploymentView]: DeploymentView[Key] };

/** One attempt of a workflow run, as its runner tells it. */
export interface RecordedRunState {
  readonly id: string;
  /** From 1. */
  readonly attempt: number;
  /** Counts the runs of a workflow. */
  readonly number: number;
  readonly name: string;
  /** `.github/workflows/platform.yml` */
  readonly path: string;
  readonly event: string;
  readonly status: RunStatus;
  readonly conclusion: string | undefined;
  readonly headSha: string;
  readonly headBranch: string;
  /** Full name of the repository that the commit came from: its own by default, null when that fork is gone. */
  readonly headRepository?: string | null;
  readonly actor: string;
  readonly startedAt: number;
  readonly jobs: readonly RecordedJobState[];
  /** All that the run has so far, those of earlier attempts included; none by default. */
  readonly artifacts?: readonly RecordedArtifactState[];
}

export type RunStatus = 'queued' | 'in_progress' | 'waiting' | 'completed';

export interface RecordedArtifactState {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** What it holds; one without can be listed, and not downloaded. */
  readonly folder?: string;
}

export interface RecordedJobState {
  readonly id: string;
  /** As GitHub shows it: `plan / Plan dev`. */
  readonly name: string;
  readonly status: RunStatus;
  readonly conclusion: string | undefined;
  readonly startedAt: number | undefined;
  readonly completedAt: number | undefined;
  /** What its steps and its runner put onto the page of the run; none by default. */
  readonly annotations?: readonly StoredAnnotation[];
}
