import { expect, test } from '@jest/globals';
import { untilCancelled } from './cancel.ts';
import { CancelledError } from './errors.ts';

const never = () => new Promise<string>(() => undefined);

test('gives what the work gives, and fails as it fails', async () => {
  const { signal } = new AbortController();
  expect(await untilCancelled(signal, Promise.resolve('done'), 'Left.')).toBe('done');
  const broken = new Error('broken');
  await expect(untilCancelled(signal, Promise.reject(broken), 'Left.')).rejects.toBe(broken);
});

test('leaves work that does not hear', async () => {
  const stop = new AbortController();
  const waiting = untilCancelled(stop.signal, never(), 'Left.');
  stop.abort();
  await expect(waiting).rejects.toEqual(new CancelledError('Left.'));
  await expect(untilCancelled(stop.signal, never(), 'Left.')).rejects.toBeInstanceOf(CancelledError);
});
