import { CancelledError } from '@suite/foundation';

/**
 * A controller that is aborted with its parent, unless `holds` says that the work goes on: GitHub evaluates the `if` of
 * what runs again when it cancels, and lets `always()` go on. Work that begins after the cancellation was asked already.
 */
export function cancelledWith(parent: AbortSignal, holds: () => boolean): AbortController {
  const controller = new AbortController();
  if (!parent.aborted) {
    parent.addEventListener(
      'abort',
      () => {
        if (!holds()) controller.abort(parent.reason);
      },
      { once: true },
    );
  }
  return controller;
}

export function cancelled(reason: string): CancelledError {
  return new CancelledError(reason);
}
