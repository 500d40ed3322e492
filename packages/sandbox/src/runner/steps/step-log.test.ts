import { expect, test } from '@jest/globals';
import { createMasks } from './masks.ts';
import { createStepLog } from './step-log.ts';

function read(...lines: readonly string[]) {
  const log = createStepLog(createMasks(), '/work');
  for (const line of lines) log.print(line);
  return log;
}

test('masks hide in what comes later, each line of them and where they overlap', () => {
  const { lines } = read(
    'before s3cret',
    '::add-mask::s3cret',
    'a s3crets3cret b',
    '::add-mask::one%0A two ',
    'one two',
    '::add-mask::abc',
    '::add-mask::bcd',
    'xabcdx',
  );
  expect(lines).toEqual(['before s3cret', 'a *** b', '*** ***', 'x***x']);
});

test('masks hide in annotations: message, title and file', () => {
  const { lines, annotations } = read('::add-mask::s3cret', '::error file=a/s3cret.tf,title=The s3cret::no s3cret');
  expect(annotations).toEqual([{ level: 'error', message: 'no ***', title: 'The ***', file: 'a/***.tf' }]);
  expect(lines).toEqual(['error: no ***']);
});

test('commands with all properties, with the place in the workspace', () => {
  const { annotations } = read(
    '::error file=/work/a/b.tf,line=3,endLine=4,col=1,endColumn=2,title=A%2C b%3A::first%0Asecond %2525',
  );
  expect(annotations).toEqual([
    {
      level: 'error',
      message: 'first\nsecond %25',
      title: 'A, b:',
      file: 'a/b.tf',
      line: 3,
      endLine: 4,
      column: 1,
      endColumn: 2,
    },
  ]);
});

test.each([
  ['::error::', 1],
  ['  ::warning::indented', 1],
  ['##[error]old', 1],
  ['text ##[warning]old form in the middle of a line', 1],
  ['text ::error::in the middle', 0],
  ['::unknown::x', 0],
  ['::error x', 0],
])('%s gives %s annotations', (line, count) => {
  expect(read(line).annotations).toHaveLength(count);
});

test('groups indent, debug lines vanish', () => {
  expect(read('::group::G', 'in', '::debug::d', '::endgroup::', 'out').lines).toEqual(['▾ G', '  in', 'out']);
});

test('stop-commands lets everything through as text until its token comes', () => {
  const { lines, annotations } = read('::stop-commands::tok', '::error::no', '::tok::', '::error::yes');
  expect(lines).toEqual(['::stop-commands::tok', '::error::no', 'error: yes']);
  expect(annotations).toHaveLength(1);
});

test('ten of each level are kept, messages end at 4,096 characters', () => {
  const { annotations } = read(...Array.from({ length: 12 }, () => '::error::e'), `::warning::${'w'.repeat(5000)}`);
  expect(annotations.map(({ level }) => level)).toEqual([...Array(10).fill('error'), 'warning']);
  expect(annotations.at(-1)?.message).toHaveLength(4096);
});

test('commands that GitHub gave up are refused by name and fail the step', () => {
  const log = read('::set-output name=a::b');
  expect(log.failed).toBe(true);
  expect(log.annotations[0]?.message).toContain('`set-output`');
});
