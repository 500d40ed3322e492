import type { Clock } from '@suite/foundation';

export interface SteppedClock extends Clock {
  /** Lets time pass, waking whoever sleeps in the order of their times. */
  advance(milliseconds: number): Promise<void>;
}

/** Time that only moves when told to, and that wakes sleepers then. */
export function steppedClock(start = Date.UTC(2026, 10, 23, 5)): SteppedClock {
  let now = start;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  const others = () => new Promise(resolve => setImmediate(resolve));
  return {
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { due: now + milliseconds, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => {
          sleepers.delete(sleeper);
          reject(signal.reason);
        });
      }),
    advance: async milliseconds => {
      const end = now + milliseconds;
      await others();
      for (;;) {
        const [next] = [...sleepers].filter(({ due }) => due <= end).sort((one, other) => one.due - other.due);
        if (next === undefined) break;
        sleepers.delete(next);
        now = Math.max(now, next.due);
        next.wake();
        await others();
      }
      now = end;
    },
  };
}
