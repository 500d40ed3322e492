import type { Log, RunContext, Summary } from '@suite/action-kit';
import type { ChangeReport } from '@suite/change-report';
import type { Clock } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import type { GpuPoolInstance, Target } from './target.ts';
import type { Finding } from './verdict.ts';
import type { Level } from './workload/index.ts';

/** What the commands need from outside. The composition root gives it; tests give their own. */
export interface Services {
  readonly context: RunContext;
  readonly log: Log;
  /** Its sleep ends with the cancellation of the run. */
  readonly clock: Clock;
  readonly summary: Summary;
  /** Aborted when the run is cancelled. */
  readonly signal: AbortSignal;
  /** A name for what this process makes: lower-case letters and digits. */
  newRun(): string;
  /** Of a main stage that was killed, when this is the post stage after it: the name that it gave. */
  readonly killedRun: string | undefined;
  /** Tells the post stage what there is to take away, or that there is nothing any more. */
  remember(run: string | undefined): void;
  /** Text of smoke.py. */
  program(): Promise<string>;
  setOutputs(outputs: Readonly<Record<string, string | number | boolean | undefined>>): void;
  connect(target: Target): Promise<Connected>;
  /** Writes the change report and gives its path. */
  writeReport(command: string, report: ChangeReport): Promise<string>;
}

/** An environment as its apply identity sees it. */
export interface Connected {
  /** Undefined where there is no cluster yet. Its requests outlive a cancellation, so that what was made can be taken away. */
  readonly cluster: Cluster | undefined;
  /** What can be found out before anything is made. */
  checkBefore(test: PlannedTest): Promise<Preflight>;
  close(): void;
}

/** The test of a pool as it would be made. */
export interface PlannedTest {
  readonly pool: GpuPoolInstance;
  readonly level: Level;
  /** `isOwn`: the action makes it. */
  readonly namespace: { readonly name: string; readonly isOwn: boolean };
  /** With its digest. */
  readonly image: string;
  readonly job: KubernetesObject;
  /** Further pods. */
  readonly pods: readonly KubernetesObject[];
}

export interface Preflight {
  readonly findings: readonly Finding[];
  /** GPUs that Azure says the pool's size has; undefined where it does not say. */
  readonly gpusOfSize: number | undefined;
}
