import { duration, longestSilenceMs } from '@suite/foundation';
import type { SyncPorts } from './ports.ts';

/** Says at once, and then every 14 s, what something waits for. */
export function sayRegularly(name: string, { log, clock }: Pick<SyncPorts, 'log' | 'clock'>) {
  const began = clock.now();
  const done = new AbortController();
  let at: string | undefined;
  return {
    say: (what: string) => {
      if (at === undefined) {
        (async () => {
          for (;;) {
            await clock.sleep(longestSilenceMs, done.signal);
            log.info(`${name}: ${at} (${duration(clock.now() - began)})`);
          }
        })().catch(() => undefined);
      }
      if (at !== what) log.info(`${name}: ${what}`);
      at = what;
    },
    end: () => done.abort(),
  };
}
