import { baseOf, cell, type GitOpsBase } from '@suite/change-report';

/**
 * Where a repository of applications was: which commit Argo CD had synced, and where the bundle had found the branch. Only the latter where
 * nothing was synced; all of them then, because no place of a bundle is of this environment alone. Markdown.
 */
export function describeGitOps(synced: GitOpsBase | undefined, bases: readonly GitOpsBase[] = []): string {
  const short = ({ commit }: GitOpsBase) => cell(commit.slice(0, 7));
  if (synced === undefined) return bases.length === 0 ? '' : `made at ${bases.map(short).join(', ')}`;
  const base = baseOf(bases, synced);
  return base === undefined ? short(synced) : `${short(synced)}, made at ${short(base)}`;
}
