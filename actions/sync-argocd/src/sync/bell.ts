import type { Clock } from '@suite/foundation';

/** Waits for a ring or a while, whichever is first. A ring that nobody waits for is kept. */
export function createBell() {
  let isRung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      isRung = true;
      wake?.();
    },
    wait: async (milliseconds: number, clock: Clock) => {
      if (!isRung) {
        const over = new AbortController();
        await Promise.race([
          new Promise<void>(resolve => {
            wake = resolve;
          }),
          clock.sleep(milliseconds, over.signal).catch(() => undefined),
        ]);
        // With a reason of its own: an error for each ring of thousands is made for nobody.
        over.abort('over');
      }
      wake = undefined;
      isRung = false;
    },
  };
}
