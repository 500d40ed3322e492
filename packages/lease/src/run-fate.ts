import type { RunContext } from '@suite/action-kit';
import { sentenceList } from '@suite/foundation';
import type { RunNote } from './environment-lease.ts';

/** How far a run has come, as GitHub tells it. */
export interface SeenRun {
  /** The present attempt. One is begun only when the one before it is over. */
  readonly attempt: number;
  readonly isOver: boolean;
  readonly conclusion: string | undefined;
  /** When its first attempt was made, and when GitHub heard of it last; ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** When the present attempt began. */
  readonly startedAt: string;
  /** Jobs of the present attempt, where that is not over. */
  readonly jobs: readonly SeenJob[];
}

export interface SeenJob {
  readonly name: string;
  readonly isOver: boolean;
  readonly startedAt: string | undefined;
  readonly completedAt: string | undefined;
}

/** Asks GitHub about a run of this repository; undefined when there is none. */
export type FindRun = (id: string) => Promise<SeenRun | undefined>;

/**
 * Whether the run in a note can still be at work. Both sentences' ends read on after "that run": `is over: cancelled`. `endedAt`: after this
 * it did nothing, in milliseconds on GitHub's clock; NaN where GitHub says no time.
 */
export type RunFate =
  | { readonly isOver: true; readonly how: string; readonly endedAt: number }
  /** `isKnown`: false where nobody can tell, now or later: waiting for its end is of no use then. */
  | { readonly isOver: false; readonly why: string; readonly isKnown: boolean };

/** Clocks of GitHub and of runners differ, and a job begins before its first step. */
const skewMs = 60_000;

/**
 * Whether the run that left a note is over, by what GitHub says of it: the run itself, its attempt, or each job of it that had begun
 * when the note was written. What is not proven counts as at work.
 */
export async function runFate(
  note: RunNote,
  { repository }: Pick<RunContext, 'repository'>,
  find: FindRun,
): Promise<RunFate> {
  const place = /^https:\/\/[^/]+\/([^/]+\/[^/]+)\/actions\/runs\/(\d+)$/.exec(note.run);
  if (place === null || place[2] !== note.runId) return unknown('cannot be asked for: it ran outside of a workflow');
  if (place[1]?.toLowerCase() !== repository.toLowerCase()) {
    return unknown(`is one of another repository, ${place[1]}: it can be asked for only from there`);
  }
  const run = await find(note.runId);
  if (run === undefined) return unknown('is not known to GitHub any more');
  return judge(note, run);
}

const unknown = (why: string): RunFate => ({ isOver: false, why, isKnown: false });
const atWork = (why: string): RunFate => ({ isOver: false, why, isKnown: true });

function judge(note: RunNote, run: SeenRun): RunFate {
  const began = Date.parse(note.startedAt);
  if (began < Date.parse(run.createdAt) - skewMs) return unknown('had not begun when it was taken');
  if (run.isOver && began > Date.parse(run.updatedAt) + skewMs) {
    return unknown('was over already when it was taken');
  }
  const attempt = /^[1-9]\d*$/.test(note.attempt ?? '') ? Number(note.attempt) : undefined;
  if (attempt !== undefined && attempt < run.attempt) {
    const how = `is over: attempt ${attempt} was followed by attempt ${run.attempt}`;
    return { isOver: true, how, endedAt: Date.parse(run.startedAt) };
  }
  if (run.isOver) {
    return { isOver: true, how: `is over: ${run.conclusion ?? 'completed'}`, endedAt: Date.parse(run.updatedAt) };
  }
  const known = !Number.isNaN(began) && attempt === run.attempt;
  if (!known) return atWork('still works');
  const possible = run.jobs.filter(
    ({ startedAt }) => startedAt !== undefined && Date.parse(startedAt) <= began + skewMs,
  );
  const working = possible.filter(({ isOver }) => !isOver);
  if (working.length > 0) {
    const names = working.slice(0, 3).map(({ name }) => `"${name}"`);
    return atWork(`still works, in ${names.length === 1 ? 'job' : 'jobs'} ${sentenceList(names)}`);
  }
  // Jobs that cannot be read prove nothing.
  if (possible.length === 0) return atWork('still works');
  const endedAt = Math.max(...possible.map(({ completedAt }) => Date.parse(completedAt ?? '')));
  return { isOver: true, how: 'goes on, but every job of it that had begun by then is over', endedAt };
}
