import type { CheckRunView, DeploymentView, PullView } from '../github/views.ts';
import type { RunResult } from '../runner/results.ts';

/** What the page shows: GitHub as it stood when the world ended. */
export interface PageContent {
  readonly ok: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly seconds: number;
  /** `owner/name` */
  readonly repository: string;
  readonly pulls: readonly PulledCode[];
  readonly runs: readonly RunResult[];
  readonly deployments: readonly DeploymentView[];
  /** Sentences about the run itself, shown first. */
  readonly notes?: readonly string[];
}

/** A pull request and the check runs of all its commits. */
export interface PulledCode {
  readonly pull: PullView;
  readonly checks: readonly CheckRunView[];
}
