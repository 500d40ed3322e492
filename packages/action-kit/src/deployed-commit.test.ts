import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readContext } from './context.ts';
import { workingOn } from './deployed-commit.ts';

const [own, other] = ['a'.repeat(40), 'b'.repeat(40)];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commit-'));
  await mkdir(join(folder, '.git', 'refs', 'heads'), { recursive: true });
  await writeFile(join(folder, '.git', 'refs', 'heads', 'main'), `${own}\n`);
  await writeFile(join(folder, '.git', 'refs', 'heads', 'other'), `${other}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

const contextIn = (workspace: string) =>
  readContext({ GITHUB_SHA: own, GITHUB_WORKSPACE: workspace }, { cwd: '/w', temp: '/t' });

test.each<readonly [string, string | undefined, string, string]>([
  ['the run’s own commit, where none is named', `${other}\n`, '', own],
  ['the commit that is named and checked out', `${other}\n`, other, other],
  ['the commit that is named, at the tip of a branch', 'ref: refs/heads/other\n', other, other],
  ['the commit that is named, on a branch that nobody finds', 'ref: refs/heads/packed\n', other, other],
  ['the commit that is named, without Git', undefined, other, other],
])('works on %s', async (_, head, commit, expected) => {
  const workspace = head === undefined ? join(folder, 'none') : folder;
  if (head !== undefined) await writeFile(join(folder, '.git', 'HEAD'), head);
  expect(workingOn(contextIn(workspace), commit)).toEqual({ ...contextIn(workspace), sha: expected });
});

test.each(['main', 'abc1234', `${own}0`, own.toUpperCase()])('%s is no commit', commit => {
  expect(() => workingOn(contextIn(folder), commit)).toThrow(
    `input commit: is ${JSON.stringify(commit)}, which is no commit. Give all its 40 hexadecimal digits`,
  );
});

test.each([own, 'ref: refs/heads/main'])('what is checked out is what is named, or nothing is done: %s', async head => {
  await writeFile(join(folder, '.git', 'HEAD'), `${head}\n`);
  expect(() => workingOn(contextIn(folder), other)).toThrow(
    `input commit: is ${other}, but ${own} is checked out. Nothing was done. Give \`actions/checkout\` the same commit as \`ref\`.`,
  );
});
