import type { Clock } from '@suite/foundation';

/** Lets so many through in any window of time; the others wait for their turn, in order. */
export interface RateLimit {
  pass(): Promise<void>;
}

export function createRateLimit(clock: Clock, { permits, windowMs }: { permits: number; windowMs: number }): RateLimit {
  /** When the last ones passed, or will: at most `permits` of them. */
  const turns: number[] = [];
  return {
    pass: async () => {
      const now = clock.now();
      const oldest = turns.length < permits ? undefined : turns.shift();
      const turn = oldest === undefined ? now : Math.max(now, oldest + windowMs);
      turns.push(turn);
      if (turn > now) await clock.sleep(turn - now);
    },
  };
}
