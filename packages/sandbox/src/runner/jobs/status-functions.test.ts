import { describe, expect, test } from '@jest/globals';
import { completeCondition } from '../expressions/condition.ts';
import { evaluate, isTruthy } from '../expressions/evaluate.ts';
import type { Conclusion } from '../results.ts';
import { ancestorsOf, combine, jobStatusFunctions, stepStatusFunctions } from './status-functions.ts';

const conditions = [
  '',
  'always()',
  'failure()',
  'cancelled()',
  '!cancelled()',
  '!failure() && !cancelled()',
  'success() || failure()',
];

/** Of a job with two ancestors: for each condition above whether it runs. */
const table: readonly (readonly [Conclusion, Conclusion, boolean, string])[] = [
  ['success', 'success', false, 'yes yes no no yes yes yes'],
  ['failure', 'success', false, 'no yes yes no yes no yes'],
  ['skipped', 'success', false, 'no yes no no yes yes no'],
  ['skipped', 'skipped', false, 'no yes no no yes yes no'],
  ['failure', 'skipped', false, 'no yes yes no yes no yes'],
  ['cancelled', 'success', false, 'no yes no no yes yes no'],
  ['success', 'success', true, 'no yes no yes no no no'],
  ['failure', 'skipped', true, 'no yes yes yes no no yes'],
];

describe.each(table)('after %s and %s (run cancelled: %s)', (first, second, isCancelled, expected) => {
  test.each(conditions.map((condition, index) => [condition, expected.split(' ')[index]] as const))(
    'if: "%s" runs: %s',
    (condition, runs) => {
      const functions = jobStatusFunctions(
        [
          { id: 'first', result: first },
          { id: 'second', result: second },
        ],
        isCancelled,
      );
      const holds = isTruthy(evaluate(completeCondition(condition), { contexts: {}, functions }));
      expect(holds ? 'yes' : 'no').toBe(runs);
    },
  );
});

test('success and failure may be asked about jobs by name', () => {
  const functions = jobStatusFunctions(
    [
      { id: 'a', result: 'success' },
      { id: 'b', result: 'failure' },
    ],
    false,
  );
  const ask = (text: string) => evaluate(text, { contexts: {}, functions });
  expect([ask("success('a')"), ask("success('b')"), ask("failure('a')"), ask("failure('b')")]).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test.each([
  ['success', 'success() always()'],
  ['failure', 'failure() always()'],
  ['cancelled', 'cancelled() always()'],
] as const)('the steps of a job that is at %s', (status, holding) => {
  const all = ['success()', 'failure()', 'cancelled()', 'always()'];
  const functions = stepStatusFunctions(status);
  expect(all.filter(text => evaluate(text, { contexts: {}, functions }) === true).join(' ')).toBe(holding);
});

test('ancestors are found through others, once', () => {
  const graph = new Map([
    ['a', []],
    ['b', ['a']],
    ['c', ['a', 'b']],
    ['d', ['c']],
  ]);
  expect([...ancestorsOf('d', graph)].sort()).toEqual(['a', 'b', 'c']);
});

test.each([
  [['success', 'failure', 'cancelled'], 'failure'],
  [['success', 'cancelled'], 'cancelled'],
  [['success', 'skipped'], 'success'],
  [['skipped', 'skipped'], 'skipped'],
  [[], 'success'],
] as const)('%j counts as %s', (results, combined) => {
  expect(combine(results)).toBe(combined);
});
