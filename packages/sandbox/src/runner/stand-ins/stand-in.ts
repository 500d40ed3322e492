import type { Permissions } from '../permissions.ts';
import type { ArtifactView, JobIdentity, RunnerHost, RunRequest } from '../ports.ts';
import type { StepLog } from '../steps/step-log.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** An action that the sandbox plays itself, in place of the published one. */
export interface StandIn {
  /** Inputs that it knows; another one is refused by name. */
  readonly inputs: readonly string[];
  /** Throws an Error to fail the step. */
  run(inputs: Inputs, job: StandInJob): Promise<Readonly<Record<string, string>>>;
}

export type Inputs = Readonly<Record<string, string>>;

/** What a stand-in sees of the job that it runs in. */
export interface StandInJob {
  readonly host: Pick<RunnerHost, 'attest' | 'checkout' | 'resolveRef'>;
  readonly request: RunRequest;
  readonly runId: string;
  readonly attempt: number;
  readonly permissions: Permissions;
  /** To be told what of them the published action uses. */
  readonly uses: (used: Permissions) => void;
  /** GITHUB_TOKEN of the job. */
  readonly token: string;
  /** As its OIDC tokens tell of it. */
  readonly identity: JobIdentity;
  readonly workspace: string;
  readonly temp: string;
  readonly artifacts: ArtifactStore;
  /** What a run of the same repository holds, the newest of each name; undefined when there is no such run. */
  artifactsOf(runId: string): readonly ArtifactView[] | undefined;
  readonly log: StepLog;
}

/** An input that is true or false, as the toolkit reads it. */
export function flag(inputs: Inputs, name: string, otherwise: boolean): boolean {
  const text = inputs[name] ?? '';
  if (text === '') return otherwise;
  if (/^(true|True|TRUE)$/.test(text)) return true;
  if (/^(false|False|FALSE)$/.test(text)) return false;
  throw new Error(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}`);
}
