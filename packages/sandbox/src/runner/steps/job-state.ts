import type { Json } from '@suite/foundation';
import type { Conclusion } from '../results.ts';
import type { StepsJobRun } from './steps-job-run.ts';

/** What changes while the steps of a job run. */
export interface JobState {
  readonly run: StepsJobRun;
  /** Of workflow and job, and what steps wrote into GITHUB_ENV. */
  readonly env: Record<string, string>;
  /** What steps wrote into GITHUB_PATH, the last one first. */
  path: readonly string[];
  status: Conclusion;
  readonly steps: Record<string, StepContext>;
}

/** A step as `steps.<id>` shows it. */
export interface StepContext {
  readonly outputs: Readonly<Record<string, string>>;
  readonly outcome: Conclusion;
  readonly conclusion: Conclusion;
}

/** The contexts of an expression in a step, with the step's own `env` and `github.action`. */
export function stepContexts(
  { run, steps, status }: JobState,
  env: Readonly<Record<string, string>>,
  action: Readonly<Record<string, Json>>,
): Readonly<Record<string, unknown>> {
  return {
    ...run.contexts,
    github: { ...run.github, ...action },
    env,
    steps,
    job: { ...run.jobContext, status },
  };
}
