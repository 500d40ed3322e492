import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { NotRendered } from './not-rendered.ts';
import { createRepositories, type TestRepository, writeRepository } from './testing/repository.ts';
import { openTree, type Tree } from './tree.ts';

fc.configureGlobal({ seed: 1 });

let repository: TestRepository;
let outside: string;
let tree: Tree;
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), 'outside-'));
  await writeFile(join(outside, 'secret.yaml'), 'kind: Secret');
  repository = await writeRepository({
    'apps/api/a.yaml': 'a',
    'apps/api/deep/b.yaml': 'b',
    'apps/api/.hidden/c.yaml': 'c',
    'apps/linked.yaml': { link: 'api/a.yaml' },
    'apps/dangling.yaml': { link: 'nothing.yaml' },
    'bad/out.yaml': { link: join(outside, 'secret.yaml') },
    'bad/away': { link: '../..' },
    'gone/out.yaml': { link: '../../nowhere/x.yaml' },
    'loop/self': { link: 'self' },
    'folders/link': { link: '../apps' },
    'folders/x.yaml': 'x',
  });
  tree = await openTree(repository.folder);
});
const repositories = createRepositories();
afterAll(async () => {
  await repositories.removeAll();
  await repository.remove();
  await rm(outside, { recursive: true });
});

test('files of a folder, deep or not, with links to files', async () => {
  const apps = await tree.folder('apps');
  expect((await tree.files(apps)).map(({ path }) => path)).toEqual([
    'api/.hidden/c.yaml',
    'api/a.yaml',
    'api/deep/b.yaml',
    'linked.yaml',
  ]);
  expect((await tree.files(apps, { isDeep: false })).map(({ path }) => path)).toEqual(['linked.yaml']);
  expect(await tree.folders()).toEqual(['apps', 'apps/api', 'apps/api/deep', 'bad', 'folders', 'gone', 'loop']);
});

describe('what leads out of the repository', () => {
  test.each([
    ['a folder above', () => tree.folder('..'), '`..` leads out of the repository.'],
    ['a folder beside it', () => tree.folder('apps/../../x'), 'leads out of the repository'],
    ['a full path', () => tree.folder('/etc'), '`/etc` is no path inside of the repository.'],
    ['a link to a folder above', () => tree.folder('bad/away'), '`bad/away` is a link out of the repository.'],
    ['a link to a file', () => tree.files(resolve(tree.root, 'bad')), 'is a link out of the repository'],
    ['a link to where nothing is', () => tree.files(resolve(tree.root, 'gone')), 'is a link out of the repository'],
    ['a value file', () => tree.find(tree.root, '../../etc/passwd'), 'leads out of the repository'],
    ['a value file from the root', () => tree.find(tree.root, '/../x'), 'leads out of the repository'],
    ['a link that leads to itself', () => tree.find(tree.root, 'loop/self'), 'is a link that leads to itself'],
  ])('%s', async (_, act, message) => {
    await expect(act()).rejects.toThrow(NotRendered);
    await expect(act()).rejects.toThrow(message);
  });

  test('whatever the path, what is found lies inside', async () => {
    const part = fc.constantFrom(
      '..',
      '.',
      'apps',
      'api',
      'a.yaml',
      'bad',
      'away',
      'out.yaml',
      '/',
      '',
      'deep',
      '\0',
      '~',
      '%2e%2e',
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.boolean(), async (parts, isAbsolute) => {
        const path = (isAbsolute ? '/' : '') + parts.join('/');
        try {
          const found = await tree.find(join(tree.root, 'apps'), path);
          if (found !== undefined) expect(found === tree.root || found.startsWith(tree.root + sep)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(NotRendered);
        }
      }),
    );
  });
});

test.each([
  ['a folder that is not there', 'nothing', 'The repository has no folder `nothing`.'],
  ['a file', 'apps/api/a.yaml', '`apps/api/a.yaml` is no folder.'],
])('%s', async (_, path, message) => {
  await expect(tree.folder(path)).rejects.toThrow(message);
});

test('a file that is far too large is not read', async () => {
  const file = await tree.find(tree.root, 'apps/api/a.yaml');
  await expect(tree.text(file ?? '', 0)).rejects.toThrow('is larger than 0 MiB');
});

describe('fingerprints', () => {
  test('the same content has the same, wherever it lies', async () => {
    const other = await repositories.write({ 'x/a.yaml': 'a', 'x/deep/b.yaml': 'b', 'x/.hidden/c.yaml': 'c' });
    const print = await (await openTree(other.folder)).fingerprint(join(await realOf(other), 'x'));
    expect(print).toEqual(await tree.fingerprint(await tree.folder('apps/api')));
    expect(print).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ['another content', { 'x/a.yaml': 'b', 'x/deep/b.yaml': 'b' }],
    ['another name', { 'x/c.yaml': 'a', 'x/deep/b.yaml': 'b' }],
    ['a file more', { 'x/a.yaml': 'a', 'x/deep/b.yaml': 'b', 'x/deep/c.yaml': '' }],
  ])('%s has another', async (_, files) => {
    const one = await repositories.write({ 'x/a.yaml': 'a', 'x/deep/b.yaml': 'b' });
    const other = await repositories.write(files);
    const prints = await Promise.all(
      [one, other].map(async at => (await openTree(at.folder)).fingerprint(join(await realOf(at), 'x'))),
    );
    expect(prints[0]).not.toEqual(prints[1]);
  });

  test('where a folder hangs on a link, nobody knows', async () => {
    expect(await tree.fingerprint(await tree.folder('folders'))).toBeUndefined();
  });
});

async function realOf(repository: TestRepository): Promise<string> {
  return (await openTree(repository.folder)).root;
}
