import type { Cause } from '@suite/argocd';
import { CancelledError, type Problem, UserError, withFullStop } from '@suite/foundation';
import { type ApplicationResult, type Evidence, noEvidence, type ProofResult, type RollbackResult } from './plan.ts';

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
  const problems = results.flatMap(({ name, cause, phase, notes, evidence, link }): Problem[] => {
    if (cause !== undefined) return [problemOf(name, cause, evidence, link)];
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

/** Of what the cluster shows so much stands in the message; the log of the run has all of it. */
const mostEvents = 3;
const mostLines = 3;

function problemOf(name: string, { message, remedy }: Cause, evidence: Evidence = noEvidence, link?: string): Problem {
  const { events, log } = evidence;
  const shown = [
    ...events.slice(0, mostEvents).map(event => `Event: ${withFullStop(event)}`),
    ...(log.length === 0 ? [] : [withFullStop(`Its log ends: ${log.slice(-mostLines).join(' ⏎ ')}`)]),
  ];
  const steps = [...(remedy === undefined ? [] : [remedy]), ...(link === undefined ? [] : [`In Argo CD: ${link}`])];
  return {
    message: [`${name}: ${withFullStop(message)}`, ...shown].join(' '),
    ...(steps.length === 0 ? {} : { remedy: steps.join(' ') }),
  };
}
