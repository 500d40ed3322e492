import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import { refusedByDisk } from './refused-by-disk.ts';

const failure = (work: Promise<unknown>): Promise<Error> =>
  work.then(
    () => new Error('it worked'),
    error => error,
  );
const file = import.meta.filename;

test.each<[string, () => Promise<unknown>, string]>([
  ['a full disk', () => writeFile('/dev/full', 'x'), 'ENOSPC: no space left on device, write'],
  ['a file in the place of a folder', () => mkdir(join(file, 'x')), `ENOTDIR: not a directory, mkdir '${file}/x'`],
])('%s', async (_name, work, said) => {
  const refused = refusedByDisk(await failure(work()), '/runner/temp');
  expect(refused).toBeInstanceOf(UserError);
  expect(refused?.message).toBe(
    `The disk of the runner refuses a file: ${said}. Look for free space there, and let this job's user write to /runner/temp (RUNNER_TEMP); then run the job again.`,
  );
});

test.each<[string, () => Promise<unknown>]>([
  ['a file that is not there', () => readFile(join(file, '..', 'none'))],
  ['a program that nobody may start', () => once(spawn(file), 'spawn')],
  ['a mistake of ours', () => Promise.reject(new TypeError('x is not a function'))],
])('%s is something else', async (_name, work) => {
  expect(refusedByDisk(await failure(work()), '/runner/temp')).toBeUndefined();
});
