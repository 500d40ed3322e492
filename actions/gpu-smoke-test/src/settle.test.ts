import { expect, test } from '@jest/globals';
import { settleInParallel } from './settle.ts';

test('results come in their order', async () => {
  expect(await settleInParallel([1, 2, 3], 2, async value => value * 2)).toEqual([2, 4, 6]);
});

test('one that fails leaves the others to their end, and is told after it', async () => {
  const ended: string[] = [];
  const slow = Promise.withResolvers<void>();
  let isSettled = false;
  const all = settleInParallel(['broken', 'slow'], 6, async name => {
    if (name === 'broken') throw new Error('no answer');
    await slow.promise;
    ended.push(name);
  }).finally(() => {
    isSettled = true;
  });
  all.catch(() => undefined);
  await new Promise(resolve => setImmediate(resolve));
  expect(isSettled).toBe(false);
  slow.resolve();
  await expect(all).rejects.toThrow('no answer');
  expect(ended).toEqual(['slow']);
});
