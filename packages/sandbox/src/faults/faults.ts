import type { WorldRequest, WorldResponse } from '../network/http.ts';

export type FaultAnswer =
  /** Sent instead of the real answer; the request has no effect. */
  | WorldResponse
  /** The real answer, later. */
  | { readonly delayMs: number }
  /** The connection breaks; the request has no effect. */
  | 'reset'
  /** The connection breaks after so many bytes of the request's body, or of the answer's where the request has none. */
  | { readonly cutAfter: number }
  /** Runs before the real answer: to kill the caller, or to change something behind its back. */
  | { readonly call: (request: WorldRequest) => void | Promise<void> };

/** Faults strike counted requests, never moments in time: a test that depends on time is a test that fails at times. */
export interface Fault {
  readonly match: (request: WorldRequest) => boolean;
  /** Matching requests that pass before the first one that is struck. */
  readonly skip?: number;
  /** Requests that are struck; all of them by default. */
  readonly times?: number;
  readonly answer: FaultAnswer;
}

/** A long-running operation of the resource manager, as it begins. */
export interface StartedOperation {
  readonly kind: 'put' | 'delete' | 'patch' | 'import';
  /** `Microsoft.ContainerService/managedClusters/agentPools` */
  readonly type: string;
  readonly id: string;
}

/** Decides how an operation ends, or how long it takes, when it begins. */
export interface OperationFault {
  readonly match: (operation: StartedOperation) => boolean;
  readonly skip?: number;
  readonly times?: number;
  readonly outcome:
    | { readonly code: string; readonly message: string }
    /** Milliseconds on the world's clock; Infinity never ends. */
    | { readonly durationMs: number };
}

export interface FaultHandle {
  /** Requests or operations that matched so far, struck or not. */
  readonly seen: () => number;
  readonly struck: () => number;
  remove(): void;
}

export interface Faults {
  add(fault: Fault): FaultHandle;
  addOperation(fault: OperationFault): FaultHandle;
  /** Drops all of them. */
  clear(): void;
  /** What strikes this request: calls and delays in the order they were added, up to the first answer. */
  strike(request: WorldRequest): readonly FaultAnswer[];
  strikeOperation(operation: StartedOperation): OperationFault['outcome'] | undefined;
}

interface Counted<T> {
  readonly fault: T & { readonly skip?: number; readonly times?: number };
  seen: number;
  struck: number;
}

export function createFaults(): Faults {
  const requests = new Set<Counted<Fault>>();
  const operations = new Set<Counted<OperationFault>>();

  return {
    add: fault => track(requests, fault),
    addOperation: fault => track(operations, fault),
    clear: () => {
      requests.clear();
      operations.clear();
    },
    strike: request => {
      const answers: FaultAnswer[] = [];
      // All that match count the request, also those behind the answer that ends it.
      for (const counted of seeAll(requests, fault => fault.match(request))) {
        if (answers.some(isFinal) || !takesTurn(counted)) continue;
        answers.push(counted.fault.answer);
      }
      return answers;
    },
    strikeOperation: operation =>
      seeAll(operations, fault => fault.match(operation)).find(counted => takesTurn(counted))?.fault.outcome,
  };
}

export function isFinal(answer: FaultAnswer): answer is WorldResponse | 'reset' | { readonly cutAfter: number } {
  return answer === 'reset' || 'status' in answer || 'cutAfter' in answer;
}

function track<T>(all: Set<Counted<T>>, fault: Counted<T>['fault']): FaultHandle {
  const counted: Counted<T> = { fault, seen: 0, struck: 0 };
  all.add(counted);
  return { seen: () => counted.seen, struck: () => counted.struck, remove: () => void all.delete(counted) };
}

function seeAll<T>(all: Iterable<Counted<T>>, matches: (fault: T) => boolean): Counted<T>[] {
  const matching = [...all].filter(({ fault }) => matches(fault));
  for (const counted of matching) counted.seen += 1;
  return matching;
}

/** A fault whose turn went to another one strikes the next request instead. */
function takesTurn<T>(counted: Counted<T>): boolean {
  const { skip = 0, times = Number.POSITIVE_INFINITY } = counted.fault;
  if (counted.seen <= skip || counted.struck >= times) return false;
  counted.struck += 1;
  return true;
}
