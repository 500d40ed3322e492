import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { replaceAll, replaceText } from './replace.ts';

fc.configureGlobal({ seed: 1 });

const fast = { is: 'fast' } as const;
const go = { is: 'go', options: { missingKey: 'error' } } as const;
const name = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/);
const plain = fc.string().filter(text => !/[{}]/.test(text));

describe('expansion', () => {
  test('a text without tags stays as it is', () => {
    fc.assert(
      fc.property(plain, name, fc.string(), (text, key, value) => {
        for (const notation of [fast, go]) expect(replaceText(text, { [key]: value }, notation)).toBe(text);
      }),
    );
  });

  test('a tag is its value, whatever that holds, and the value is not expanded again', () => {
    fc.assert(
      fc.property(plain, name, fc.string(), plain, (before, key, value, after) => {
        const parameters = { [key]: value };
        expect(replaceText(`${before}{{ ${key} }}${after}`, parameters, fast)).toBe(`${before}${value}${after}`);
        expect(replaceText(`${before}{{ .${key} }}${after}`, parameters, go)).toBe(`${before}${value}${after}`);
      }),
    );
  });

  test('what is no text stays, and all texts are expanded', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        expect(replaceAll(value, { unknown: 'x' }, fast)).toEqual(value);
      }),
    );
    const nested = { '{{a}}': [{ b: '{{a}}' }, 1, null, true] };
    expect(replaceAll(nested, { a: 'x' }, fast)).toEqual({ x: [{ b: 'x' }, 1, null, true] });
  });

  test.each([
    ['{{a', '{{a'],
    ['{{}}', '{{}}'],
    ['{{ b }}', '{{ b }}'],
    ['{{constructor}}', '{{constructor}}'],
    ['{{a}}{{a}}', 'xx'],
    ['{{ a\n}}', 'x'],
  ])('%s → %s', (text, expected) => {
    expect(replaceText(text, { a: 'x' }, fast)).toBe(expected);
  });
});
