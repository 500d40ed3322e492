import { CancelledError } from '@suite/foundation';

/**
 * Turns the runner's cancellation into one abort. The runner sends SIGINT, after 7.5 s SIGTERM and after 2.5 s more it
 * kills; both signals mean the same and only the first one counts. While work is being wound up the process lives on.
 */
export function listenForCancellation(source: NodeJS.EventEmitter = process): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const cancel = () => controller.abort(new CancelledError('The run was cancelled.'));
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) source.on(name, cancel);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of signals) source.off(name, cancel);
    },
  };
}
