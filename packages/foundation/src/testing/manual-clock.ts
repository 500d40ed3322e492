import type { Clock } from '../clock.ts';

export interface ManualClock extends Clock {
  /** Moves time on; whoever sleeps until then wakes in order. */
  advance(milliseconds: number): Promise<void>;
}

/** A clock that only moves when a test says so. */
export function manualClock(start = 0): ManualClock {
  let now = start;
  let sleepers: { at: number; wake: () => void }[] = [];
  const settle = () => new Promise<void>(resolve => setImmediate(resolve));
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        sleepers.push({ at: now + milliseconds, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    advance: async milliseconds => {
      const end = now + milliseconds;
      for (;;) {
        await settle();
        const next = sleepers.filter(({ at }) => at <= end).sort((left, right) => left.at - right.at)[0];
        if (next === undefined) break;
        sleepers = sleepers.filter(sleeper => sleeper !== next);
        now = Math.max(now, next.at);
        next.wake();
      }
      now = end;
      await settle();
    },
  };
}
