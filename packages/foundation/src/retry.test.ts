import { describe, expect, test } from '@jest/globals';
import type { Clock } from './clock.ts';
import { parseRetryAfter, retry } from './retry.ts';

function fakeClock(): Clock & { slept: number[] } {
  const slept: number[] = [];
  return {
    slept,
    now: () => slept.reduce((sum, pause) => sum + pause, 0),
    sleep: async milliseconds => {
      slept.push(milliseconds);
    },
  };
}

const policy = { attempts: 4, baseMs: 100, capMs: 1000, random: () => 1, judge: () => ({ retry: true as const }) };

describe('retry', () => {
  test('doubles the pause and gives the last failure', async () => {
    const clock = fakeClock();
    let attempts = 0;
    const work = retry(
      async () => {
        attempts++;
        throw new Error(`attempt ${attempts}`);
      },
      { ...policy, clock },
    );
    await expect(work).rejects.toThrow('attempt 4');
    expect(clock.slept).toEqual([100, 200, 400]);
  });

  test('waits as long as the other side asks, but no longer than the cap', async () => {
    const clock = fakeClock();
    let attempts = 0;
    const value = await retry(
      async () => {
        attempts++;
        if (attempts < 3) throw new Error('busy');
        return 'done';
      },
      { ...policy, clock, judge: () => ({ retry: true, afterMs: attempts === 1 ? 700 : 5000 }) },
    );
    expect(value).toBe('done');
    expect(clock.slept).toEqual([700, 1000]);
  });

  test('a final failure is not tried again', async () => {
    const clock = fakeClock();
    const work = retry(() => Promise.reject(new Error('403')), { ...policy, clock, judge: () => ({ retry: false }) });
    await expect(work).rejects.toThrow('403');
    expect(clock.slept).toEqual([]);
  });

  test('cancellation ends the waiting', async () => {
    const controller = new AbortController();
    const clock: Clock = {
      now: () => 0,
      sleep: async (_ms, signal) => {
        controller.abort(new Error('cancelled'));
        signal?.throwIfAborted();
      },
    };
    const work = retry(() => Promise.reject(new Error('busy')), { ...policy, clock, signal: controller.signal });
    await expect(work).rejects.toThrow('cancelled');
  });
});

test.each([
  ['3', 3000],
  ['0', 0],
  [' 12 ', 12000],
  ['Wed, 21 Oct 2026 07:28:10 GMT', 10_000],
  ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
  ['soon', undefined],
  [null, undefined],
])('Retry-After %p is %p ms', (value, expected) => {
  expect(parseRetryAfter(value, Date.parse('Wed, 21 Oct 2026 07:28:00 GMT'))).toBe(expected);
});
