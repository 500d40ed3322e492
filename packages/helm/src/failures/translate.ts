import type { Exit } from '@suite/action-kit';
import { CancelledError, describeProblem, printable, quote, shorten, UserError } from '@suite/foundation';
import { explain, type FailureContext } from './explain.ts';
import { type FailureDetail, HelmFailure } from './failure.ts';
import { errorText, readFailure } from './read-failure.ts';

export interface FailedRun {
  readonly exit: Pick<Exit, 'code' | 'signal' | 'stderr' | 'interrupted'>;
  /** Seconds after which it was stopped for being too slow. */
  readonly stoppedAfter?: number;
  /** What else a cut-off leaves behind, as a sentence. */
  readonly leaves?: string;
}

/**
 * Says once what a failed command means: a UserError, a CancelledError that says what was left, or a plain Error where the fault is
 * ours. The cause is always a HelmFailure with all that Helm printed.
 */
export function translateFailure(run: FailedRun, context: FailureContext): Error {
  const detail = readDetail(run);
  const cause = failure(run, detail, context);
  if (run.exit.interrupted && run.stoppedAfter === undefined) {
    return new CancelledError(describeInterruption(run, detail, context), { cause });
  }
  const problems = explain(detail, context);
  return typeof problems === 'string' ? new Error(problems, { cause }) : new UserError(problems, { cause });
}

/** A UserError about something that was found out without Helm's words. */
export function failureOf(detail: FailureDetail, context: FailureContext): Error {
  const problems = explain(detail, context);
  const cause = new HelmFailure(`${context.command} was not taken for good.`, detail, '');
  return typeof problems === 'string' ? new Error(problems, { cause }) : new UserError(problems, { cause });
}

function readDetail({ exit, stoppedAfter, leaves }: FailedRun): FailureDetail {
  if (stoppedAfter !== undefined) {
    const after = `it was stopped after ${stoppedAfter} s.`;
    return { kind: 'timeout', reason: leaves === undefined ? after : `${after} ${leaves}` };
  }
  if (errorText(exit.stderr) !== '') return readFailure(exit.stderr);
  const how = exit.signal === null ? `it ended with exit code ${exit.code}` : `it was killed (${exit.signal})`;
  return { kind: 'other', reason: `${how} and said nothing` };
}

function failure({ exit }: FailedRun, detail: FailureDetail, { command }: FailureContext): HelmFailure {
  const ended = exit.signal ?? `exit code ${exit.code}`;
  const said = shorten(printable(errorText(exit.stderr)), 4000);
  return new HelmFailure(`${command} ended with ${ended}${said === '' ? '.' : `: ${said}`}`, detail, exit.stderr);
}

function describeInterruption({ leaves }: FailedRun, detail: FailureDetail, context: FailureContext): string {
  const problems = explain(detail, context);
  const isCancellation = detail.kind === 'other' && /context canceled|said nothing/.test(detail.reason);
  const sentences = [`${context.subject}: \`${context.command}\` was stopped.`];
  if (leaves !== undefined) sentences.push(leaves);
  if (!isCancellation) {
    sentences.push(...(typeof problems === 'string' ? [quote(problems)] : problems.map(describeProblem)));
  }
  return sentences.join(' ');
}
