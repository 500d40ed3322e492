import { expect, test } from '@jest/globals';
import { checkExpression, evaluate, toText } from './evaluate.ts';

const contexts = {
  github: { ref: 'refs/heads/main', event: { pull: { n: 7 } } },
  needs: { a: { result: 'success' } },
  matrix: null,
};

test.each([
  ["github.ref == 'REFS/heads/main'", true],
  ['github.event.pull.n', 7],
  ['github.missing.deep', null],
  ['needs.*.result', ['success']],
  ["contains(needs.*.result, 'failure')", false],
  ["format('{0}-{1}', 'a', 1)", 'a-1'],
  ["format('echo ''{0}'' ''{{}}''', 1)", "echo '1' '{}'"],
  ['fromJSON(\'{"a":[1,true,null]}\').a', [1, true, null]],
  ["join(fromJSON('[1,2]'), '+')", '1+2'],
  ["startsWith('abc', 'A') && endsWith('abc', 'C')", true],
  ['toJSON(needs.a)', '{\n  "result": "success"\n}'],
  ['matrix.x', null],
  ["'' || 'otherwise'", 'otherwise'],
])('%s', (text, value) => {
  expect(evaluate(text, { contexts })).toEqual(value);
});

test('a function of the scope is called with its values', () => {
  const functions = {
    always: { call: () => true },
    success: { maxArgs: 255, call: (...ids: readonly unknown[]) => ids.length === 2 },
  };
  expect(evaluate("always() && success('a', 'b')", { contexts, functions })).toBe(true);
});

test.each([
  ['secrets.X', "Unrecognized named-value: 'secrets'"],
  ['hashFiles(1)', "Unrecognized function: 'hashFiles'"],
  ['github.', "Unexpected symbol: 'EOF'"],
])('%s is refused', (text, message) => {
  expect(() => checkExpression(text, ['github'], ['always'])).toThrow(message);
});

test.each([
  [null, ''],
  [true, 'true'],
  [1.5, '1.5'],
  [[1], 'Array'],
  [{}, 'Object'],
] as const)('%j is written as %j', (value, text) => {
  expect(toText(value)).toBe(text);
});
