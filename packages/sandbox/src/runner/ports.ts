import type { Clock } from '@suite/foundation';
import type { Annotation } from './annotations.ts';
import type { Permissions } from './permissions.ts';
import type { Conclusion, RunResult } from './results.ts';

/** What the runner needs of the world around it. */
export interface RunnerHost {
  /** Workspaces of jobs, artifacts and scratch files of all runs live below it. */
  readonly folder: string;
  /** How many jobs run at one time. */
  readonly parallelism: number;
  readonly clock: Clock;
  /** What a machine with this label gives every step: PATH, HOME, proxy and certificate variables. */
  machineEnvironment(label: string): Readonly<Record<string, string>>;
  /** A file of a repository at a ref or sha; undefined when there is no such file or repository. */
  readFile(repository: string, ref: string, path: string): Promise<string | undefined>;
  /** The commit of a branch, tag, full ref or sha; undefined when there is none. */
  resolveRef(repository: string, ref: string): Promise<string | undefined>;
  /** Folder on disk with an action (action.yml and what it runs) of `owner/repo/path@ref`; undefined when nobody provides it. */
  actionFolder(repository: string, ref: string, path: string): Promise<string | undefined>;
  /** Puts the files of a commit into a folder, as actions/checkout leaves them, without credentials. */
  checkout(repository: string, ref: string, folder: string): Promise<void>;
  /** GITHUB_TOKEN of a job: exactly these permissions on this repository. */
  issueToken(repository: string, permissions: Permissions): string;
  revokeToken(token: string): void;
  /** What of its permissions a job has used: what let its token in, and whether it asked for an id token with these variables. */
  usesOf(token: string, idToken: Readonly<Record<string, string>>): Permissions;
  /** `ACTIONS_ID_TOKEN_REQUEST_URL` and `_TOKEN` of a job with `id-token: write`. */
  idTokenVariables(job: JobIdentity): Readonly<Record<string, string>>;
  /** Signs a statement of in-toto as this job, with a certificate of Sigstore; gives the bundle. */
  attest(job: JobIdentity, statement: object): Promise<object>;
  /** GitHub's numbers of a repository and of its owner; undefined when there is no such repository. */
  repositoryIds(repository: string): RepositoryIds | undefined;
  /**
   * Files the deployment and waits for whoever must approve; creates the environment when it is missing. `signal` is
   * aborted when the run is cancelled while it waits: answer then with `approved: false`.
   */
  enterEnvironment(repository: string, name: string, job: EnvironmentJob): Promise<EnteredEnvironment>;
  secrets(repository: string, environment: string | undefined): Readonly<Record<string, string>>;
  vars(repository: string, environment: string | undefined): Readonly<Record<string, string>>;
  /** Told whenever something of the run changed, for API answers and progress. */
  onChange(run: RunProgress): void;
  /** Growing numbers for runs and jobs. */
  newId(): string;
}

export interface RepositoryIds {
  readonly id: string;
  readonly ownerId: string;
}

/** A job as GitHub's OIDC tokens tell of it; the names are those of `Job` in ../github/subject.ts. */
export interface JobIdentity {
  /** `owner/name`. */
  readonly repository: string;
  readonly ref: string;
  readonly sha: string;
  readonly environment?: string;
  readonly event: string;
  /** `owner/name/.github/workflows/file.yml@ref` of the workflow that was started. */
  readonly workflowRef: string;
  /** The same of the called workflow, when the job stands in one. */
  readonly jobWorkflowRef?: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly actor: string;
}

export interface EnvironmentJob {
  readonly sha: string;
  readonly ref: string;
  readonly runId: string;
  /** Name of the job, as GitHub shows it. */
  readonly job: string;
  readonly actor: string;
  /** False with `deployment: false`: protection holds, no deployment is filed. */
  readonly deployment: boolean;
  readonly signal: AbortSignal;
  /** What the page of the run shows a person who has to decide: summaries of the jobs that have ended by now. */
  summaries(): readonly JobSummary[];
}

