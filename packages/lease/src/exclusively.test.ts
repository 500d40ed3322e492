import { describe, expect, test } from '@jest/globals';
import { CancelledError, type Clock, UserError } from '@suite/foundation';
import type { LeaseView, RunNote } from './environment-lease.ts';
import { exclusively } from './exclusively.ts';

interface Outcome {
  readonly verdict: 'applied' | 'failed';
  readonly error?: unknown;
}

const place = 'dev in westeurope';
const context = { runUrl: 'https://github.com/contoso/platform/actions/runs/7', runId: '7', actor: 'mona' };

const began = Date.UTC(2026, 10, 23, 5);
const other: RunNote = {
  run: 'https://github.com/contoso/platform/actions/runs/6',
  runId: '6',
  actor: 'hubot',
  command: 'apply',
  startedAt: new Date(began - 120_000).toISOString(),
};
const held: LeaseView = { state: 'held', note: other };
const abandoned: LeaseView = { state: 'abandoned', note: other };
const free: LeaseView = { state: 'free' };
const applied: Outcome = { verdict: 'applied' };

/** Time moves when a test lets the next sleeper wake; a cancelled one sleeps no more. */
function pausingClock(wall = (passed: number) => passed) {
  let passedMs = 0;
  const cancelled = new AbortController();
  const sleepers: { readonly milliseconds: number; readonly wake: () => void }[] = [];
  const settle = () => new Promise<void>(resolve => setImmediate(resolve));
  const clock: Clock = {
    now: () => began + wall(passedMs),
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const any = AbortSignal.any([cancelled.signal, ...(signal === undefined ? [] : [signal])]);
        const sleeper = { milliseconds, wake: resolve };
        const stop = () => {
          sleepers.splice(sleepers.indexOf(sleeper), 1);
          reject(any.reason);
        };
        sleepers.push(sleeper);
        if (any.aborted) stop();
        else any.addEventListener('abort', stop, { once: true });
      }),
  };
  return {
    clock,
    steady: () => passedMs,
    settle,
    cancel: () => cancelled.abort(new CancelledError('The run was cancelled.')),
    /** Milliseconds that passed, one pause after the other. */
    pass: async (times = 1): Promise<number[]> => {
      const passed: number[] = [];
      for (let index = 0; index < times; index++) {
        await settle();
        const next = sleepers.shift();
        if (next === undefined) throw new Error('Nobody sleeps.');
        passedMs += next.milliseconds;
        passed.push(next.milliseconds);
        next.wake();
      }
      await settle();
      return passed;
    },
  };
}

interface Given {
  /** What each look sees; the last one stays. */
  readonly looks?: readonly LeaseView[];
  /** Whether each attempt takes it. */
  readonly takes?: readonly boolean[];
  /** A number renews it after so many milliseconds. */
  readonly renewals?: readonly (boolean | number | Error | 'hangs')[];
  readonly releases?: Error;
  /** Whether work that failed leaves something; an error where nobody can tell. */
  readonly leaves?: boolean | Error;
  /** Why it must not be taken over. */
  readonly objection?: Error;
  readonly waitMs?: number;
  /** What the clock on the wall says, of the time that has passed; the same by default. */
  readonly wall?: (passed: number) => number;
}

