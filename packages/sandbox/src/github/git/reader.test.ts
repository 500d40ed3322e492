import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { changeTree, commitTree, signatureOf } from './commit.ts';
import { createGit } from './git.ts';
import { createGitReader } from './reader.ts';

let dir: string;
let commit: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'reader-'));
  const git = createGit(dir);
  await git.run(['init', '--quiet', '--bare', '--template=']);
  await git.run(['symbolic-ref', 'HEAD', 'refs/heads/main']);
  const text = { message: 'first\n', author: signatureOf('mona'), at: Date.UTC(2026, 10, 23) };
  const empty = await commitTree(git, await git.run(['mktree']), [], text);
  const tree = await changeTree(git, empty, { 'a/b c.yaml': 'one: ä\n', 'empty.yaml': '', 'last.yaml': 'no newline' });
  commit = await commitTree(git, tree, [empty], text);
  await git.run(['update-ref', 'refs/heads/main', commit]);
  await git.run(['tag', 'v1', commit]);
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('every file of a commit', () => {
  expect([...(createGitReader(dir).files(commit) ?? [])]).toEqual([
    ['a/b c.yaml', 'one: ä\n'],
    ['empty.yaml', ''],
    ['last.yaml', 'no newline'],
  ]);
  expect(createGitReader(dir).files('f'.repeat(40))).toBeUndefined();
});

test('branches, tags and HEAD have a commit', () => {
  const { resolve } = createGitReader(dir);
  expect(['main', 'v1', 'HEAD', 'refs/heads/main'].map(resolve)).toEqual([commit, commit, commit, commit]);
  expect(['nowhere', '--all', ''].map(resolve)).toEqual([undefined, undefined, undefined]);
});
