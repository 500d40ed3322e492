import type { Log } from '@suite/action-kit';
import { type Clock, duration, longestSilenceMs } from '@suite/foundation';

export interface Progress {
  /** What it is at from now on. */
  say(what: string): void;
  end(): void;
}

/** Says every 15 s what a release is at. */
export function progress(
  name: string,
  { log, clock }: { readonly log: Pick<Log, 'info'>; readonly clock: Clock },
  began: number,
): Progress {
  const done = new AbortController();
  let at: string | undefined;
  (async () => {
    for (;;) {
      await clock.sleep(longestSilenceMs, done.signal);
      if (at !== undefined) log.info(`${name}: ${at} (${duration(clock.now() - began)})`);
    }
  })().catch(() => undefined);
  return {
    say: what => {
      at = what;
    },
    end: () => done.abort(),
  };
}
