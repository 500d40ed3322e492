import type { Scope } from '../expressions/evaluate.ts';
import type { Named, Node } from '../workflow/node.ts';
import type { StepLog } from './step-log.ts';

/** Something that a job does in its turn: the main stage of a step, or the pre or post stage of its action. */
export interface Task {
  name(scope: Scope): string;
  readonly uses?: string;
  readonly condition: string;
  readonly env: readonly Named[];
  readonly continueOnError: Node | undefined;
  readonly timeoutMinutes: Node | undefined;
  /** Under which `steps.<id>` shows the result; stages around it are not shown there. */
  readonly id?: string;
  /** `github.action` and what belongs to it. */
  readonly action: Readonly<Record<string, string>>;
  /** Throws an Error to fail with its message. */
  perform(turn: Turn): Promise<Performed>;
}

export interface Turn {
  readonly scope: Scope;
  readonly log: StepLog;
  /** Of the process that the task starts. */
  readonly environment: Readonly<Record<string, string>>;
  /** Aborted when the task has to end. */
  readonly signal: AbortSignal;
}

export interface Performed {
  readonly isSuccess: boolean;
  readonly exitCode?: number | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}
