import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { splitLines } from './lines.ts';

function linesOf(chunks: readonly (string | Buffer)[]): readonly string[] {
  const stream = new PassThrough();
  const lines: string[] = [];
  splitLines(stream, line => lines.push(line));
  for (const chunk of chunks) stream.emit('data', Buffer.from(chunk));
  stream.emit('end');
  return lines;
}

test.each([
  ['several lines in a chunk', ['a\nb\n'], ['a', 'b']],
  ['a line in several chunks', ['a', 'b', 'c\nd'], ['abc', 'd']],
  ['empty lines', ['\n\na\n\n'], ['', '', 'a', '']],
  ['Windows line ends, also between chunks', ['a\r\nb\r', '\nc\rd\n'], ['a', 'b', 'c\rd']],
  ['nothing', [], []],
])('%s', (_title, chunks, lines) => expect(linesOf(chunks)).toEqual(lines));

test('a letter in two chunks is one letter', () => {
  const [first, second] = [Buffer.from('é').subarray(0, 1), Buffer.from('é').subarray(1)];
  expect(linesOf([first, second])).toEqual(['é']);
});

test('a line of many chunks costs no more than its length', () => {
  const chunk = 'x'.repeat(1_000);
  expect(linesOf(Array.from({ length: 40_000 }, () => chunk)).map(line => line.length)).toEqual([40_000_000]);
});
