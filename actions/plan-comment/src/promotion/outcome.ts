import type { StageState, Stopped } from '@suite/change-report';
import { findJob } from '../find-job.ts';
import type { Job, PullRequest } from '../ports.ts';
import type { Result, Stage } from './inputs.ts';

export interface StageResults {
  readonly plan: Result;
  readonly apply: Result;
}

/** What a stage has come to, by the results of its jobs; where it stopped and why is asked of the run. */
export async function outcomeOf(
  stage: Stage,
  { plan, apply }: StageResults,
  told: Pick<Stopped, 'at' | 'run'>,
  port: Pick<PullRequest, 'readRun' | 'failuresOf'>,
): Promise<StageState> {
  if (plan === 'success' && apply === 'success') return { is: 'verified', ...told };
  const stopped = findStopped(stage, (await port.readRun())?.jobs ?? []);
  const [first] = stopped;
  const [cause] = first === undefined ? [] : await port.failuresOf(first.job.id);
  return {
    is: 'stopped',
    ...told,
    applied: plan === 'success',
    places: [...new Set(stopped.map(({ title }) => title))],
    ...(first === undefined || first.job.id === '' ? {} : { job: first.job.id }),
    ...(cause === undefined ? {} : { cause: firstSentences(cause) }),
  };
}

/** Jobs of the stage that did not end well, those that others waited for first. */
function findStopped({ titles }: Stage, jobs: readonly Job[]) {
  return ['Plan', 'Apply'].flatMap(phase =>
    titles.flatMap(title => {
      const job = findJob(`${phase} ${title}`, jobs);
      const stopped = job?.conclusion !== undefined && job.conclusion !== 'success' && job.conclusion !== 'skipped';
      return stopped ? [{ title, job }] : [];
    }),
  );
}

const longestCause = 300;

/** As much as a marker keeps; the rest stands on the page of the job. */
function firstSentences(cause: string): string {
  const line = cause.replace(/\s+/g, ' ').trim();
  if (line.length <= longestCause) return line;
  const end = line.lastIndexOf('. ', longestCause - 2);
  return end > 0 ? line.slice(0, end + 1) : line.slice(0, longestCause).toWellFormed();
}
