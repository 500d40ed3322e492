/** The right to work on a scope and region, which one run at a time has. */
export interface EnvironmentLease {
  look(): Promise<LeaseView>;
  /** Undefined when somebody else holds it. */
  take(id: string, note: RunNote): Promise<HeldLease | undefined>;
}

export interface HeldLease {
  /** How long it lasts after it was taken or renewed, in milliseconds. */
  readonly lastsMs: number;
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
  /** Number of the attempt, the job's key in its workflow, and the machine; absent where nobody said it. */
  readonly attempt?: string;
  readonly job?: string;
  readonly host?: string;
}
