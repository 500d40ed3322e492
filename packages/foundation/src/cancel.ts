import { CancelledError } from './errors.ts';

/** Waits for work that hears of no cancellation and may be left at any point. Throws a CancelledError once the signal is aborted. */
export async function untilCancelled<T>(signal: AbortSignal, working: Promise<T>, message: string): Promise<T> {
  const cancelled = Promise.withResolvers<never>();
  const cancel = () => cancelled.reject(new CancelledError(message));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await Promise.race([working, cancelled.promise]);
  } finally {
    signal.removeEventListener('abort', cancel);
    // Whichever of both lost has nobody to tell.
    working.catch(() => undefined);
    cancelled.promise.catch(() => undefined);
  }
}
