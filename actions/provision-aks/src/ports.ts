import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Clock, Problem, UserError } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { Terraform } from '@suite/terraform';
import type { PreflightReader, Reach } from './preflight/index.ts';
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
  prepareWorkspace(view: ScopeView): Promise<Workspace>;
  connect(target: Target): Azure;
  /** Terraform without an identity. `folder` is that of the platform file: others in the repository are not ours. */
  openChecker(folder: string): Promise<Checker>;
  /** Once `stop` is aborted, a command that runs gets its one SIGINT and none is begun any more. */
  openTerraform(target: Target, workspace: Workspace, azure: Azure, stop?: AbortSignal): Promise<Terraform>;
  /** Connects as the runner does. */
  readonly reach: Reach;
  /** A new GUID. */
  newId(): string;
}

/** Azure as one identity sees it. */
export interface Azure {
  /** The state blob without its content. */
  readState(): Promise<StateBlob>;
  readonly lease: EnvironmentLease;
  readonly plans: PlanStore;
  /** The running cluster; undefined when there is none. */
  readCluster(resourceGroup: string, name: string): Promise<LiveCluster | undefined>;
  readonly findResource: FindResource;
  readonly preflight: PreflightReader;
  /** What a refusal by Entra ID means, wherever its text was met. */
  explainSignIn(text: string): { readonly message: string; readonly remedy?: string };
}

export type StateBlob =
  | { readonly exists: false }
  | {
      readonly exists: true;
      readonly lease: 'available' | 'leased';
      readonly lock:
        | { readonly id: string; readonly operation: string; readonly who: string; readonly created: string }
        | undefined;
    };

/** The right to work on a scope and region, which one run at a time has. */
export interface EnvironmentLease {
  look(): Promise<LeaseView>;
  /** Undefined when somebody else holds it. */
  take(id: string, note: RunNote): Promise<HeldLease | undefined>;
}

export interface HeldLease {
  /** False when another run has it, or nobody. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

export type LeaseView =
  | { readonly state: 'free' }
  | { readonly state: 'held'; readonly note: RunNote | undefined }
  /** Nobody holds it, but a run left its note: it ended without releasing. */
  | { readonly state: 'abandoned'; readonly note: RunNote };

export interface RunNote {
  readonly run: string;
  readonly runId: string;
  readonly actor: string;
  readonly command: string;
  readonly startedAt: string;
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

/** Terraform without an identity. Both give what is wrong. */
export interface Checker {
  validate(root: TerraformRoot): Promise<Problem[]>;
  /** Terraform files in the folder that are not formatted. */
  misformatted(): Promise<Problem[]>;
}
