import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Clock, Problem, UserError } from '@suite/foundation';
import type { EnvironmentLease, FindRun, StateBlob } from '@suite/lease';
import type { ScopeView } from '@suite/platform-file';
import type { ProviderSource, Terraform } from '@suite/terraform';
import type { Activity } from './drift/who.ts';
import type { PreflightReader, Reach } from './preflight/index.ts';
import type { Sources } from './sources/sources.ts';
import type { Target } from './target.ts';
import type { FindResource } from './unrecorded.ts';
import type { TerraformRoot } from './variables.ts';
import type { LiveCluster } from './verify/live-cluster.ts';
import type { Workspace } from './workspace.ts';

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  readonly clock: Clock;
  readonly summary: Summary;
  setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void;
  /** Throws a UserError when Terraform of the team's own that the platform file names cannot be used. */
  prepareWorkspace(target: Target): Promise<Workspace>;
  connect(target: Target): Azure;
  /** Terraform without an identity. `folder` is that of the platform file: others in the repository are not ours. */
  openChecker(engine: ScopeView['engine'], folder: string): Promise<Checker>;
  openLocker(engine: ScopeView['engine']): Promise<ProviderLocker>;
  /** Once `stop` is aborted, a command that runs gets its one SIGINT and none is begun any more. */
  openTerraform(target: Target, workspace: Workspace, azure: Azure, stop?: AbortSignal): Promise<Terraform>;
  /** Connects as the runner does. */
  readonly reach: Reach;
  /** A new GUID. */
  newId(): string;
  /** Name of this machine. */
  readonly host: string;
  /** Undefined where there is no token to ask GitHub with. */
  readonly findRun: FindRun | undefined;
}

/** Azure as one identity sees it. */
export interface Azure {
  /** The state blob without its content. */
  readState(): Promise<StateBlob>;
  readonly lease: EnvironmentLease;
  readonly plans: PlanStore;
  /** What an apply did that could not write its state. */
  readonly savedState: SavedState;
  /** Terraform's lock, where somebody left it. */
  readonly stateLock: StateLock;
  /** The running cluster; undefined when there is none. */
  readCluster(resourceGroup: string, name: string): Promise<LiveCluster | undefined>;
  readonly findResource: FindResource;
  /** Every page of a collection of the resource manager; none when what it hangs on is not there. */
  list(id: string, apiVersion: string, query?: Readonly<Record<string, string>>): Promise<readonly unknown[]>;
  readonly preflight: PreflightReader;
  /** What the activity log has of a scope's own resource group, between two times in milliseconds. */
  readActivity(from: number, to: number): Promise<readonly Activity[]>;
  /** What a refusal by Entra ID means, wherever its text was met. */
  explainSignIn(text: string): { readonly message: string; readonly remedy?: string };
}

export interface SavedState {
  /** Undefined when there is none. */
  read(): Promise<string | undefined>;
  write(content: string): Promise<void>;
  remove(): Promise<void>;
}

export interface StateLock {
  /** By the lock's id. False when it is another one by now. */
  release(id: string): Promise<boolean>;
}

/** Plan files between a plan job and its apply job. */
export interface PlanStore {
  /** `refused`: there is no container, or no right to add to it. */
  add(
    newKey: () => string,
    content: Buffer,
    metadata: Readonly<Record<string, string>>,
  ): Promise<{ readonly key: string } | { readonly refused: UserError }>;
  /** Undefined when it is gone. */
  download(
    key: string,
    file: string,
  ): Promise<{ readonly sha256: string; readonly metadata: Readonly<Record<string, string>> } | undefined>;
  list(prefix: string): Promise<{ readonly key: string; readonly modifiedAt: number }[]>;
  remove(key: string): Promise<void>;
}

/** Locks providers, without an identity. */
export interface ProviderLocker {
  /** Gives the content of `.terraform.lock.hcl` for a configuration; `locked` is what it holds until now. */
  lock(
    root: TerraformRoot,
    sources: Sources,
    locked: string | undefined,
    platforms: readonly string[],
    from: ProviderSource,
  ): Promise<string>;
}

/** Terraform without an identity. Both give what is wrong. */
export interface Checker {
  validate(root: TerraformRoot, sources: Sources): Promise<Problem[]>;
  /** Terraform files in the folder that are not formatted. */
  misformatted(): Promise<Problem[]>;
}
