import { mkdir } from 'node:fs/promises';
import { changeTree, commitTree, signatureOf } from '../../../packages/sandbox/src/github/git/commit.ts';
import { createGit } from '../../../packages/sandbox/src/github/git/git.ts';

export type Files = Readonly<Record<string, string | null>>;

/** A Git repository that Argo CD reads. */
export interface GitRepository {
  /** `file:///…` */
  readonly url: string;
  /** Writes files (null removes one) to a branch, `main` by default; gives the commit. */
  commit(files: Files, branch?: string): Promise<string>;
  /** Whether a commit has another among its ancestors. */
  contains(newer: string, older: string): Promise<boolean>;
}

export async function createRepository(directory: string): Promise<GitRepository> {
  await mkdir(directory, { recursive: true });
  const git = createGit(directory);
  await git.run(['init', '--quiet', '--bare', '--template=']);
  await git.run(['symbolic-ref', 'HEAD', 'refs/heads/main']);
  await git.run(['config', 'gc.auto', '0']);
  const author = signatureOf('mona');
  const write = async (tree: string, parents: readonly string[], branch: string) => {
    const commit = await commitTree(git, tree, parents, { message: 'change\n', author, at: Date.now() });
    await git.run(['update-ref', `refs/heads/${branch}`, commit]);
    return commit;
  };
  await write(await git.run(['mktree']), [], 'main');
  let last: Promise<unknown> = Promise.resolve();
  return {
    url: `file://${directory}`,
    commit: (files, branch = 'main') => {
      const commit = last.then(async () => {
        const parent = await git.run(['rev-parse', `refs/heads/${branch}`]);
        return write(await changeTree(git, parent, files), [parent], branch);
      });
      last = commit.catch(() => undefined);
      return commit;
    },
    contains: async (newer, older) => (await git.tryRun(['merge-base', '--is-ancestor', older, newer])) !== undefined,
  };
}
