import type { JobSummary } from '../ports.ts';
import type { JobResult } from '../results.ts';

/** GitHub shows no more than these of a job (docs, workflow commands: adding a job summary). */
const stepsShown = 20;

/** Summaries of jobs that have ended, in the order of their ends, as the page of the run shows them. */
export function jobSummaries(jobs: readonly JobResult[]): readonly JobSummary[] {
  return jobs
    .toSorted((one, other) => endOf(one) - endOf(other))
    .flatMap(({ name, steps }) => {
      const written = steps.map(({ summary }) => summary).filter(summary => summary !== '');
      return written.length === 0 ? [] : [{ job: name, markdown: written.slice(0, stepsShown).join('\n') }];
    });
}

function endOf({ startedAt, seconds }: JobResult): number {
  return startedAt + seconds * 1000;
}
