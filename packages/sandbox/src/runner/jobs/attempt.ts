import type { ArtifactView, RunnerHost } from '../ports.ts';
import type { Conclusion, JobResult } from '../results.ts';
import type { ArtifactStore } from '../stand-ins/artifact-store.ts';
import type { ConcurrencyGroups } from './concurrency.ts';
import type { RunIdentity } from './contexts.ts';
import type { Recorder } from './recorder.ts';
import type { Slots } from './slots.ts';

/** What all jobs of one attempt of a run share. */
export interface Attempt {
  readonly host: RunnerHost;
  readonly run: RunIdentity;
  readonly recorder: Recorder;
  readonly artifacts: ArtifactStore;
  /** Of another run of the same repository; undefined when there is none. */
  readonly artifactsOf: (runId: string) => readonly ArtifactView[] | undefined;
  readonly groups: ConcurrencyGroups;
  readonly slots: Slots;
  /** Jobs of the attempt before, when only the failed ones are run again. */
  readonly previous: Jobs | undefined;
  /** Jobs of this attempt, filled as they end. */
  readonly finished: Map<string, FinishedJob>;
}

/** By a key that stays the same over attempts: the ids of the calling jobs, of the job itself, and its matrix values. */
export type Jobs = ReadonlyMap<string, FinishedJob>;

/** What a job of steps has come to, one for each matrix configuration. */
export interface FinishedJob {
  readonly shown: JobResult;
  /** What `needs` says: with `continue-on-error` a failure counts as a success. */
  readonly result: Conclusion;
  readonly outputs: Readonly<Record<string, string>>;
}

/** The secrets of a job, by the environment that it names. */
export type Secrets = (environment: string | undefined) => Readonly<Record<string, string>>;
