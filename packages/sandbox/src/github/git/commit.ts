import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { Git } from './git.ts';

/** Who a commit is from, and when. */
export interface Signature {
  readonly name: string;
  readonly email: string;
}

export interface CommitText {
  readonly message: string;
  readonly author: Signature;
  readonly committer?: Signature;
  /** Milliseconds since 1970; git keeps whole seconds. */
  readonly at: number;
}

export const webFlow: Signature = { name: 'GitHub', email: 'noreply@github.com' };

export function signatureOf(login: string): Signature {
  return { name: login, email: `${login}@users.noreply.github.com` };
}

/** Runs `work` with an index file of its own, so that several may be made at once. */
export async function withIndex<T>(git: Git, work: (env: Readonly<Record<string, string>>) => Promise<T>): Promise<T> {
  const file = path.join(git.dir, `index-${randomUUID()}`);
  try {
    return await work({ GIT_INDEX_FILE: file });
  } finally {
    await rm(file, { force: true });
  }
}

/** A tree like that of `parent` with some files written or, where the content is null, removed. */
export function changeTree(
  git: Git,
  parent: string,
  files: Readonly<Record<string, string | Buffer | null>>,
): Promise<string> {
  return withIndex(git, async env => {
    await git.run(['read-tree', parent], { env });
    const modes = await modesOf(git, parent);
    const lines: string[] = [];
    for (const [name, content] of Object.entries(files)) {
      if (content === null) {
        if (!modes.has(name)) throw new Error(`The sandbox's GitHub has no file ${name} to delete at ${parent}.`);
        lines.push(`0 ${'0'.repeat(40)}\t${name}`);
        continue;
      }
      const blob = await git.run(['hash-object', '-w', '--stdin'], { input: content });
      lines.push(`${modes.get(name) ?? '100644'} ${blob}\t${name}`);
    }
    await git.run(['update-index', '-z', '--index-info'], { env, input: lines.map(line => `${line}\0`).join('') });
    return git.run(['write-tree'], { env });
  });
}

/** A tree of all files below `folder` as they are, modes included; what its `.gitignore` names stays out. */
export function treeOfFolder(git: Git, folder: string): Promise<string> {
  return withIndex(git, async index => {
    const options = { env: { ...index, GIT_WORK_TREE: folder }, cwd: folder };
    await git.run(['add', '--all', '.'], options);
    return git.run(['write-tree'], options);
  });
}

export function commitTree(git: Git, tree: string, parents: readonly string[], text: CommitText): Promise<string> {
  const { author, committer = author, at, message } = text;
  const date = `${Math.floor(at / 1000)} +0000`;
  const env = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: committer.name,
    GIT_COMMITTER_EMAIL: committer.email,
    GIT_COMMITTER_DATE: date,
  };
  return git.run(['commit-tree', tree, ...parents.flatMap(parent => ['-p', parent])], { env, input: message });
}

async function modesOf(git: Git, commit: string): Promise<Map<string, string>> {
  const listing = await git.run(['ls-tree', '-r', '-z', commit]);
  return new Map(
    listing
      .split('\0')
      .filter(Boolean)
      .map(line => [line.slice(line.indexOf('\t') + 1), line.slice(0, 6)]),
  );
}
