import type { Log, RunContext } from '@suite/action-kit';
import { CancelledError, type Clock, duration, errorMessage, UserError } from '@suite/foundation';
import { describeRun } from './describe-run.ts';
import type { EnvironmentLease, HeldLease, RunNote } from './environment-lease.ts';

export interface ExclusiveOptions {
  /** What a person calls the scope and region, inside a sentence: `dev in westeurope`. */
  readonly place: string;
  readonly lease: EnvironmentLease;
  readonly context: Pick<RunContext, 'runUrl' | 'runId' | 'actor'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warning'>;
  /** A new GUID. */
  readonly newId: () => string;
  /** How long to wait for another run; 0 looks once. */
  readonly waitMs: number;
  /** Called before it is taken over from a run that ended without releasing it. What it rejects with stops this one. */
  readonly mayTakeOver?: (from: RunNote) => Promise<void>;
}

/** What work comes to, when it does not reject: `error` is what its command fails with. */
interface Outcome {
  readonly error?: unknown;
}

/** A third of the lease: two renewals may fail before it runs out. */
const renewalMs = 20_000;

// The promise is a line every 15 s; a timer that fires late must not break it.
const lookMs = 14_000;

/**
 * Does `work` while no other run works on the same scope and region. The lease is renewed all the time and released
 * however the work ends; a run that dies stops renewing, and within a minute the next one takes over. When the lease is
 * lost, `lost` is aborted, and whatever stops because of it is reported as that.
 */
export async function exclusively<T extends Outcome>(
  options: ExclusiveOptions,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T> {
  const held = await acquire(options);
  const lost = new AbortController();
  const done = new AbortController();
  const renewing = keep(options, held, lost, done.signal);
  try {
    const outcome = await work(lost.signal);
    return outcome.error === undefined ? outcome : { ...outcome, error: explain(outcome.error, lost.signal) };
  } catch (error) {
    throw explain(error, lost.signal);
  } finally {
    done.abort();
    await renewing;
    await release(options, held);
  }
}

async function acquire(options: ExclusiveOptions): Promise<HeldLease> {
  const { place, lease, clock, log } = options;
  const began = clock.now();
  const note = noteOf(options, began);
  for (;;) {
    const seen = await lease.look();
    if (seen.state === 'abandoned') await takeOver(options, seen.note);
    const held = seen.state === 'held' ? undefined : await lease.take(options.newId(), note);
    if (held !== undefined) return held;
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
    await clock.sleep(Math.min(lookMs, left));
  }
}

/** Says who ended without releasing. */
async function takeOver({ mayTakeOver, clock, log }: ExclusiveOptions, note: RunNote): Promise<void> {
  await mayTakeOver?.(note);
  log.info(`${describeRun(note, clock.now())} ended without saying so: its lease ran out, and this run takes over`);
}

/** Renews until the work is done or the run is cancelled: what is wound up then takes less time than the lease lasts. */
async function keep(
  { place, lease, clock, log }: ExclusiveOptions,
  held: HeldLease,
  lost: AbortController,
  done: AbortSignal,
): Promise<void> {
  let isFailing = false;
  for (;;) {
    const isOver = await clock.sleep(renewalMs, done).then(
      () => false,
      () => true,
    );
    if (isOver || done.aborted) return;
    try {
      if (!(await held.renew())) break;
      isFailing = false;
    } catch (error) {
      if (error instanceof CancelledError) return;
      // Nobody has taken it as long as nobody says so.
      if (!isFailing) log.warning(`The lease on ${place} could not be renewed. ${errorMessage(error)}`);
      isFailing = true;
    }
  }
  if (done.aborted) return;
  const holder = await lease.look().then(
    seen => (seen.state === 'held' ? `${describeRun(seen.note, clock.now())} has taken it over` : 'somebody broke it'),
    () => 'who holds it now could not be read',
  );
  const message = `This run has lost its lease on ${place}: ${holder}.`;
  log.info(message);
  lost.abort(new UserError({ message, remedy: 'Look at what that run does, then plan again.' }));
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

function noteOf({ context }: ExclusiveOptions, now: number): RunNote {
  return {
    run: context.runUrl ?? 'outside of a workflow',
    runId: context.runId,
    actor: context.actor || 'unknown',
    command: 'apply',
    startedAt: new Date(now).toISOString(),
  };
}