export interface JobSummary {
  /** Name of the job, as GitHub shows it. */
  readonly job: string;
  readonly markdown: string;
}

export interface EnteredEnvironment {
  /** False fails the job: nobody approved, or the branch may not deploy there. */
  readonly approved: boolean;
  end(state: 'success' | 'failure' | 'inactive', url?: string): void;
}

/** What starts a run. */
export interface RunRequest {
  /** `owner/name` whose workflow file it is and that the run belongs to. */
  readonly repository: string;
  /** `.github/workflows/platform.yml` */
  readonly path: string;
  readonly event: { readonly name: string; readonly payload: object };
  /** GITHUB_REF: `refs/heads/main`, `refs/pull/7/merge`. */
  readonly ref: string;
  /** GITHUB_SHA; the workflow file is read at this commit. */
  readonly sha: string;
  /** Of a pull request its head; else equal to `sha`. */
  readonly headSha: string;
  /** Branch of the pull request's head. */
  readonly headRef?: string;
  /** Branch that the pull request wants to go into. */
  readonly baseRef?: string;
  readonly actor: string;
  /** Of a fork or by dependabot: the token may only read, there are no secrets and no OIDC tokens. */
  readonly restricted: boolean;
  /** For `workflow_dispatch`. */
  readonly inputs?: Readonly<Record<string, string>>;
}

export interface Runner {
  /** Never throws for what is wrong with the workflow: such a run ends at once, with `startupFailure`. */
  start(request: RunRequest): RunningWorkflow;
  /** Runs a finished run again, as its next attempt with the same id, commit and actor. `failedOnly` keeps what succeeded. */
  rerun(
    previous: RunResult,
    options?: { readonly failedOnly?: boolean; readonly triggeringActor?: string },
  ): RunningWorkflow;
  /** Artifacts that a run holds now, of all its attempts. */
  artifacts(runId: string): readonly ArtifactView[];
}

export interface RunningWorkflow {
  readonly id: string;
  readonly attempt: number;
  readonly result: Promise<RunResult>;
  /** Cancels as a person does it on GitHub: steps get their signals, then `always()` and post steps run. */
  cancel(): void;
}

export interface ArtifactView {
  readonly id: string;
  readonly name: string;
  /** Folder on disk with the artifact's files. */
  readonly folder: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** A run as it stands now. */
export interface RunProgress {
  readonly id: string;
  readonly attempt: number;
  /** Counts the runs of this workflow file in its repository. */
  readonly number: number;
  readonly repository: string;
  /** `name:` of the workflow, else its path. */
  readonly name: string;
  readonly path: string;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** Full name of the repository that the commit came from; null when that fork is gone. */
  readonly headRepository: string | null;
  readonly actor: string;
  readonly status: ProgressStatus;
  /** Once it is completed. */
  readonly conclusion?: Exclude<Conclusion, 'skipped'> | 'startup_failure';
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly jobs: readonly JobProgress[];
  /** Of all attempts, also those that a later attempt made again. */
  readonly artifacts: readonly ArtifactView[];
}

export interface JobProgress {
  readonly id: string;
  readonly name: string;
  readonly status: ProgressStatus;
  readonly conclusion?: Conclusion;
  readonly runsOn: string;
  /** When it began; absent while it is queued. */
  readonly startedAt?: number;
  readonly completedAt?: number;
  /** Those that have begun, as they stand in the log. */
  readonly steps: readonly StepProgress[];
  /** Once it is completed: those of its steps, then its own. */
  readonly annotations?: readonly Annotation[];
}

export interface StepProgress {
  readonly name: string;
  /** From 1. */
  readonly number: number;
  readonly status: ProgressStatus;
  readonly conclusion?: Conclusion;
  readonly startedAt?: number;
  readonly completedAt?: number;
}

/** `waiting`: for an approval. `pending`: for its concurrency group. */
export type ProgressStatus = 'queued' | 'pending' | 'waiting' | 'in_progress' | 'completed';
