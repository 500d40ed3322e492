import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { findFiles } from './glob.ts';

let workspace: string;

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), 'glob-'));
  await mkdir(join(workspace, 'out/deep'), { recursive: true });
  for (const file of ['out/one.txt', 'out/deep/two.txt']) await writeFile(join(workspace, file), file);
});

afterEach(() => rm(workspace, { recursive: true, force: true }));

async function found(path: string, limit?: number): Promise<readonly string[]> {
  const { files } = await findFiles(path, workspace, false, limit);
  return files.map(file => relative(workspace, file));
}

test.each([
  [
    'to the folder itself, twice',
    [
      ['out/a', '.'],
      ['out/b', '.'],
    ],
    [],
  ],
  ['to a folder above', [['out/deep/up', '..']], []],
  [
    'to each other',
    [
      ['out/a', 'b'],
      ['out/b', 'a'],
    ],
    [],
  ],
  ['to nothing', [['out/gone', 'nowhere']], []],
  ['to a folder beside it, which is followed', [['out/also', 'deep']], ['out/also/two.txt']],
  ['to a file', [['out/again.txt', 'one.txt']], ['out/again.txt']],
])('links %s', async (_title, links, more) => {
  for (const [path = '', target = ''] of links) await symlink(target, join(workspace, path));
  expect(await found('out')).toEqual([...more, 'out/deep/two.txt', 'out/one.txt'].sort());
});

test('links that double the paths with every level are given up', async () => {
  for (let level = 0; level < 12; level++) {
    await mkdir(join(workspace, `levels/${level}`), { recursive: true });
    for (const link of ['a', 'b']) await symlink(`../${level + 1}`, join(workspace, `levels/${level}/${link}`));
  }
  await mkdir(join(workspace, 'levels/12'));
  await expect(found('levels/0', 1_000)).rejects.toThrow('no more than 1000 files and folders for one artifact');
});
