import type { Log } from '@suite/action-kit';
import { type Clock, duration } from '@suite/foundation';

/**
 * What is told of a difference: nobody's clock is exact, nothing that a gate asks for hangs on less, and GitHub's answer says whole
 * seconds and was under way for a moment.
 */
const minuteMs = 60_000;

/**
 * The time that gates go by and records are dated with: GitHub's. Records of one runner are read by others, whose clocks may be anything,
 * and one that is ahead would let a bundle in early. Asked anew each time, as a clock is put right while a job waits.
 */
export function githubTime(
  skew: () => Promise<number>,
  { clock, log }: { readonly clock: Pick<Clock, 'now'>; readonly log: Pick<Log, 'warning'> },
): () => Promise<number> {
  let isSaid = false;
  return async () => {
    const ahead = await skew();
    if (!isSaid && Math.abs(ahead) >= minuteMs) {
      isSaid = true;
      log.warning(
        `The clock of this runner is ${duration(Math.round(Math.abs(ahead) / minuteMs) * minuteMs)} ${ahead < 0 ? 'ahead of' : 'behind'} GitHub's, by which the gate goes. Set it right: tokens depend on it, too.`,
      );
    }
    return clock.now() + ahead;
  };
}
