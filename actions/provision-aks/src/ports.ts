import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { Clock, Problem } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';
import type { Terraform } from '@suite/terraform';
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
  /** Terraform without an identity. */
  openChecker(): Promise<Checker>;
  openTerraform(target: Target, workspace: Workspace, azure: Azure): Promise<Terraform>;
}

/** Azure as one identity sees it. */
export interface Azure {
  /** The state blob without its content. */
  readState(): Promise<StateBlob>;
  readonly marker: RunMarker;
  /** The running cluster; undefined when there is none. */
  readCluster(resourceGroup: string, name: string): Promise<LiveCluster | undefined>;
  readonly findResource: FindResource;
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

/** Says beside the state which run works on it. */
export interface RunMarker {
  write(note: RunNote): Promise<void>;
  read(): Promise<RunNote | undefined>;
  remove(): Promise<void>;
}

export interface RunNote {
  readonly run: string;
  readonly actor: string;
  readonly command: string;
  readonly startedAt: string;
}

/** Terraform without an identity. Both give what is wrong. */
export interface Checker {
  validate(root: TerraformRoot): Promise<Problem[]>;
  /** Files of the repository that are not formatted. */
  misformatted(): Promise<Problem[]>;
}
