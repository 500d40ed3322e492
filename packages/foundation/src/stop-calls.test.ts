import { expect, test } from '@jest/globals';
import { stopCalls } from './stop-calls.ts';

test('calls of these names are refused once it is stopped, and others go on', async () => {
  const stop = new AbortController();
  const one = { read: async () => 1, write: async (value: number) => value, name: 'one' };
  const guarded = stopCalls(one, ['write'], stop.signal);
  expect([await guarded.write(2), await guarded.read(), guarded.name]).toEqual([2, 1, 'one']);
  const reason = new Error('lost');
  stop.abort(reason);
  await expect(guarded.write(3)).rejects.toBe(reason);
  expect(await guarded.read()).toBe(1);
});
