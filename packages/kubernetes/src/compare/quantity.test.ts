import { describe, expect, test } from '@jest/globals';
import { isSameQuantity, parseQuantity, quantityNumber } from './quantity.ts';

describe('the same', () => {
  test.each<[unknown, unknown]>([
    ['1000m', '1'],
    ['1', 1],
    ['1.5', '1500m'],
    ['1024Mi', '1Gi'],
    ['0.5Gi', '512Mi'],
    ['1e3', '1k'],
    ['1E3', '1000'],
    ['0', '0Mi'],
    ['.5', '0.50'],
    ['+1', '1'],
    ['1E', '1000P'],
    ['x', 'x'],
  ])('%s is %s', (left, right) => {
    expect(isSameQuantity(left, right)).toBe(true);
  });
});

test.each<[unknown, unknown]>([
  ['1', '1m'],
  ['1M', '1Mi'],
  ['-1', '1'],
  ['x', 'y'],
  ['1', undefined],
  ['', '0'],
])('%s is not %s', (left, right) => {
  expect(isSameQuantity(left, right)).toBe(false);
});

test.each([['1 Gi'], ['Gi'], ['1gb'], ['1e999'], ['9'.repeat(65)], [null], [true], [Number.NaN], [{}]])(
  '%j is none',
  value => {
    expect(parseQuantity(value)).toBeUndefined();
    expect(quantityNumber(value)).toBe(0);
  },
);

test('as a number', () => {
  expect(quantityNumber('250m')).toBe(0.25);
  expect(quantityNumber('2Gi')).toBe(2 ** 31);
});
