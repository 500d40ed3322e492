import type { Clock } from '@suite/foundation';

/** GitHub's figures (docs, rate limits for the REST API; github-facts.md §7). May be changed while the world runs. */
export interface LimitSettings {
  /** Of a job's token, per repository and hour. */
  jobRequests: number;
  /** Of a person, per hour. */
  personRequests: number;
  /** Without a token, per hour. */
  anonymousRequests: number;
  /** Requests that write, per minute and per hour. */
  creationsPerMinute: number;
  creationsPerHour: number;
}

export function githubLimits(): LimitSettings {
  return {
    jobRequests: 1000,
    personRequests: 5000,
    anonymousRequests: 60,
    creationsPerMinute: 80,
    creationsPerHour: 500,
  };
}

export interface Spending {
  /** `core` and `graphql` are counted apart. */
  readonly resource: 'core' | 'graphql';
  readonly limit: number;
  readonly used: number;
  readonly remaining: number;
  /** Seconds since 1970 when the count begins again. */
  readonly reset: number;
  readonly isExceeded: boolean;
}

export interface Limits {
  /** Counts a request of somebody against the primary limit. */
  spend(who: string, resource: Spending['resource'], limit: number): Spending;
  /** Counts a write; gives the seconds to wait when there were too many, and then counts nothing. */
  create(who: string): number | undefined;
}

const minute = 60_000;
const hour = 3_600_000;

export function createLimits(clock: Clock, settings: LimitSettings): Limits {
  const windows = new Map<string, { start: number; used: number }>();
  const creations = new Map<string, number[]>();
  return {
    spend: (who, resource, limit) => {
      const now = clock.now();
      const key = `${resource} ${who}`;
      const known = windows.get(key);
      const window = known === undefined || now >= known.start + hour ? { start: now, used: 0 } : known;
      windows.set(key, window);
      const isExceeded = window.used >= limit;
      if (!isExceeded) window.used += 1;
      const { used } = window;
      const reset = Math.ceil((window.start + hour) / 1000);
      return { resource, limit, used, remaining: Math.max(0, limit - used), reset, isExceeded };
    },
    create: who => {
      const now = clock.now();
      const recent = (creations.get(who) ?? []).filter(time => time > now - hour);
      creations.set(who, recent);
      const wait = Math.max(
        untilFree(
          recent.filter(time => time > now - minute),
          settings.creationsPerMinute,
          minute,
          now,
        ),
        untilFree(recent, settings.creationsPerHour, hour, now),
      );
      if (wait > 0) return Math.ceil(wait / 1000);
      recent.push(now);
      return undefined;
    },
  };
}

/** Milliseconds until one more fits into the window; 0 when one does now. */
function untilFree(times: readonly number[], limit: number, window: number, now: number): number {
  if (times.length < limit) return 0;
  const oldest = times[times.length - limit] ?? now;
  return oldest + window - now;
}
