import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import fc from 'fast-check';
import { readFlowYaml } from './flow-yaml.ts';
import { parseFully } from './kubernetes-yaml.ts';

fc.configureGlobal({ seed: 1 });

describe('what charts write in brackets is read at once', () => {
  test.each([
    '{}',
    '[ ]',
    '[get, list, watch]',
    '["get","list"]',
    '{"a":1,"b":[true,null]}',
    '{ name: http, port: 80, on: yes, 0777: x, path: /a:b, url: http://a/b }',
    "{ a: 'it''s', \"b c\": [{ d: ~ }, -1, 1.5] }",
    '[a b, c:d, "x, y"]  ',
    '{ __proto__: 1, a: 1, a: 2 }',
  ])('%s', text => {
    expect(readFlowYaml(text)).toEqual(parseFully(text));
    expect(readFlowYaml(text)).toBeDefined();
  });
});

describe('what is not, is left to the full parser', () => {
  test.each([
    '{ a }',
    '[a: b]',
    '{ a:b }',
    '{ a: }',
    '[a, ]',
    '[a',
    '[a] b',
    '[a] # b',
    '[a #b]',
    '[&x a, *x]',
    '[!!str 1]',
    '{ <<: { a: 1 } }',
    '{ ? a : b }',
    '[- a]',
    "[it's]",
    '["\\x41"]',
    '[.inf]',
    '{a:{b: c}}',
    'a',
  ])('%s', text => {
    expect(readFlowYaml(text)).toBeUndefined();
  });
});

test('nothing is ever read in another way than by the full parser', () => {
  const parts = [
    '{',
    '}',
    '[',
    ']',
    ', ',
    ',',
    ': ',
    ':',
    ' ',
    '"q"',
    "'s'",
    'a',
    'on',
    '0x1',
    '~',
    '-',
    '#',
    '<<',
    '1',
  ];
  const fully = (text: string) => {
    try {
      return parseFully(text);
    } catch (error) {
      return error instanceof UserError ? undefined : Promise.reject(error);
    }
  };
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...parts), { maxLength: 12 }),
      fc.constantFrom('[]', '{}'),
      (inner, brackets) => {
        const text = `${brackets[0]}${inner.join('')}${brackets[1]}`;
        const value = readFlowYaml(text);
        if (value !== undefined) expect(value).toEqual(fully(text));
      },
    ),
    { numRuns: 5000 },
  );
});
