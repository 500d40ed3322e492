import { describe, expect, test } from '@jest/globals';
import { expandMatrix } from './matrix.ts';

type Matrix = Parameters<typeof expandMatrix>[0];

const expand = (matrix: Matrix) => expandMatrix(matrix, 'build');
const values = (matrix: Matrix) => expand(matrix).map(configuration => configuration.values);

test('vectors multiply, the first one slowest', () => {
  expect(values({ version: [10, 12], os: ['linux', 'windows'] })).toEqual([
    { version: 10, os: 'linux' },
    { version: 10, os: 'windows' },
    { version: 12, os: 'linux' },
    { version: 12, os: 'windows' },
  ]);
});

test("include expands what it fits and adds what it does not: the example of GitHub's page", () => {
  const matrix = {
    fruit: ['apple', 'pear'],
    animal: ['cat', 'dog'],
    include: [
      { color: 'green' },
      { color: 'pink', animal: 'cat' },
      { fruit: 'apple', shape: 'circle' },
      { fruit: 'banana' },
      { fruit: 'banana', animal: 'cat' },
    ],
  };
  expect(values(matrix)).toEqual([
    { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
    { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
    { fruit: 'pear', animal: 'cat', color: 'pink' },
    { fruit: 'pear', animal: 'dog', color: 'green' },
    { fruit: 'banana' },
    { fruit: 'banana', animal: 'cat' },
  ]);
});

test('exclude takes out what it fits, also in part, and before include adds', () => {
  const matrix = {
    os: ['linux', 'windows'],
    version: [1, 2],
    exclude: [{ os: 'windows', version: 1 }, { version: 2 }],
    include: [{ os: 'windows', version: 1 }],
  };
  expect(values(matrix)).toEqual([
    { os: 'linux', version: 1 },
    { os: 'windows', version: 1 },
  ]);
});

test('filters compare nested values and texts without case', () => {
  const matrix = { node: [{ version: 14, env: 'X' }, { version: 16 }], exclude: [{ node: { env: 'x' } }] };
  expect(values(matrix)).toEqual([{ node: { version: 16 } }]);
});

test('the name shows the values of vectors, of nested ones the leaves, and not what include added', () => {
  const matrix = {
    os: ['linux'],
    node: [{ version: 14, tags: [true, null] }],
    include: [
      { os: 'linux', extra: 'x' },
      { os: 'mac', alone: 'y' },
    ],
  };
  expect(expand(matrix).map(({ segments }) => segments)).toEqual([
    ['linux', '14', 'true'],
    ['mac', 'y'],
  ]);
});

test.each([
  [{}, 'Matrix must define at least one vector'],
  [{ include: [] }, 'Matrix must define at least one vector'],
  [{ a: [] }, "Matrix vector 'a' does not contain any values"],
  [{ a: 'x' }, "Matrix vector 'a' must be a list."],
  [{ include: ['x'] }, "The matrix's include must be a list of mappings."],
  ['x', 'The matrix must be a mapping.'],
] as const)('%j is refused', (matrix, message) => {
  expect(() => expand(matrix)).toThrow(message);
});

describe('a matrix has 256 configurations at most', () => {
  const list = (length: number) => Array.from({ length }, (_, index) => index);
  const alone = (length: number) => list(length).map(b => ({ b }));

  test.each([
    ['a product', { a: list(16), b: list(16) }],
    ['a list', { include: alone(256) }],
    ['what an exclude leaves of more', { a: list(16), b: list(17), exclude: [{ b: 0 }] }],
  ])('%s of 256', (_title, matrix) => expect(values(matrix)).toHaveLength(256));

  test.each([
    ['a product', { a: list(3), b: list(86) }, '258'],
    ['a list', { include: alone(257) }, '257'],
    ['a product and a list', { a: list(256), include: [{ a: 256 }] }, '257'],
    [
      'a product that nobody could hold',
      Object.fromEntries([...'abcdefgh'].map(name => [name, list(10)])),
      '100000000',
    ],
  ])('%s of more', (_title, matrix, count) => {
    expect(() => expand(matrix)).toThrow(
      `Strategy for job 'build' produced ${count} configurations which exceeds the maximum of 256 configurations`,
    );
  });
});
