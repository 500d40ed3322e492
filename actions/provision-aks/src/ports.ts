import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Clock, Problem, UserError } from '@suite/foundation';
import type { EnvironmentLease } from '@suite/lease';
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
