import type { Git } from '../git/git.ts';

const sha = /^[0-9a-f]{4,40}$/;

/** The commit that a branch, tag, full ref or (shortened) sha names; undefined when there is none. */
export async function findCommit(git: Git, ref: string): Promise<string | undefined> {
  for (const candidate of candidates(ref)) {
    const found = await git.tryRun(['rev-parse', '--verify', '--quiet', `${candidate}^{commit}`]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Full name of the branch that `ref` means; undefined when it means none. */
export async function findBranch(git: Git, ref: string): Promise<string | undefined> {
  const name = ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
  if (!name.startsWith('refs/heads/')) return undefined;
  return (await git.tryRun(['show-ref', '--verify', '--quiet', name])) === undefined ? undefined : name;
}

function candidates(ref: string): string[] {
  if (ref.startsWith('refs/')) return [ref];
  const short = /^(?:heads|tags)\//.test(ref) ? [`refs/${ref}`] : [];
  return [`refs/heads/${ref}`, `refs/tags/${ref}`, ...short, ...(sha.test(ref) ? [ref] : [])];
}

export async function isAncestor(git: Git, ancestor: string, descendant: string): Promise<boolean> {
  return (await git.tryRun(['merge-base', '--is-ancestor', ancestor, descendant])) !== undefined;
}
