import { expect, test } from '@jest/globals';
import { renderLog, shownLines } from './log.ts';

const reading = { name: 'Plan', from: 'start' } as const;

test('a long log keeps its last lines and their numbers, and says so', () => {
  const lines = Array.from({ length: shownLines + 5 }, (_, index) => `line ${index + 1};`);
  const { html } = renderLog(lines, reading);
  expect(html).toContain(`The first 5 of ${shownLines + 5} lines are not shown here.`);
  expect(html).toContain('<ol start="6"><li>line 6;');
  expect(html).not.toContain('line 5;');
  expect(html.match(/<li>/g)?.length).toBe(shownLines);
  expect(renderLog(lines.slice(5), reading).html).not.toContain('not shown');
});

test.each([
  ['error: it broke', '<li class="log-error">'],
  ['  Warning: careful', '<li class="log-warning">'],
  ['##[error]it broke', '<li class="log-error">'],
  ['errors were found', '<li>'],
  ['<b>&', '<li>&lt;b&gt;&amp;'],
])('%s', (line, expected) => expect(renderLog([line], reading).html).toContain(expected));

test('no output says so', () => expect(renderLog([], reading).html).toContain('No output.'));
