import type { Answer } from '@suite/azure';
import { UserError } from '@suite/foundation';

/** What the world outside refuses leaves a question open; a defect of ours does not. */
export function unanswered(error: unknown): Extract<Answer<never>, { known: false }> {
  if (!(error instanceof UserError)) throw error;
  const [problem] = error.problems;
  return {
    known: false,
    why: problem?.message ?? error.message,
    ...(problem?.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
}
