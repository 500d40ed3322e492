import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFolder } from './folder.ts';
import type { Read } from './types.ts';

let directory: string;
let read: Read;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'folder-'));
  const root = join(directory, 'repository');
  await mkdir(join(root, 'apps', 'web'), { recursive: true });
  await writeFile(join(directory, 'secret.yaml'), 'a: 1\n');
  await writeFile(join(root, 'apps', 'web', 'b.yaml'), '\ufeffb: é\n');
  await writeFile(join(root, 'apps', 'a.yaml'), Buffer.from([0x61, 0xff]));
  await writeFile(join(root, 'apps', 'large.yaml'), Buffer.alloc(1024 * 1024 + 1, 'a'));
  await symlink('../../../secret.yaml', join(root, 'apps', 'web', 'out.yaml'));
  await symlink('../..', join(root, 'apps', 'outside'));
  await symlink('web', join(root, 'apps', 'linked'));
  read = readFolder(root);
});

afterAll(() => rm(directory, { recursive: true, force: true }));

test.each([
  ['apps', ['apps/a.yaml', 'apps/large.yaml', 'apps/web/b.yaml']],
  ['./apps/web/', ['apps/web/b.yaml']],
  ['', ['apps/a.yaml', 'apps/large.yaml', 'apps/web/b.yaml']],
  ['none', []],
  ['..', []],
  ['apps/../..', []],
  ['apps/outside/..', []],
  ['apps/linked', []],
])('files of “%s”', async (folder, files) => {
  expect(await read.list(folder)).toEqual(files);
});

test.each([
  ['apps/web/b.yaml', '\ufeffb: é\n'],
  ['apps/a.yaml', undefined],
  ['apps/large.yaml', undefined],
  ['apps/linked/b.yaml', '\ufeffb: é\n'],
  ['apps/web/out.yaml', undefined],
  ['../secret.yaml', undefined],
  ['apps/outside/secret.yaml', undefined],
  ['apps', undefined],
  ['none', undefined],
])('text of %s', async (path, text) => {
  expect(await read.text(path)).toBe(text);
});
