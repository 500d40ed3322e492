import type { ApprovalView, CheckRunView, DeploymentView, IssueView, PullView } from '../github/views.ts';
import type { RunResult } from '../runner/results.ts';

/** What the page shows: GitHub as it stood when the world ended. */
export interface PageContent {
  readonly ok: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly seconds: number;
  /** `owner/name` */
  readonly repository: string;
  /** What happened, told in order, before all that GitHub would show of it. */
  readonly chapters?: readonly ShownChapter[];
  readonly pulls: readonly PulledCode[];
  readonly issues?: readonly IssueView[];
  readonly runs: readonly RunResult[];
  readonly deployments: readonly DeploymentView[];
  /** What people answered when a run wanted to deploy. */
  readonly approvals?: readonly Pick<ApprovalView, 'environment' | 'state' | 'by' | 'at'>[];
  /** Which environment was proven to run which commit. */
  readonly records?: readonly { readonly environment: string; readonly commit: string; readonly at: number }[];
  /** Sentences about the run itself, shown first. */
  readonly notes?: readonly string[];
}

export interface ShownChapter {
  readonly number: number;
  readonly title: string;
  /** For somebody who has never seen the suite. */
  readonly tells: string;
  readonly ok: boolean;
  readonly scenes: readonly ShownScene[];
}

/** One line of a chapter, and what it leads to. */
export interface ShownScene {
  readonly words: string;
  readonly ok: boolean;
  readonly run?: Pick<RunResult, 'id' | 'attempt'>;
  readonly pull?: number;
  readonly issue?: number;
}

/** A pull request and the check runs of all its commits. */
export interface PulledCode {
  readonly pull: PullView;
  readonly checks: readonly CheckRunView[];
}
