import { expect, test } from '@jest/globals';
import { exclusiveRunner } from './exclusive.ts';

test('one at a time for one key, also after a failure; others go on', async () => {
  const run = exclusiveRunner();
  const events: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = run('A', async () => {
    await gate.promise;
    events.push('first');
    throw new Error('no');
  });
  const second = run('a', async () => void events.push('second'));
  await run('b', async () => void events.push('other'));
  gate.resolve();
  await expect(first).rejects.toThrow('no');
  await second;
  expect(events).toEqual(['other', 'first', 'second']);
});
