import type { Application, Source } from './application.ts';

/**
 * Addresses of one repository are equal after this, whether over https or ssh: `github.com/contoso/gitops`. Host and path, in small
 * letters and without `.git`, as Argo CD compares them (util/git/git.go, NormalizeGitURL), but without scheme and user.
 */
export function repositoryKey(address: string): string {
  const trimmed = address.trim().toLowerCase();
  const plain = trimmed.replace(/^[a-z+]+:\/\//, '').replace(/^[^@/]*@/, '');
  // `git@host:owner/name`: a colon that no port follows.
  const path = /^[a-z+]+:\/\//.test(trimmed) ? plain : plain.replace(/^([^/:]+):(?!\d+\/)/, '$1/');
  return path.replace(/\/+$/, '').replace(/\.git$/, '');
}

/** As NormalizeGitURL, for rules that are patterns over whole addresses. */
export function normalizeAddress(address: string): string {
  const lower = address.trim().toLowerCase();
  const isSsh = /^(?:ssh:\/\/)?[^/:]*@[^@]+$/.test(lower);
  const whole = isSsh && !lower.startsWith('ssh://') ? lower.replace(':', '/') : lower;
  return whole.replace(/\.git$/, '').replace(/^ssh:\/\//, '');
}

/** What an application is to be at. */
export interface Target {
  /** An address of the GitOps repository, in any form. */
  readonly repository: string;
  readonly branch: string;
  /** A full commit. */
  readonly revision: string;
}

/**
 * The commit for each source that follows the target's branch (`HEAD` counts as it); undefined for charts, other repositories and sources
 * that are held at something else.
 */
export function pinsOf({ sources }: Pick<Application, 'sources'>, target: Target): readonly (string | undefined)[] {
  return sources.map(source => (follows(source, target) ? target.revision : undefined));
}

function follows(
  { repository, chart, target: held }: Source,
  { repository: wanted, branch, revision }: Target,
): boolean {
  if (chart !== undefined || repositoryKey(repository) !== repositoryKey(wanted)) return false;
  return held === 'HEAD' || held === branch || held === `refs/heads/${branch}` || held === revision;
}
