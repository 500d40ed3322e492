import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCommandFiles, readPairs } from './file-commands.ts';
import { createMasks } from './masks.ts';
import { createStepLog } from './step-log.ts';

test.each([
  ['a=1\nb=x=y\n', { a: '1', b: 'x=y' }],
  ['a<<E\none\ntwo\nE\nb=2\n', { a: 'one\ntwo', b: '2' }],
  ['a<<E\nE\n', { a: '' }],
  ['a<<E\nb=<<\nE', { a: 'b=<<' }],
  ['a=x<<y\n', { a: 'x<<y' }],
  ['\n\n', {}],
])('%j', (text, pairs) => {
  expect(readPairs(text)).toEqual(pairs);
});

test.each([
  ['nonsense', "Invalid format 'nonsense'"],
  ['a<<E\nx\n', "Invalid value. Matching delimiter not found 'E'"],
  ['<<E\nE\n', "Invalid format '<<E'. Name must not be empty and delimiter must not be empty"],
])('%j is refused', (text, message) => {
  expect(() => readPairs(text)).toThrow(message);
});

let temp: string;
beforeAll(async () => {
  temp = await mkdtemp(join(tmpdir(), 'commands-'));
});
afterAll(() => rm(temp, { recursive: true, force: true }));

async function written(contents: Readonly<Record<string, string>>) {
  const files = await createCommandFiles(temp);
  for (const [name, text] of Object.entries(contents)) await writeFile(files.variables[name] ?? '', text);
  const log = createStepLog(createMasks(), temp);
  return { read: await files.read(log), messages: log.annotations.map(({ message }) => message) };
}

test('a summary of exactly 1 MiB is kept, one byte more is dropped with an error that does not fail the step', async () => {
  const fits = await written({ GITHUB_STEP_SUMMARY: 'x'.repeat(1024 * 1024) });
  expect(fits.read.summary).toHaveLength(1024 * 1024);
  const over = await written({ GITHUB_STEP_SUMMARY: 'x'.repeat(1024 * 1024 + 1) });
  expect(over.read).toMatchObject({ summary: '', failed: false });
  expect(over.messages).toEqual([
    expect.stringContaining('$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of 1024k, got 1024k.'),
  ]);
});

test('NODE_OPTIONS cannot be set through GITHUB_ENV', async () => {
  const { read, messages } = await written({ GITHUB_ENV: 'node_options=x\nA=1\n' });
  expect(read.environment).toEqual({ A: '1' });
  expect(messages).toEqual(["Can't store NODE_OPTIONS output parameter using '$GITHUB_ENV' command."]);
});

test('an unreadable file fails the step and leaves the others', async () => {
  const { read, messages } = await written({
    GITHUB_OUTPUT: 'nonsense',
    GITHUB_PATH: '/a\n\n/b\n',
    GITHUB_STATE: 's=1\n',
  });
  expect(read).toMatchObject({ failed: true, outputs: {}, path: ['/a', '/b'], state: { s: '1' } });
  expect(messages).toEqual(["Unable to process file command 'output' successfully.", "Invalid format 'nonsense'"]);
});
