import { describe, expect, test } from '@jest/globals';
import { describeProblem } from '@suite/foundation';
import { readDocument } from './document.ts';
import { problemsOf } from './testing/index.ts';

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('text without a certain meaning is refused where it stands', () => {
  test.each<[string, string | Uint8Array, string[]]>([
    ['nothing', '', ['p.yaml:1:1: The file is empty.']],
    [
      'comments only',
      '# hello\ra: 1\r',
      ['p.yaml:1:1: The file is empty. Everything in it is a comment; lines end with a line feed.'],
    ],
    ['a tab', 'a:\n\tb: 1\n', ['p.yaml:2:1: Tabs are not allowed as indentation. Indent with spaces.']],
    [
      'a tab, without what follows from it',
      'a:\n  b: 1\n\tc: 1\n  d: 2\ne: 1\n',
      ['p.yaml:3:1: Tabs are not allowed as indentation. Indent with spaces.'],
    ],
    ['control characters', 'a: >\0\n', ['p.yaml:1:5: Block scalar header includes extra characters: >�.']],
    [
      'two colons',
      'a: 1\nb: c: d\n',
      [
        'p.yaml:2:4: Nested mappings are not allowed in compact mappings. Check the indentation; a text with `: ` in it needs quotes.',
      ],
    ],
    ['an open quote', 'a: "x\n', ['p.yaml:1:4: This quote is not closed. Close it.']],
    [
      'a list that stands too far left',
      'a: [1\nb: 2\n',
      [
        'p.yaml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]. Check the indentation.',
      ],
    ],
    [
      'a reserved character',
      'a: @x\n',
      ['p.yaml:1:4: Plain value cannot start with reserved character @. Put the text in quotes.'],
    ],
    [
      'an alias',
      'a: &x [1]\nb: *x\n',
      ['p.yaml:2:4: Aliases are not read. Write the value out, or put it under `defaults:`.'],
    ],
    [
      'a merge key, and everything else that is refused',
      'a: &x {k: 1}\nb:\n  <<: *x\n  c: !!binary aGk=\n',
      [
        'p.yaml:3:3: Merge keys are not read. Put what is common under `defaults:`.',
        'p.yaml:3:7: Aliases are not read. Write the value out, or put it under `defaults:`.',
        'p.yaml:4:15: Tags are not read. Remove the word that begins with `!`; quotes make a text of anything.',
      ],
    ],
    ['a number as key', 'a:\n  1.10: x\n', ['p.yaml:2:3: A key has to be a word. Put it in quotes if it is meant.']],
    ['a block as key', '? {a: 1}\n: x\n', ['p.yaml:1:3: A key has to be a word. Put it in quotes if it is meant.']],
    [
      'another version of YAML, where yes is true',
      '%YAML 1.1\n---\na: yes\n',
      ['p.yaml:1:1: The version of YAML cannot be chosen. Remove the line `%YAML`.'],
    ],
    [
      'bytes that are not UTF-8',
      bytes('\ufeffa: ü\nb: x', [0xff, 0xfe]),
      ['p.yaml:2:5: The file is not UTF-8 text: here is the first byte that is none. Save it as UTF-8.'],
    ],
    [
      'UTF-16',
      Buffer.from('\ufeffa: 1\n', 'utf16le'),
      ['p.yaml:1:1: The file is not UTF-8 text: here is the first byte that is none. Save it as UTF-8.'],
    ],
    ['a huge file', 'a: 1\n'.repeat(60_000), ['p.yaml:1:1: The file has 300000 bytes; at most 131072 are read.']],
    ['deep nesting', '['.repeat(10_000), ['p.yaml:1:51: The file has more than 50 levels here.']],
  ])('%s', (_name, content, expected) => {
    expect(problemsOf(() => readDocument(content, 'p.yaml'))).toEqual(expected);
  });

  test('a file that is wrong everywhere is worth a hundred problems', () => {
    const problems = problemsOf(() => readDocument('}\n'.repeat(1000), 'p.yaml'));
    expect(problems).toHaveLength(101);
    expect(problems.at(-1)).toBe('p.yaml:101:1: There are 900 more problems.');
  });
});

describe('what can be read is read on, with its problems', () => {
  test.each<[string, string, unknown, string[]]>([
    [
      'a key that stands twice',
      'a: 1\nb: 2\n"a": 3\n',
      { a: 1, b: 2 },
      ['p.yaml:3:1: `a` stands here twice. The first one is on line 1: keep one of them.'],
    ],
    [
      'a key that is a part of JavaScript',
      'a: 1\n__proto__: {x: 1}\nconstructor: 2\n',
      { a: 1 },
      [
        'p.yaml:2:1: `__proto__` cannot be used as a key. Remove it.',
        'p.yaml:3:1: `constructor` cannot be used as a key. Remove it.',
      ],
    ],
    [
      'a second document',
      'a: 1\n---\nb: 2\n',
      { a: 1 },
      ['p.yaml:2:1: Only one document per file is read. Remove the line `---`.'],
    ],
    ['a byte order mark and Windows lines', '\ufeffa: 1\r\nb: x\r\n', { a: 1, b: 'x' }, []],
    ['words that older YAML takes for truth', 'a: [yes, no, on, off]\n', { a: ['yes', 'no', 'on', 'off'] }, []],
  ])('%s', (_name, content, value, expected) => {
    const { document, problems } = readDocument(content, 'p.yaml');
    expect(document.value).toEqual(value);
    expect(Object.getPrototypeOf(document.value)).toBe(Object.prototype);
    expect(problems.map(describeProblem)).toEqual(expected);
  });
});

describe('everything has a place', () => {
  const { document } = readDocument('# head\na:\n  b: 1\n  c: [x, {d: y}]\ne:\n', 'p.yaml');

  test.each<[(string | number)[], 'key' | 'value', number, number]>([
    [[], 'value', 2, 1],
    [['a'], 'key', 2, 1],
    [['a'], 'value', 3, 3],
    [['a', 'b'], 'key', 3, 3],
    [['a', 'b'], 'value', 3, 6],
    [['a', 'c', 1, 'd'], 'value', 4, 14],
    [['a', 'nothing'], 'value', 2, 1],
    [['a', 'nothing', 'inside'], 'key', 2, 1],
    [['a', 'c', 5], 'value', 4, 3],
    [['e'], 'value', 5, 1],
    [['elsewhere'], 'value', 2, 1],
  ])('%j, %s', (path, of, line, column) => {
    expect(document.locate(path, of)).toEqual({ kind: 'file', path: 'p.yaml', line, column });
  });

  test('a value is known as it is written', () => {
    const version = readDocument('version: 1.30\n', 'p.yaml').document;
    expect(version.value).toEqual({ version: 1.3 });
    expect(version.written(['version'])).toBe('1.30');
    expect(version.written(['nothing'])).toBeUndefined();
  });
});
