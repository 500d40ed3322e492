import type { WorkflowSource } from '../jobs/calls.ts';
import type { GitHubContext } from '../jobs/contexts.ts';
import type { JobRecord } from '../jobs/recorder.ts';
import type { Permissions } from '../permissions.ts';
import type { ArtifactView, JobIdentity, RunnerHost, RunRequest } from '../ports.ts';
import type { ArtifactStore } from '../stand-ins/artifact-store.ts';
import type { Step } from '../workflow/model.ts';
import type { Masks } from './masks.ts';

/** A job on its machine, ready to run its steps. */
export interface StepsJobRun {
  readonly host: RunnerHost;
  readonly request: RunRequest;
  readonly runId: string;
  readonly attempt: number;
  readonly record: JobRecord;
  readonly steps: readonly Step[];
  /** The file that the job stands in, which `$/` refers to. */
  readonly source: WorkflowSource;
  readonly permissions: Permissions;
  /** Told what a stand-in uses of them where the published action would. */
  readonly uses: (used: Permissions) => void;
  /** GITHUB_TOKEN of the job. */
  readonly token: string;
  readonly identity: JobIdentity;
  readonly workspace: string;
  readonly temp: string;
  readonly artifacts: ArtifactStore;
  /** Of another run of the same repository; undefined when there is none. */
  readonly artifactsOf: (runId: string) => readonly ArtifactView[] | undefined;
  readonly masks: Masks;
  /** Aborted when the job is cancelled or its time is up. */
  readonly signal: AbortSignal;
  /** Aborted when everything has to have ended after a cancellation, `always()` or not. */
  readonly deadline: AbortSignal;
  /** Of workflow and job. */
  readonly env: Readonly<Record<string, string>>;
  /** What the machine gives every process, and the variables of the id token. */
  readonly machine: Readonly<Record<string, string>>;
  readonly github: GitHubContext;
  readonly runner: Readonly<Record<string, string>>;
  /** The `job` context without the status. */
  readonly jobContext: Readonly<Record<string, unknown>>;
  /** inputs, vars, secrets, needs, strategy, matrix, runner. */
  readonly contexts: Readonly<Record<string, unknown>>;
}
