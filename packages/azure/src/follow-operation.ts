import type { PipelineResponse } from '@azure/core-rest-pipeline';
import { asObject, asString, type Clock, parseJson, parseRetryAfter } from '@suite/foundation';
import { withRetries } from './failure.ts';
import type { Send } from './pipeline.ts';

/** How something that went on after its answer has ended; `unfinished` when it has not within the time given. */
export type OperationEnd =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly code: string; readonly message: string }
  | { readonly kind: 'unfinished' };

export interface FollowOptions {
  readonly send: Send;
  /** The resource manager's address: the token goes nowhere else, wherever an answer points. */
  readonly base: string;
  readonly clock: Clock;
  readonly longestMs: number;
  /** Before the n-th question, from 0, where Azure names no time; 2 s by default. */
  readonly pauseMs?: (question: number) => number;
  /** Ends the wait, never the operation: Azure cannot be told to stop. */
  readonly signal?: AbortSignal;
}

const usualPauseMs = 2_000;

/**
 * Asks at `Azure-AsyncOperation`, or else at the `Location` of a 202, until it is over. Rejects with the signal's reason, and
 * with what a question failed with: some services tell the operation's failure that way.
 */
export async function followOperation(first: PipelineResponse, options: FollowOptions): Promise<OperationEnd> {
  const { send, base, clock, longestMs, pauseMs = () => usualPauseMs, signal } = options;
  const asynchronous = first.headers.get('azure-asyncoperation');
  let address = asynchronous ?? (first.status === 202 ? first.headers.get('location') : undefined);
  if (address === undefined || !address.startsWith(`${base}/`)) return { kind: 'succeeded' };
  const begun = clock.now();
  let last = first;
  for (let question = 0; clock.now() - begun < longestMs; question++) {
    const asked = parseRetryAfter(last.headers.get('retry-after'), clock.now());
    await clock.sleep(asked ?? pauseMs(question), signal);
    const url = address;
    last = await withRetries(() => send({ method: 'GET', url, answers: [200, 201, 202, 204] }), { clock });
    const end = endOf(last, asynchronous !== undefined);
    if (end !== undefined) return end;
    // Registries sign each address anew, with an end of its own.
    const next = asynchronous === undefined ? last.headers.get('location') : undefined;
    if (next?.startsWith(`${base}/`) === true) address = next;
  }
  return { kind: 'unfinished' };
}

/** Undefined while it goes on. */
function endOf(answer: PipelineResponse, isAsynchronous: boolean): OperationEnd | undefined {
  const body = asObject(parseJson(answer.bodyAsText ?? ''));
  const status = asString(body['status'])?.toLowerCase() ?? '';
  // What is at a location may be the resource itself, whose status is another matter.
  const isTold = isAsynchronous || body['error'] !== undefined;
  if (isTold && ['failed', 'canceled'].includes(status)) {
    const { code, message } = asObject(body['error']);
    return { kind: 'failed', code: asString(code) ?? 'Failed', message: asString(message) ?? 'no reason given' };
  }
  const isOver = isAsynchronous ? status === 'succeeded' : answer.status !== 202;
  return isOver ? { kind: 'succeeded' } : undefined;
}
