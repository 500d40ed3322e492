import type { Cause } from '@suite/argocd';
import { CancelledError, type Problem, UserError, withFullStop } from '@suite/foundation';
import type { ApplicationResult, ProofResult, RollbackResult } from './plan.ts';

/** A failure of a port as the cause of an application's. Throws everything that is none of a user's. */
export function causeOf(error: unknown): Cause {
  if (!(error instanceof UserError)) throw error;
  const [problem] = error.problems;
  return {
    kind: 'operation',
    message: problem?.message ?? error.message,
    ...(problem?.remedy === undefined ? {} : { remedy: problem.remedy }),
  };
}

/** The one error of a sync or wait; undefined where all are there. */
export function explainSync(results: readonly ApplicationResult[]): UserError | CancelledError | undefined {
  const problems = results.flatMap(({ name, cause, phase, notes }): Problem[] => {
    if (cause !== undefined) return [problemOf(name, cause)];
    return phase === 'cancelled' ? [{ message: `${name}: ${notes[0] ?? 'cancelled before it was there'}.` }] : [];
  });
  if (problems.length === 0) return undefined;
  const isCancelled = results.every(({ phase }) => phase === 'done' || phase === 'cancelled');
  return isCancelled ? new CancelledError(problems.map(({ message }) => message).join('\n')) : new UserError(problems);
}

export function explainProofs(results: readonly ProofResult[]): UserError | undefined {
  const problems = results.flatMap(({ name, problems: all }) =>
    all.map(message => ({ message: `${name}: ${message}` })),
  );
  return problems.length === 0 ? undefined : new UserError(problems);
}

export function explainRollbacks(results: readonly RollbackResult[]): UserError | undefined {
  const problems = results.flatMap(({ name, cause }) => (cause === undefined ? [] : [problemOf(name, cause)]));
  return problems.length === 0 ? undefined : new UserError(problems);
}

function problemOf(name: string, { message, remedy }: Cause): Problem {
  return { message: `${name}: ${withFullStop(message)}`, ...(remedy === undefined ? {} : { remedy }) };
}
