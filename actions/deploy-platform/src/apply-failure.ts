import { errorMessage, UserError, withFullStop } from '@suite/foundation';
import type { ApplyResult } from './apply.ts';
import { describeWayBack } from './way-back.ts';

/** All failures as one error, first causes first. */
export function failureOf({ failures, runs, waysBack }: ApplyResult): UserError | undefined {
  if (failures.length === 0) return undefined;
  const skipped = runs.flatMap(run => (run.result === 'skipped' ? [`${run.name} was not begun: ${run.because}.`] : []));
  const failed = new Set(failures.map(({ release }) => release));
  const others = waysBack.filter(way => !failed.has(way.release)).map(describeWayBack);
  const problems = failures.map(({ release, error, diagnosis, isUntouched }) => {
    const first = error instanceof UserError ? (error.problems[0]?.message ?? '') : errorMessage(error);
    const remedy = error instanceof UserError ? error.problems[0]?.remedy : undefined;
    const shown = [
      ...diagnosis.events.slice(0, 3).map(event => `Event: ${withFullStop(event)}`),
      ...(diagnosis.log.length === 0 ? [] : [`Its log ends: ${diagnosis.log.slice(-3).join(' ⏎ ')}`]),
    ];
    const untouched = isUntouched ? ['Nothing of it was changed.'] : [];
    const done = waysBack.filter(way => way.release === release).map(describeWayBack);
    return {
      message: [`${release}: ${withFullStop(first)}`, ...untouched, ...shown, ...done].join(' '),
      ...(remedy === undefined ? {} : { remedy }),
    };
  });
  const [first, ...rest] = problems;
  if (first === undefined) return undefined;
  return new UserError([{ ...first, message: [first.message, ...skipped, ...others].join(' ') }, ...rest], {
    // What a UserError says itself stands in the message already.
    cause: failures[0]?.error instanceof UserError ? failures[0].error.cause : failures[0]?.error,
  });
}
