/** `run.json` (DESIGN §7): what happened, for programs. Written from what the stand-ins saw, never from what an action says. */
export interface RunRecord {
  readonly ok: boolean;
  readonly seconds: number;
  readonly runs: readonly RecordedRun[];
  readonly comments: readonly [];
  readonly deployments: readonly [];
  readonly records: readonly [];
  readonly writes: readonly RecordedWrite[];
  readonly imageBytes: { readonly throughRunner: 0; readonly imported: 0 };
  /** Hosts that something asked for and nobody plays. */
  readonly refusedHosts: readonly string[];
}

export interface RecordedRun {
  readonly workflow: string;
  readonly event: string;
  readonly conclusion: Conclusion;
  readonly jobs: readonly RecordedJob[];
}

export interface RecordedJob {
  readonly name: string;
  readonly environment?: string;
  readonly conclusion: Conclusion;
  readonly seconds: number;
  readonly steps: readonly {
    readonly name: string;
    readonly uses?: string;
    readonly conclusion: Conclusion;
    readonly seconds: number;
  }[];
}

export type Conclusion = 'success' | 'failure' | 'cancelled';

/** Equal writes of one identity are one row. */
export interface RecordedWrite {
  readonly identity: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly count: number;
}
