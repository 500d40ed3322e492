import type { Log, RunContext } from '@suite/action-kit';
import { CancelledError, type Clock, type Problem, UserError } from '@suite/foundation';
import type { RunNote } from './environment-lease.ts';
import { type FindRun, type RunFate, runFate } from './run-fate.ts';
import { doubtOf, type StateBlob, type StateLock } from './state-lock.ts';

interface Backend {
  readonly account: string;
  readonly container: string;
  readonly key: string;
}

interface Place {
  readonly scope: string;
  readonly region: string;
  readonly state: Backend;
}

interface Asking {
  readonly context: Pick<RunContext, 'repository'>;
  /** Undefined where GitHub cannot be asked. */
  readonly findRun?: FindRun | undefined;
  readonly log: Pick<Log, 'info'>;
}

export interface TakeOverOptions extends Asking {
  readonly view: Place;
  readonly readState: () => Promise<StateBlob>;
  /** The sentence about a lock that is held, and what a person does about it. */
  readonly describeLock: (about: {
    readonly backend: Backend;
    readonly lock: StateLock | undefined;
    readonly holder: RunNote | undefined;
    readonly now: number;
  }) => Problem;
  readonly clock: Clock;
}

/**
 * Of the two locks only Terraform's outlives a run that was killed, and the note beside it is all that says whose it is. So an abandoned lease
 * is taken over, and its note overwritten, only while the state is not locked. For `mayTakeOver` of `exclusively`.
 */
export function refuseWhileLocked(options: TakeOverOptions): (from: RunNote) => Promise<void> {
  const { view, readState, describeLock, clock } = options;
  return async note => {
    const state = await readState();
    if (!state.exists || state.lease === 'available') return;
    const { lock } = state;
    const problem = describeLock({ backend: view.state, lock, holder: note, now: clock.now() });
    throw new UserError(await withWayOut(problem, lock, note, options));
  };
}

/** Adds what is known of the run, and in place of what a person does the command that releases the lock, where that may release it. */
async function withWayOut(
  problem: Problem,
  lock: StateLock | undefined,
  note: RunNote,
  options: TakeOverOptions,
): Promise<Problem> {
  const fate = await askFate(note, options);
  const said = (...more: readonly string[]) => [problem.message, ...more].join(' ');
  if (fate?.isOver === false) return { ...problem, message: said(`That run ${fate.why}.`) };
  const how = fate === undefined ? [] : [`That run ${fate.how}.`];
  const doubt = doubtOf(lock, note, fate?.endedAt);
  if (doubt !== undefined) return { ...problem, message: said(...how, doubt) };
  const condition = fate === undefined ? 'If that run is over, release' : 'Release';
  return {
    ...problem,
    message: said(...how),
    remedy: `${condition} it with \`${unlockCommand(options.view, note)}\`, then run this again.`,
  };
}

/** Undefined where GitHub cannot be asked; `unlock.yml` asks it again. */
async function askFate(note: RunNote, { context, findRun, log }: Asking): Promise<RunFate | undefined> {
  if (findRun === undefined) return undefined;
  try {
    return await runFate(note, context, findRun);
  } catch (error) {
    if (error instanceof CancelledError || !(error instanceof UserError)) throw error;
    log.info(`Whether the run that holds it is over could not be asked: ${error.message}`);
    return undefined;
  }
}

function unlockCommand({ scope, region }: Place, { runId }: RunNote): string {
  return `gh workflow run unlock.yml -f environment=${scope} -f region=${region} -f run=${runId}`;
}