function start(given: Given = {}) {
  const { looks = [free], takes = [true], renewals = [true], waitMs = 30 * 60_000 } = given;
  const time = pausingClock(given.wall);
  const did: string[] = [];
  const lines: string[] = [];
  const log = {
    info: (line: string) => void lines.push(`info: ${line}`),
    warning: (line: string) => void lines.push(`warning: ${line}`),
  };
  const count = (kind: string) => did.filter(one => one === kind).length;
  const nth = <T>(list: readonly T[], kind: string) => list[Math.min(count(kind), list.length - 1)];
  const record = <T>(kind: string, value: T): T => {
    did.push(kind);
    return value;
  };
  const leavesBehind = async (note: RunNote) => {
    did.push(`left by ${note.runId}`);
    if (given.leaves instanceof Error) throw given.leaves;
    return given.leaves === true;
  };
  const outcomeOf = async (work: (lost: AbortSignal) => Promise<Outcome>) =>
    exclusively(
      {
        place,
        context,
        clock: time.clock,
        steady: time.steady,
        waitMs,
        newId: () => 'id',
        log,
        mayTakeOver: async () => {
          did.push('may take over');
          if (given.objection !== undefined) throw given.objection;
        },
        ...(given.leaves === undefined ? {} : { leavesBehind }),
        lease: {
          look: async () => record('look', nth(looks, 'look') ?? free),
          take: async (_, note) => {
            const taken = nth(takes, 'take');
            record('take', note);
            if (taken !== true) return undefined;
            return {
              lastsMs: 60_000,
              renew: async () => {
                const renewed = record('renew', renewals[Math.min(count('renew'), renewals.length - 1)]);
                if (renewed instanceof Error) throw renewed;
                if (typeof renewed === 'number') await time.clock.sleep(renewed);
                if (typeof renewed === 'number') return true;
                return renewed === 'hangs' ? new Promise<never>(() => undefined) : (renewed ?? true);
              },
              release: async () => {
                did.push('release');
                if (given.releases !== undefined) throw given.releases;
              },
            };
          },
        },
      },
      work,
    );
  return { ...time, did, lines, outcomeOf };
}

const workOf = (did: string[]) => async () => {
  did.push('work');
  return applied;
};

