import { longestSilenceMs } from '@suite/foundation';
import type { Services } from './ports.ts';

/** Waits for a moment, and tells again and again how long it still takes. Rejects when the run is cancelled. */
export async function waitUntil(
  moment: number,
  describe: (leftMs: number) => string,
  { clock, log, signal }: Pick<Services, 'clock' | 'log' | 'signal'>,
): Promise<void> {
  for (let now = clock.now(); now < moment; now = clock.now()) {
    log.info(describe(moment - now));
    await clock.sleep(Math.min(moment - now, longestSilenceMs), signal);
  }
}
