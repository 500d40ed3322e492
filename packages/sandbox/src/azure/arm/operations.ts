import { randomUUID } from 'node:crypto';
import type { Clock } from '@suite/foundation';
import type { Faults, StartedOperation } from '../../faults/faults.ts';

/** Work that goes on after the answer. It ends by the world's clock, whether or not anybody asks about it. */
export interface Operation extends StartedOperation {
  readonly name: string;
  readonly startedAt: number;
  readonly dueAt: number;
  readonly failure?: OperationFailure;
  status: 'InProgress' | 'Succeeded' | 'Failed';
}

export interface OperationFailure {
  readonly code: string;
  readonly message: string;
  /** Of what its result is answered with; 409 by default. */
  readonly status?: number;
}

export interface Operations {
  /** With `failure` it fails anyhow, unless a fault has it fail otherwise. */
  start(operation: StartedOperation, end: (succeeded: boolean) => void, failure?: OperationFailure): Operation;
  find(name: string): Operation | undefined;
  /** Ends what is due. Called before anything is read, so that nobody sees a state that time has passed. */
  settle(): void;
  /** As {@link Operations.settle}, after waiting a moment for this one: so that polling without pause does not spin. */
  settleSoon(operation: Operation): Promise<void>;
}

export interface OperationOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  /** Milliseconds that an operation takes. */
  readonly duration: (operation: StartedOperation) => number;
  /** Ends every pause when the world closes. */
  readonly closing: AbortSignal;
}

const longestHoldMs = 150;
const failing = (failure: OperationFailure | undefined) => (failure === undefined ? {} : { failure });

export function createOperations({ clock, faults, duration, closing }: OperationOptions): Operations {
  const all = new Map<string, Operation>();
  const pending = new Map<Operation, (succeeded: boolean) => void>();

  const settle = () => {
    const due = [...pending].filter(([operation]) => operation.dueAt <= clock.now());
    for (const [operation, end] of due.sort(([one], [other]) => one.dueAt - other.dueAt)) {
      pending.delete(operation);
      operation.status = operation.failure === undefined ? 'Succeeded' : 'Failed';
      end(operation.failure === undefined);
    }
  };

  return {
    settle,
    find: name => all.get(name.toLowerCase()),
    start: (started, end, failure) => {
      const outcome = faults.strikeOperation(started);
      const isSlow = outcome !== undefined && 'durationMs' in outcome;
      const startedAt = clock.now();
      const operation: Operation = {
        ...started,
        name: randomUUID(),
        startedAt,
        dueAt: startedAt + (isSlow ? outcome.durationMs : duration(started)),
        status: 'InProgress',
        ...failing(outcome === undefined || isSlow ? failure : outcome),
      };
      all.set(operation.name, operation);
      pending.set(operation, end);
      return operation;
    },
    settleSoon: async operation => {
      const remaining = operation.dueAt - clock.now();
      if (remaining > 0) await clock.sleep(Math.min(remaining, longestHoldMs), closing).catch(() => undefined);
      settle();
    },
  };
}