describe('giving it back', () => {
  const failing = async () => ({ ...applied, error: new Error('no') });

  test.each<[string, boolean | Error, readonly string[]]>([
    ['nothing is left: it is released', false, ['release']],
    ['what is left is proven by the note alone: that stays', true, []],
    ['nobody can tell: it is released', new Error('closed'), ['release']],
  ])('the work failed, and %s', async (_, leaves, expected) => {
    const { outcomeOf, did } = start({ leaves });
    await outcomeOf(failing);
    expect(did).toEqual(['look', 'take', `left by ${context.runId}`, ...expected]);
    await expect(start({ leaves }).outcomeOf(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });

  test('work that succeeded leaves nothing', async () => {
    const { outcomeOf, did } = start({ leaves: true });
    await outcomeOf(workOf(did));
    expect(did).toEqual(['look', 'take', 'work', 'release']);
  });
});

describe('getting it', () => {
  test('free: taken, worked under, released', async () => {
    const { outcomeOf, did } = start();
    expect(await outcomeOf(workOf(did))).toBe(applied);
    expect(did).toEqual(['look', 'take', 'work', 'release']);
  });

  test('held: waits with a line at every look, and goes on when it is free', async () => {
    const { outcomeOf, did, pass, lines } = start({ looks: [held, held, free] });
    const outcome = outcomeOf(workOf(did));
    expect(await pass(2)).toEqual([14_000, 14_000]);
    expect(await outcome).toBe(applied);
    expect(did).toEqual(['look', 'look', 'look', 'take', 'work', 'release']);
    expect(lines).toEqual([
      'info: The run https://github.com/contoso/platform/actions/runs/6 of hubot (apply, since 2026-11-23 04:58:00 UTC, 2 min ago) works on dev in westeurope: waiting for it, 0.0 s of 30 min',
      expect.stringMatching(/waiting for it, 14 s of 30 min$/),
    ]);
  });

  test('held for too long: one message, and nothing is touched', async () => {
    const { outcomeOf, did, pass } = start({ looks: [held], waitMs: 20_000 });
    const outcome = expect(outcomeOf(workOf(did))).rejects.toThrow(
      /^The run https:\S+\/runs\/6 of hubot \(apply, .*\) works on dev in westeurope\. This run has waited 20 s for it\. Nothing was changed\. .*lease-wait/,
    );
    expect(await pass(2)).toEqual([14_000, 6_000]);
    await outcome;
    expect(did).toEqual(['look', 'look', 'look']);
  });

  test('without waiting', async () => {
    const { outcomeOf, did } = start({ looks: [held], waitMs: 0 });
    await expect(outcomeOf(workOf(did))).rejects.toThrow(/works on dev in westeurope\. Nothing was changed/);
    expect(did).toEqual(['look']);
  });

  test('somebody is quicker: waits for it like for any other', async () => {
    const { outcomeOf, did, pass } = start({ looks: [free, held, free], takes: [false, true] });
    const outcome = outcomeOf(workOf(did));
    await pass();
    expect(await outcome).toBe(applied);
    expect(did).toEqual(['look', 'take', 'look', 'look', 'take', 'work', 'release']);
  });

  test('abandoned by a run that died: says so and takes over', async () => {
    const { outcomeOf, did, lines } = start({ looks: [abandoned] });
    await outcomeOf(workOf(did));
    expect(did).toEqual(['look', 'may take over', 'take', 'work', 'release']);
    expect(lines).toEqual([expect.stringMatching(/runs\/6 of hubot .* ended without saying so.* takes over$/)]);
  });

  test('abandoned, but something says that it must not be taken over: stops, and leaves its note', async () => {
    const objection = new UserError({ message: 'The state is locked.' });
    const { outcomeOf, did } = start({ looks: [abandoned], objection });
    await expect(outcomeOf(workOf(did))).rejects.toBe(objection);
    expect(did).toEqual(['look', 'may take over']);
  });

  test('cancelled while waiting', async () => {
    const { outcomeOf, did, cancel, settle } = start({ looks: [held] });
    const outcome = expect(outcomeOf(workOf(did))).rejects.toBeInstanceOf(CancelledError);
    await settle();
    cancel();
    await outcome;
    expect(did).toEqual(['look']);
  });
});

describe('keeping it', () => {
  /** Work that goes on until the test ends it, or until it is told to stop as Terraform is. */
  function longWork(did: string[]) {
    const end = Promise.withResolvers<Outcome>();
    const work = (lost: AbortSignal): Promise<Outcome> => {
      did.push('work');
      lost.addEventListener('abort', () => {
        end.resolve({ verdict: 'failed', error: new CancelledError('Terraform was asked to stop.') });
      });
      return end.promise;
    };
    return { work, end: () => end.resolve(applied) };
  }

  test('every 20 s, until the work is done', async () => {
    const { outcomeOf, did, pass, settle } = start();
    const { work, end } = longWork(did);
    const outcome = outcomeOf(work);
    expect(await pass(3)).toEqual([20_000, 20_000, 20_000]);
    end();
    expect(await outcome).toBe(applied);
    await settle();
    expect(did).toEqual(['look', 'take', 'work', 'renew', 'renew', 'renew', 'release']);
  });

  test.each([
    [
      held,
      /^This run has lost its lease on dev in westeurope: The run \S+\/runs\/6 of hubot .* has taken it over\. Terraform was asked to stop\./,
    ],
    [free, /somebody broke it\. Terraform was asked to stop\./],
  ])('lost: what runs is stopped once, and the message says who has it now', async (then, message) => {
    const { outcomeOf, did, pass } = start({ looks: [free, then], renewals: [true, false] });
    const outcome = outcomeOf(longWork(did).work);
    await pass(2);
    const { error, verdict } = await outcome;
    expect(verdict).toBe('failed');
    expect(error).toBeInstanceOf(UserError);
    expect(String((error as Error).message)).toMatch(message);
    expect(did).toEqual(['look', 'take', 'work', 'renew', 'renew', 'look', 'release']);
  });

  test('lost, but the work is not stopped by it: what it came to counts', async () => {
    const { outcomeOf, pass } = start({ renewals: [false] });
    const end = Promise.withResolvers<Outcome>();
    const outcome = outcomeOf(() => end.promise);
    await pass();
    end.resolve(applied);
    expect(await outcome).toBe(applied);
  });

  const down = new UserError({ message: 'stcontoso kept answering 503.' });

  test('a short outage of the storage is one warning and no reason to stop', async () => {
    const { outcomeOf, did, pass, lines } = start({ renewals: [down, down, true, down] });
    const { work, end } = longWork(did);
    const outcome = outcomeOf(work);
    expect(await pass(4)).toEqual([20_000, 5_000, 5_000, 20_000]);
    end();
    expect(await outcome).toBe(applied);
    expect(lines).toEqual(
      Array(2).fill('warning: The lease on dev in westeurope could not be renewed. stcontoso kept answering 503.'),
    );
  });

  const doubt = /^This run can no longer be sure of its lease on dev in westeurope: it was confirmed 45 s ago/;

  test('an outage that lasts: what runs is stopped a quarter of the lease before it may be of another run', async () => {
    const { outcomeOf, did, pass } = start({ renewals: [true, down] });
    const outcome = outcomeOf(longWork(did).work);
    expect(await pass(7)).toEqual([20_000, 20_000, 5_000, 5_000, 5_000, 5_000, 5_000]);
    const { error, verdict } = await outcome;
    expect(verdict).toBe('failed');
    expect(error).toBeInstanceOf(UserError);
    const { message } = error as Error;
    expect(message).toMatch(doubt);
    expect(message).toMatch(/503\..* Terraform was asked to stop\. Once the storage .* run this again/);
    expect(did.filter(one => one !== 'renew')).toEqual(['look', 'take', 'work', 'release']);
  });

  test('a renewal that is never answered is not waited for any longer', async () => {
    const { outcomeOf, did, pass } = start({ renewals: ['hangs'] });
    const outcome = outcomeOf(longWork(did).work);
    expect(await pass(2)).toEqual([20_000, 25_000]);
    const { error } = await outcome;
    expect((error as Error).message).toMatch(doubt);
    expect((error as Error).message).toContain('A renewal was not answered. Terraform was asked to stop.');
    expect(did).toEqual(['look', 'take', 'work', 'renew', 'release']);
  });

  test('a renewal counts from when it was sent, not from when it was answered', async () => {
    const { outcomeOf, did, pass } = start({ renewals: [24_000, down] });
    const outcome = outcomeOf(longWork(did).work);
    expect(await pass(7)).toEqual([20_000, 24_000, 0, 5_000, 5_000, 5_000, 5_000]);
    // One more second, which is left of the 45.
    expect(await pass()).toEqual([1_000]);
    expect(((await outcome).error as Error).message).toMatch(doubt);
  });

  test.each<[string, (passed: number) => number]>([
    ['a clock that is set back hides nothing', passed => passed - 3_600_000],
    ['a clock that stands still hides nothing', () => 0],
  ])('%s', async (_, wall) => {
    const { outcomeOf, did, pass } = start({ renewals: [down], wall });
    const outcome = outcomeOf(longWork(did).work);
    await pass(6);
    expect(((await outcome).error as Error).message).toMatch(doubt);
  });

  test('a machine that slept asks nobody first: it stops', async () => {
    const { outcomeOf, did, pass } = start({ wall: passed => (passed === 0 ? 0 : passed + 120_000) });
    const outcome = outcomeOf(longWork(did).work);
    await pass();
    expect(((await outcome).error as Error).message).toMatch(/it was confirmed 2 min 20 s ago/);
    expect(did).toEqual(['look', 'take', 'work', 'release']);
  });

  test('cancelled: released, and the cancellation stays one', async () => {
    const { outcomeOf, did, cancel } = start();
    const error = new CancelledError('Terraform was asked to stop.');
    await expect(
      outcomeOf(async () => {
        cancel();
        throw error;
      }),
    ).rejects.toBe(error);
    expect(did).toEqual(['look', 'take', 'release']);
  });

  test('a release that fails is a warning: it runs out by itself', async () => {
    const { outcomeOf, did, lines } = start({ releases: new Error('no network') });
    expect(await outcomeOf(workOf(did))).toBe(applied);
    expect(lines).toEqual([
      expect.stringMatching(/^warning: .*could not be released and runs out within a minute\. no network/),
    ]);
  });
});
