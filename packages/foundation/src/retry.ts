import type { Clock } from './clock.ts';

/** What a failed attempt means: try again (after `afterMs` if the other side named a time), or give up. */
export type Verdict = { readonly retry: false } | { readonly retry: true; readonly afterMs?: number };

export interface RetryPolicy {
  readonly clock: Clock;
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Upper bound of the first pause; it doubles with each attempt. */
  readonly baseMs: number;
  /** No pause is longer than this, whatever the other side asked for. */
  readonly capMs: number;
  readonly judge: (error: unknown) => Verdict;
  /** In [0, 1): spreads the pauses of many callers ("full jitter"). */
  readonly random?: () => number;
  readonly onRetry?: (error: unknown, attempt: number, pauseMs: number) => void;
  readonly signal?: AbortSignal;
}

/** Runs `operation` until it succeeds, its failure is final, or the attempts are used up; then throws the last failure. */
export async function retry<T>(operation: (attempt: number) => Promise<T>, policy: RetryPolicy): Promise<T> {
  const random = policy.random ?? Math.random;
  for (let attempt = 1; ; attempt++) {
    try {
      return await operation(attempt);
    } catch (error) {
      const verdict = policy.judge(error);
      if (!verdict.retry || attempt >= policy.attempts || policy.signal?.aborted) throw error;
      const pauseMs = Math.min(
        policy.capMs,
        verdict.afterMs ?? policy.baseMs * 2 ** (attempt - 1) * (0.5 + random() / 2),
      );
      policy.onRetry?.(error, attempt, pauseMs);
      await policy.clock.sleep(pauseMs, policy.signal);
    }
  }
}

/** 408, 429 and 5xx may pass by themselves; everything else is an answer. */
export function isTransientStatus(status: number): boolean {
  return status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);
}

// More than anybody waits for, and small enough for a date.
const longestRetryAfterMs = 365 * 24 * 60 * 60_000;

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110 §10.2.3). Undefined when it says neither. */
export function parseRetryAfter(value: string | null | undefined, now: number): number | undefined {
  if (value === null || value === undefined) return undefined;
  const text = value.trim();
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, longestRetryAfterMs);
  // Node reads `-1` as a day of the year 2001.
  const date = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
