import { expect, test } from '@jest/globals';
import { excessOf, within } from './bounds.ts';

const nested = (levels: number, line: (level: number) => string) =>
  Array.from({ length: levels }, (_, level) => line(level)).join('\n');
const table = (columns: number, rows: number) =>
  `${'|a'.repeat(columns)}|\n${'|-'.repeat(columns)}|\n${'|\n'.repeat(rows)}`;

test.each([
  ['text', 'word '.repeat(200_000)],
  ['a hundred levels of quotes', `${'> '.repeat(100)}a`],
  ['a list of ninety levels', nested(90, level => `${'  '.repeat(level)}- a`)],
  ['deeply indented code', `- a\n\n${' '.repeat(500)}code - x > y`],
  ['long rules and numbers', `${'-'.repeat(500)}\n${'1'.repeat(500)}\n${'*'.repeat(500)}`],
  ['a table', table(10, 20_000)],
  ['tables one after the other', `${table(100, 20)}\n\ntext\n`.repeat(100)],
])('%s is not too much', (_what, markdown) => expect(excessOf(markdown)).toBeUndefined());

test.each([
  ['a long text', 'a'.repeat(1_048_577), 'it has more than 1048576 characters'],
  ['quotes', `text\n${'> '.repeat(5_000)}a`, 'its quotes and lists are nested too deeply'],
  ['quotes without spaces', '>'.repeat(201), 'its quotes and lists are nested too deeply'],
  [
    'a list on many lines',
    nested(700, level => `${'  '.repeat(level)}- a`),
    'its quotes and lists are nested too deeply',
  ],
  ['a numbered list', nested(200, level => `${'   '.repeat(level)}1. a`), 'its quotes and lists are nested too deeply'],
  ['lists on one line', `${'- '.repeat(1_000)}a`, 'its quotes and lists are nested too deeply'],
  ['lists in quotes', `${'> - '.repeat(300)}a`, 'its quotes and lists are nested too deeply'],
  ['a table of short rows', table(2_000, 19_000), 'its tables have more than 250000 cells'],
  ['such a table in a quote', table(2_000, 200).replaceAll(/^/gm, '> '), 'its tables have more than 250000 cells'],
])('%s is', (_what, markdown, reason) => expect(excessOf(markdown)).toBe(reason));

test('work that does not come back is ended', () => {
  expect(within(60_000, () => 'done')).toBe('done');
  const endless = () => {
    for (;;);
  };
  expect(() => within(5, endless)).toThrow('timed out after 5ms');
});
