import { expect, test } from '@jest/globals';
import { mapInParallel } from './parallel.ts';

test('keeps the order of results and the bound', async () => {
  let running = 0;
  let most = 0;
  const results = await mapInParallel([30, 5, 20, 1, 10], 2, async value => {
    running++;
    most = Math.max(most, running);
    for (let turn = 0; turn < value; turn++) await Promise.resolve();
    running--;
    return value * 2;
  });
  expect(results).toEqual([60, 10, 40, 2, 20]);
  expect(most).toBe(2);
});

test('fails with the first failure', async () => {
  const work = mapInParallel([1, 2, 3], 2, value =>
    value === 2 ? Promise.reject(new Error('two')) : Promise.resolve(),
  );
  await expect(work).rejects.toThrow('two');
});

test('begins nothing more after a failure', async () => {
  const begun: number[] = [];
  const work = mapInParallel([1, 2, 3, 4, 5, 6], 2, async value => {
    begun.push(value);
    await Promise.resolve();
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(begun).toEqual([1, 2]);
});
