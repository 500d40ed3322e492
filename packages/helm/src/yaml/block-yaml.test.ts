import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import fc from 'fast-check';
import { readBlockYaml } from './block-yaml.ts';
import { parseFully } from './kubernetes-yaml.ts';

const readInline = (value: string) => {
  try {
    return parseFully(value);
  } catch {
    return undefined;
  }
};
const read = (text: string) => readBlockYaml(text, readInline);

describe('what programs write is read at once', () => {
  test.each([
    'a: 1\nb:\n  c: [1, on]\n  d:\n  - x\n  - y: z\n    w: |-\n      # text\n        more\n\n      end\n',
    'a:\n  - - 1\n    - 2\n  -\n    b: c\n  - {}\n',
    "# comment\na: b # comment\n\n\"quoted key\": 'it''s'\n",
    'a: "\\u00e9\\n"\nb: \'\'\nc:\nd: ~\n',
    'description: goes on\n  in the next line\n\n  and after an empty one\nb: 1\n',
    'rule: "[has(self.a),\n  has(self.b)]"\n',
    'empty:\n  {}\nreplicas:\n  1\n',
    'on: 1\n0777: x\nhttp://a/b: c\n',
    '- a\n- b: 1\n  c: 2\n',
  ])('%j', text => {
    expect(read(text)).toEqual(parseFully(text));
    expect(read(text)).toBeDefined();
  });
});

describe('what is not, is left to the full parser', () => {
  test.each([
    'a: &x 1\nb: *x\n',
    'a: !!str 1\n',
    'a: >-\n  folded\n',
    'a: |2\n  x\n',
    'a: |+\n  x\n\n',
    '? a\n: b\n',
    '<<: {a: 1}\n',
    'a: b: c\n',
    'a:\n\t- b\n',
    'a: [1,\n  2]\n',
    '%YAML 1.1\n---\na: 1\n',
    'a: 1\n  b: 2\n',
    'a: .inf\n',
    '~: x\n',
    'just text\n',
    'a: "open\n',
    'a: "\\x41"\n',
  ])('%j', text => {
    expect(read(text)).toBeUndefined();
  });
});

test('nothing is ever read in another way than by the full parser', () => {
  const words = [
    'a',
    'b',
    'on',
    '0777',
    '~',
    '1.5',
    '"q"',
    "'s'",
    '{}',
    '[]',
    '[x, 1]',
    '{k: v}',
    'x y',
    'a:b',
    '#c',
    'x #c',
  ];
  const more = [
    '|',
    '|-',
    '>',
    '-',
    '- ',
    '&x',
    '*x',
    '!t',
    '?',
    ': ',
    '<<',
    '"open',
    "'open",
    'close"',
    '\t',
    '---',
    '%',
    '- - a',
    '@',
    '\\n',
  ];
  const key = fc.constantFrom('a', 'b', 'on', '0', '"k"', "'k'", 'a b', 'x/y.z', '<<', 'a#b', '', '- a', '? a');
  const value = fc.constantFrom('', ' ', ...words, ...more);
  const line = fc.oneof(
    fc.tuple(key, value).map(([name, text]) => `${name}: ${text}`),
    fc.tuple(key, value).map(([name, text]) => `- ${name}: ${text}`),
    value.map(text => `- ${text}`),
    fc.constantFrom(...words, ...more, '', '-', 'a:', '- a:', '# c'),
  );
  const document = fc
    .array(fc.tuple(fc.constantFrom(0, 0, 2, 2, 4, 1, 3, 6), line), { minLength: 1, maxLength: 8 })
    .map(lines => lines.map(([indent, text]) => ' '.repeat(indent) + text).join('\n'));
  let quick = 0;
  fc.assert(
    fc.property(document, fc.boolean(), (text, ends) => {
      const whole = ends ? `${text}\n` : text;
      const value = read(whole);
      if (value === undefined) return;
      quick++;
      expect({ whole, value }).toEqual({ whole, value: parseFully(whole) });
    }),
    { numRuns: 20_000, seed: 7 },
  );
  // The test would say nothing if hardly any were read at once.
  expect(quick).toBeGreaterThan(1_000);
});

test('a megabyte in one line', () => {
  const long = 'x'.repeat(2_000_000);
  expect(read(`a: "${long}"\nb: '${long}'\nc: ${long}\n`)).toEqual({ a: long, b: long, c: long });
});

test('text in quotes that is never closed takes no time', () => {
  expect(read(`a: "${'x\n  '.repeat(20_000)}`)).toBeUndefined();
  expect(() => parseFully('a: "open\n')).toThrow(UserError);
});
