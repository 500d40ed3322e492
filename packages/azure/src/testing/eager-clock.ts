import type { Clock } from '@suite/foundation';

/** A clock on which every pause is over at once; `pauses` tells how long they would have been, in milliseconds. */
export function eagerClock(): Clock & { readonly pauses: number[] } {
  const pauses: number[] = [];
  let now = Date.parse('2026-11-23T05:00:00Z');
  return {
    pauses,
    now: () => now,
    sleep: async milliseconds => {
      pauses.push(milliseconds);
      now += milliseconds;
    },
  };
}
