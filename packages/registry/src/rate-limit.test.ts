import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRateLimit } from './rate-limit.ts';

fc.configureGlobal({ seed: 1 });

test('no window of time ever sees more than it may', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(40), { maxLength: 40 }), async (permits, gaps) => {
      let now = 0;
      const passed: number[] = [];
      const clock = {
        now: () => now,
        sleep: async (milliseconds: number) => {
          now += milliseconds;
        },
      };
      const limit = createRateLimit(clock, { permits, windowMs: 100 });
      for (const gap of gaps) {
        now += gap;
        await limit.pass();
        passed.push(now);
      }
      for (const [index, time] of passed.entries()) {
        const before = passed[index - permits];
        if (before !== undefined) expect(time - before).toBeGreaterThanOrEqual(100);
      }
    }),
  );
});

test('who comes together waits in order', async () => {
  const pauses: number[] = [];
  const limit = createRateLimit(
    { now: () => 0, sleep: async milliseconds => void pauses.push(milliseconds) },
    { permits: 2, windowMs: 60_000 },
  );
  await Promise.all([1, 2, 3, 4, 5].map(() => limit.pass()));
  expect(pauses).toEqual([60_000, 60_000, 120_000]);
});
