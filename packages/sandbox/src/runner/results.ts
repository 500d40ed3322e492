import type { Annotation } from './annotations.ts';
import type { Permissions } from './permissions.ts';

/** `skipped` is a job's or step's; a run whose jobs were all skipped succeeded, as on GitHub. */
export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';

/** A workflow run as a person sees it on GitHub. */
export interface RunResult {
  /** Grows with every run of the world, as GitHub's do. */
  readonly id: string;
  /** From 1; a re-run counts up and keeps the id. */
  readonly attempt: number;
  /** `name:` of the workflow file, else its path. */
  readonly workflow: string;
  /** `.github/workflows/platform.yml` */
  readonly path: string;
  readonly event: string;
  /** Commit that the run belongs to: of a pull request its head, not the trial merge. */
  readonly headSha: string;
  readonly actor: string;
  readonly conclusion: Exclude<Conclusion, 'skipped'>;
  /** Why the run could not begin at all, in GitHub's words; there are no jobs then. */
  readonly startupFailure?: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly seconds: number;
  /** In the order in which they began; skipped ones where they would have begun. */
  readonly jobs: readonly JobResult[];
}

export interface JobResult {
  /** Number of the job, unique in the world. */
  readonly id: string;
  /** As GitHub shows it: `plan / Plan dev · westeurope`. */
  readonly name: string;
  readonly environment?: { readonly name: string; readonly url?: string };
  readonly conclusion: Conclusion;
  readonly runsOn: string;
  readonly startedAt: number;
  readonly seconds: number;
  readonly steps: readonly StepResult[];
  /** Absent where it came to no machine. */
  readonly rights?: JobRights;
  /** Of the job itself, such as a time-out; those of its steps stand there. */
  readonly annotations: readonly Annotation[];
}

/** What a job was allowed, and what of that it has used. */
export interface JobRights {
  /** Where it is written: `.github/workflows/stage.yml#apply`. */
  readonly job: string;
  readonly granted: Permissions;
  readonly used: Permissions;
}

export interface StepResult {
  readonly name: string;
  /** As it is written in the workflow; absent for `run:`. */
  readonly uses?: string;
  readonly conclusion: Conclusion;
  /** Of the process; null when a signal ended it, undefined when there was none. */
  readonly exitCode?: number | null;
  readonly seconds: number;
  /** Lines as a person sees them: masked, with groups indented. */
  readonly log: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown that the step wrote for the job's summary; empty when it is over GitHub's 1 MiB. */
  readonly summary: string;
}
