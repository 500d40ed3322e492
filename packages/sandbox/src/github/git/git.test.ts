import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { commitTree } from './commit.ts';
import { createGit, isLasting } from './git.ts';

const [one, other] = ['1'.repeat(40), '2'.repeat(40)];

test.each<[string, string[], boolean]>([
  ['a commit by its id', ['log', '--max-count=1', one], true],
  ['a range of two', ['rev-list', '--count', `${one}..${other}`], true],
  ['a path of one', ['ls-tree', '-z', one, '--', 'a file'], true],
  ['the content of a blob', ['cat-file', 'blob', one], true],
  ['a branch', ['log', 'main'], false],
  ['a range to a branch', ['rev-list', `${one}..refs/heads/main`], false],
  ['HEAD, unsaid', ['log', '--max-count=1'], false],
  ['a shortened id', ['log', one.slice(0, 7)], false],
  ['what a name means', ['rev-parse', one], false],
  ['a write', ['update-ref', 'refs/heads/main', one], false],
])('%s lasts or not', (_, args, expected) => expect(isLasting(args)).toBe(expected));

test('what was not there is looked for again, and what was stays', async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'git-'));
  try {
    const git = createGit(dir);
    await git.run(['init', '--quiet', '--bare', '--template=']);
    const author = { name: 'mona', email: 'mona@example.com' };
    const commit = () =>
      git
        .run(['hash-object', '-t', 'tree', '-w', '--stdin'], { input: '' })
        .then(tree =>
          commitTree(git, tree, [], { message: 'First\n', author, committer: author, at: 1_795_413_600_000 }),
        );
    // The same words at the same time make the same commit.
    const id = await commit();
    await rm(path.join(dir, 'objects', id.slice(0, 2)), { recursive: true });
    const asked = () => git.tryRun(['log', '--max-count=1', '--format=%s', id]);
    expect(await asked()).toBeUndefined();
    expect(await commit()).toBe(id);
    expect(await asked()).toBe('First');
    await rm(path.join(dir, 'objects'), { recursive: true });
    expect(await asked()).toBe('First');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});
