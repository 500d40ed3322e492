import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { count, duration, nearest, printable, sentenceList, shorten } from './text.ts';

fc.configureGlobal({ seed: 1 });

test.each([
  [0, '0.0 s'],
  [1234, '1.2 s'],
  [12_400, '12 s'],
  [59_600, '1 min'],
  [200_000, '3 min 20 s'],
  [3_900_000, '1 h 5 min'],
  [7_200_000, '2 h'],
])('%d ms reads %s', (milliseconds, expected) => expect(duration(milliseconds)).toBe(expected));

test.each([
  ['pln', 'plan'],
  ['aply', 'apply'],
  ['Verfiy', 'verify'],
  ['destroy', undefined],
  ['x', undefined],
])('%s is nearest to %p', (word, expected) => expect(nearest(word, ['plan', 'apply', 'verify'])).toBe(expected));

test('counts and lists', () => {
  expect(count(1, 'change')).toBe('1 change');
  expect(count(2, 'identity', 'identities')).toBe('2 identities');
  expect(sentenceList(['a', 'b', 'c'], 'or')).toBe('a, b or c');
});

describe('printable', () => {
  test('drops colours and shows what hides or reorders text', () => {
    expect(printable('\u001b[31mred\u001b[0m\u202edlrow\u0007\r\nnext\tcell')).toBe('red\ufffddlrow\ufffd\nnext\tcell');
  });

  test('leaves no control or format character in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        expect(printable(text)).not.toMatch(/[[\p{Cc}\p{Cf}\p{Cs}]--[\t\n]]/v);
      }),
    );
  });
});

test('shorten never exceeds the limit nor splits a character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, limit) => {
      const short = shorten(text, limit);
      expect(short.length).toBeLessThanOrEqual(Math.max(limit, 1));
      expect(short.isWellFormed()).toBe(true);
    }),
  );
});
