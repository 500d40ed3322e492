import { expect, test } from '@jest/globals';
import { judgeDrift } from './drift-findings.ts';
import type { Change, Difference } from './model.ts';
import { changedCluster } from './testing/samples.ts';

const gap = { message: 'It does not answer.', remedy: 'Ask again.' };
const difference: Difference = { what: 'Node pool x', path: '', expected: 'absent', actual: 'x' };

test.each<[string, readonly Change[], readonly Difference[], readonly (typeof gap)[], string, boolean]>([
  ['nothing', [], [], [], 'clean', false],
  ['drift', [changedCluster], [], [], 'drifted', false],
  ['what no plan shows', [], [difference], [], 'drifted', false],
  ['nothing, with a gap', [], [], [gap], 'incomplete', true],
  ['drift, with a gap', [changedCluster], [], [gap], 'drifted', false],
])('%s', (_, drift, differences, gaps, verdict, fails) => {
  const judged = judgeDrift({ drift, differences, gaps });
  expect([judged.verdict, judged.error !== undefined]).toEqual([verdict, fails]);
  expect(judged.checks).toEqual(
    gaps.map(() => ({
      id: 'drift/unread',
      name: 'Everything could be looked at',
      status: 'unknown',
      message: 'It does not answer.',
      remedy: 'Ask again.',
    })),
  );
});
