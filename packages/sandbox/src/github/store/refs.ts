import type { Git } from '../git/git.ts';

const sha = /^[0-9a-f]{4,40}$/;
/** Neither git nor GitHub lets a branch or a tag be named like this. */
const wholeSha = /^[0-9a-f]{40}$/;

/** Commits that a repository has been found to have: none of them ever goes, and to start a git costs more than all else here. */
const found = new WeakMap<Git, Set<string>>();

/** The commit that a branch, tag, full ref or (shortened) sha names; undefined when there is none. */
export async function findCommit(git: Git, ref: string): Promise<string | undefined> {
  const known = found.get(git) ?? new Set();
  found.set(git, known);
  if (known.has(ref)) return ref;
  for (const candidate of candidates(ref)) {
    const commit = await git.tryRun(['rev-parse', '--verify', '--quiet', `${candidate}^{commit}`]);
    if (commit === undefined) continue;
    known.add(commit);
    return commit;
  }
  return undefined;
}

/** Full name of the branch that `ref` means; undefined when it means none. */
export async function findBranch(git: Git, ref: string): Promise<string | undefined> {
  const name = ref.startsWith('refs/') ? ref : `refs/heads/${ref}`;
  if (wholeSha.test(ref) || !name.startsWith('refs/heads/')) return undefined;
  return (await git.tryRun(['show-ref', '--verify', '--quiet', name])) === undefined ? undefined : name;
}

function candidates(ref: string): string[] {
  if (ref.startsWith('refs/') || wholeSha.test(ref)) return [ref];
  const short = /^(?:heads|tags)\//.test(ref) ? [`refs/${ref}`] : [];
  return [`refs/heads/${ref}`, `refs/tags/${ref}`, ...short, ...(sha.test(ref) ? [ref] : [])];
}

export async function isAncestor(git: Git, ancestor: string, descendant: string): Promise<boolean> {
  return (await git.tryRun(['merge-base', '--is-ancestor', ancestor, descendant])) !== undefined;
}
