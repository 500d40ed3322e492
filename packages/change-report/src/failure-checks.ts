import { CancelledError, type Problem, UserError } from '@suite/foundation';
import type { Check } from './model.ts';

/** A failure as checks of the report, so that the summary says what the log says. */
export function failureChecks(error: unknown): Check[] {
  const problems: readonly Problem[] =
    error instanceof UserError
      ? error.problems
      : [{ message: error instanceof CancelledError ? error.message : 'The action has a defect; its log says which.' }];
  return problems.map(({ message, remedy }, index) => ({
    id: `failure/${index}`,
    name: error instanceof CancelledError ? 'Cancelled' : 'Failed',
    status: 'failed',
    message,
    ...(remedy === undefined ? {} : { remedy }),
  }));
}
