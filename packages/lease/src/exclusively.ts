import type { Log, RunContext } from '@suite/action-kit';
import {
  CancelledError,
  type Clock,
  duration,
  errorMessage,
  longestSilenceMs,
  type Problem,
  UserError,
} from '@suite/foundation';
import { describeRun } from './describe-run.ts';
import type { EnvironmentLease, HeldLease, RunNote } from './environment-lease.ts';

export interface ExclusiveOptions {
  /** What a person calls the scope and region, inside a sentence: `dev in westeurope`. */
  readonly place: string;
  readonly lease: EnvironmentLease;
  readonly context: Pick<RunContext, 'runUrl' | 'runId' | 'actor'> & Partial<Pick<RunContext, 'runAttempt' | 'job'>>;
  /** Name of this machine, as Terraform's lock has it. */
  readonly host?: string;
  /** What the note says that it does; `apply` by default. */
  readonly command?: string;
  readonly clock: Clock;
  /** Milliseconds on a clock that nobody sets; `performance.now` by default. */
  readonly steady?: () => number;
  readonly log: Pick<Log, 'info' | 'warning'>;
  /** A new GUID. */
  readonly newId: () => string;
  /** How long to wait for another run; 0 looks once. */
  readonly waitMs: number;
  /** Called before it is taken over from a run that ended without releasing it. What it rejects with stops this one. */
  readonly mayTakeOver?: (from: RunNote) => Promise<void>;
  /** Whether work that failed has left something behind of which only the note proves whose it is. */
  readonly leavesBehind?: (note: RunNote) => Promise<boolean>;
}

type NoteOptions = Pick<ExclusiveOptions, 'context' | 'host' | 'command'>;

/** What work comes to, when it does not reject: `error` is what its command fails with. */
interface Outcome {
  readonly error?: unknown;
}

/** A third of the lease: renewals may fail for a while before it runs out. */
const renewalMs = 20_000;
/** After one that failed. */
const againMs = 5000;
/** Part of the lease after which nothing more is begun without a renewal: what runs then gets the rest to be interrupted in. */
const certainPart = 0.75;

/**
 * Does `work` while no other run works on the same scope and region. The lease is renewed all the time and released
 * however the work ends; a run that dies stops renewing, and within a minute the next one takes over. When the lease is
 * lost, or was not renewed for so long that it may be another's soon, `lost` is aborted, and whatever stops because of it is
 * reported as that.
 */
export async function exclusively<T extends Outcome>(
  options: ExclusiveOptions,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const { held, since, note } = await acquire(options);
  const lost = new AbortController();
  const done = new AbortController();
  const renewing = keep(options, held, since, lost, done.signal);
  let failed = true;
  try {
    const outcome = await work(lost.signal);
    failed = outcome.error !== undefined;
    return outcome.error === undefined ? outcome : { ...outcome, error: explain(outcome.error, lost.signal) };
  } catch (error) {
    throw explain(error, lost.signal);
  } finally {
    done.abort();
    await renewing;
    if (!(failed && (await leavesBehind(options, note)))) await release(options, held);
  }
}

/** What cannot be found out keeps no lease. */
async function leavesBehind({ place, leavesBehind, log }: ExclusiveOptions, note: RunNote): Promise<boolean> {
  const left = (await leavesBehind?.(note).catch(() => false)) ?? false;
  if (left) {
    log.info(
      `What is left on ${place} is this run's: the note that says so stays, and its lease runs out within a minute`,
    );
  }
  return left;
}

/** When a request was sent that gave the lease or renewed it: Azure counts from a later moment. */
interface Moment {
  readonly wall: number;
  readonly steady: number;
}

const steadyNow = () => performance.now();

function momentOf({ clock, steady = steadyNow }: ExclusiveOptions): Moment {
  return { wall: clock.now(), steady: steady() };
}

/** The longer of two: a clock may be set back, and a steady one may stand still while its machine sleeps. */
function msSince(moment: Moment, options: ExclusiveOptions): number {
  const now = momentOf(options);
  return Math.max(now.wall - moment.wall, now.steady - moment.steady);
}

interface Acquired {
  readonly held: HeldLease;
  readonly since: Moment;
  readonly note: RunNote;
}

async function acquire(options: ExclusiveOptions): Promise<Acquired> {
  const { place, lease, clock, log } = options;
  const began = clock.now();
  const note = noteOf(options, began);
  for (;;) {
    const seen = await lease.look();
    if (seen.state === 'abandoned') await takeOver(options, seen.note);
    const since = momentOf(options);
    const held = seen.state === 'held' ? undefined : await lease.take(options.newId(), note);
    if (held !== undefined) return { held, since, note };
    // Somebody may have been quicker; a second look says who.
    const other = seen.state === 'held' ? seen : await lease.look();
    const holder = `${describeRun(other.state === 'held' ? other.note : undefined, clock.now())} works on ${place}`;
    const left = began + options.waitMs - clock.now();
    if (left <= 0) {
      const waited = options.waitMs === 0 ? '' : ` This run has waited ${duration(clock.now() - began)} for it.`;
      throw new UserError({
        message: `${holder}.${waited} Nothing was changed.`,
        remedy: 'Run this again when that run is over, or let it wait longer with `lease-wait`.',
      });
    }
    log.info(`${holder}: waiting for it, ${duration(clock.now() - began)} of ${duration(options.waitMs)}`);
    await clock.sleep(Math.min(longestSilenceMs, left));
  }
}

