import { expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { ApplyResult, Failure } from './apply.ts';
import { failureOf } from './apply-failure.ts';

const failure = (release: string, more: Partial<Failure> = {}): Failure => ({
  release,
  error: new UserError({ message: `${release} does not run`, remedy: 'Look at it.' }),
  diagnosis: { events: [], log: [] },
  isUntouched: false,
  ...more,
});
const times = { startMs: 0, endMs: 1 };

test('each failure says what was seen of it and done about it; the first one also what became of the others', () => {
  const result: ApplyResult = {
    runs: [
      { name: 'late', ...times, result: 'skipped', because: 'it needs web' },
      { name: 'certs', ...times, result: 'done', value: { action: 'upgrade', notes: [] } },
    ],
    failures: [
      failure('web', { diagnosis: { events: ['Pod a/web: Failed: no'], log: ['one', 'two'] } }),
      failure('hub', { isUntouched: true }),
    ],
    waysBack: [
      { release: 'web', is: 'back', to: { revision: 3, chart: 'web-1.0.0' }, with: [] },
      { release: 'certs', is: 'back', to: { revision: 1, chart: 'certs-1.0.0' }, with: ['web'], unready: 'No pod.' },
      // Its name begins as that of another one.
      { release: 'web-store', is: 'kept', because: 'holds-data' },
    ],
  };
  expect(failureOf(result)?.problems).toEqual([
    {
      message:
        'web: web does not run. Event: Pod a/web: Failed: no. Its log ends: one ⏎ two web was brought back to revision 3 (web-1.0.0), and is ready again. late was not begun: it needs web. certs was brought back to revision 1 (certs-1.0.0), with web, and is not ready again. No pod. web-store holds data and stays as it is.',
      remedy: 'Look at it.',
    },
    { message: 'hub: hub does not run. Nothing of it was changed.', remedy: 'Look at it.' },
  ]);
});

test('where nothing failed there is nothing to say', () => {
  expect(failureOf({ runs: [], failures: [], waysBack: [] })).toBeUndefined();
});
