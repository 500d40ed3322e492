import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { removeSavedFolder } from './post.ts';

let temp: string;
beforeEach(async () => {
  temp = await mkdtemp(join(tmpdir(), 'post-'));
});
afterEach(() => rm(temp, { recursive: true }));

test('the folder that was saved goes, with what is in it and nothing beside it', async () => {
  const folder = join(temp, 'ours', 'dev');
  await mkdir(join(folder, 'helm'), { recursive: true });
  await writeFile(join(folder, 'token'), 'secret');
  await writeFile(join(temp, 'ours', 'report.json'), '{}');
  const env = { RUNNER_TEMP: temp, STATE_folder: folder };
  expect(await removeSavedFolder(env)).toBe(folder);
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(join(temp, 'ours', 'report.json'))).toBe(true);
  // The main stage may have removed it.
  expect(await removeSavedFolder(env)).toBe(folder);
});

test.each([{}, { STATE_folder: '' }])('nothing was saved: %p', async state => {
  expect(await removeSavedFolder({ RUNNER_TEMP: temp, ...state })).toBeUndefined();
});

test.each([
  ['the whole of it', (here: string) => here],
  ['a folder beside it', (here: string) => `${here}-other`],
  ['the one above it', (here: string) => join(here, '..')],
])('never %s', async (_, folderOf) => {
  const folder = folderOf(temp);
  await expect(removeSavedFolder({ RUNNER_TEMP: temp, STATE_folder: folder })).rejects.toThrow(/is not below/);
  expect(existsSync(temp)).toBe(true);
});

test('never without knowing where that is', async () => {
  await expect(removeSavedFolder({ STATE_folder: temp })).rejects.toThrow(/is not below/);
});