/** Says who ended without releasing. */
async function takeOver({ mayTakeOver, clock, log }: ExclusiveOptions, note: RunNote): Promise<void> {
  await mayTakeOver?.(note);
  log.info(`${describeRun(note, clock.now())} ended without saying so: its lease ran out, and this run takes over`);
}

/** Renews until the work is done or the run is cancelled: what is wound up then takes less time than the lease lasts. */
async function keep(
  options: ExclusiveOptions,
  held: HeldLease,
  taken: Moment,
  lost: AbortController,
  done: AbortSignal,
): Promise<void> {
  const { place, clock, log } = options;
  const certainMs = held.lastsMs * certainPart;
  let since = taken;
  let failure: unknown;
  for (;;) {
    const age = msSince(since, options);
    const pause = failure === undefined ? renewalMs - age : againMs;
    const isOver = await clock.sleep(Math.max(0, Math.min(pause, certainMs - age)), done).then(
      () => false,
      () => true,
    );
    if (isOver || done.aborted) return;
    const asked = momentOf(options);
    const answer = await renewWithin(certainMs - msSince(since, options), held, clock, done);
    switch (answer.is) {
      case 'ended':
        return;
      case 'renewed':
        since = asked;
        failure = undefined;
        break;
      case 'lost':
        return lost.abort(await describeLoss(options));
      case 'failed':
        // Nobody has taken it as long as nobody says so and it lasts.
        if (failure === undefined) {
          log.warning(`The lease on ${place} could not be renewed. ${errorMessage(answer.error)}`);
        }
        failure = answer.error;
        break;
      case 'late': {
        const problem = describeDoubt(place, msSince(since, options), failure);
        log.info(problem.message);
        return lost.abort(new UserError(problem));
      }
    }
  }
}

type Renewal =
  | { readonly is: 'renewed' | 'lost' }
  | { readonly is: 'failed'; readonly error: unknown }
  /** Nothing was heard in time. */
  | { readonly is: 'late' }
  /** The work is done, or the run is cancelled. */
  | { readonly is: 'ended' };

/** A renewal that hangs is not waited for longer than the lease is certain without it. */
async function renewWithin(ms: number, held: HeldLease, clock: Clock, done: AbortSignal): Promise<Renewal> {
  if (ms <= 0) return { is: 'late' };
  const answered = new AbortController();
  const renewal = held.renew().then(
    (isOurs): Renewal => ({ is: isOurs ? 'renewed' : 'lost' }),
    (error: unknown): Renewal => (error instanceof CancelledError ? { is: 'ended' } : { is: 'failed', error }),
  );
  const tooLate = clock.sleep(ms, AbortSignal.any([answered.signal, done])).then(
    (): Renewal => ({ is: 'late' }),
    (): Renewal => ({ is: 'ended' }),
  );
  try {
    return await Promise.race([renewal, tooLate]);
  } finally {
    answered.abort();
  }
}

async function describeLoss({ place, lease, clock, log }: ExclusiveOptions): Promise<UserError> {
  const holder = await lease.look().then(
    seen => (seen.state === 'held' ? `${describeRun(seen.note, clock.now())} has taken it over` : 'somebody broke it'),
    () => 'who holds it now could not be read',
  );
  const message = `This run has lost its lease on ${place}: ${holder}.`;
  log.info(message);
  return new UserError({ message, remedy: 'Look at what that run does, then plan again.' });
}

function describeDoubt(place: string, ageMs: number, failure: unknown): Problem {
  const why = failure === undefined ? 'A renewal was not answered.' : errorMessage(failure);
  return {
    message: `This run can no longer be sure of its lease on ${place}: it was confirmed ${duration(ageMs)} ago for the last time, and soon another run may take it over. ${why}`,
    remedy:
      'Once the storage of the state answers again, run this again: it says what is left, and goes on from there.',
  };
}

async function release({ place, log }: ExclusiveOptions, held: HeldLease): Promise<void> {
  try {
    await held.release();
  } catch (error) {
    log.warning(`The lease on ${place} could not be released and runs out within a minute. ${errorMessage(error)}`);
  }
}

/** Work that was stopped because of the lease says that it was cancelled, which is only half of it. */
function explain(error: unknown, lost: AbortSignal): unknown {
  const { reason } = lost;
  if (!(reason instanceof UserError && error instanceof CancelledError)) return error;
  const [problem] = reason.problems;
  return new UserError({ ...problem, message: `${problem?.message} ${error.message}` }, { cause: error.cause });
}

export function noteOf({ context, host, command = 'apply' }: NoteOptions, now: number): RunNote {
  return {
    run: context.runUrl ?? 'outside of a workflow',
    runId: context.runId,
    actor: context.actor || 'unknown',
    command,
    startedAt: new Date(now).toISOString(),
    ...(context.runAttempt ? { attempt: context.runAttempt } : {}),
    ...(context.job ? { job: context.job } : {}),
    ...(host ? { host } : {}),
  };
}
