import type { ChartPullMarker } from '@suite/change-report';
import type { ProposedPull } from '../ports.ts';

/** What stands for a release in the repository. */
export interface Standing {
  /** Whose the commits are that its branch has and the default branch has not; `absent`: there is no such branch. */
  readonly branch: 'absent' | 'ours' | 'others';
  /** From that branch, the newest first. */
  readonly pulls: readonly KnownPull[];
}

export interface KnownPull {
  readonly pull: ProposedPull;
  /** Undefined for one that somebody else opened, or whose first line was changed. */
  readonly marker: ChartPullMarker | undefined;
}

/** What there is to be, and how far what is open is from it. */
export interface Wanted {
  readonly title: string;
  readonly versions: string;
  readonly content: string;
  /** Whether the file on the branch says it already. */
  readonly isOnBranch: boolean;
  /** Whether the pull request that is open can be merged no more. */
  readonly conflicts: boolean;
}

export type Settlement =
  /** `isLeftOver`: its branch is one that nobody needs any more. */
  | { readonly is: 'open'; readonly isLeftOver: boolean }
  | { readonly is: 'update' | 'describe' | 'renew'; readonly known: OpenPull }
  | { readonly is: 'keep'; readonly known: OpenPull }
  | { readonly is: 'close'; readonly known: OpenPull }
  /** Somebody else's by now: `why` says what is in the way. */
  | { readonly is: 'leave'; readonly why: string; readonly pull: ProposedPull | undefined }
  /** The branch of what was merged. */
  | { readonly is: 'clear' }
  | { readonly is: 'nothing' };

export interface OpenPull {
  readonly pull: ProposedPull;
  readonly marker: ChartPullMarker;
}

/**
 * What becomes of the pull request of one release. `wanted` is undefined where nothing is newer; `isKnown` says whether its registries could
 * be asked. Pure.
 */
export function settlePull(wanted: Wanted | undefined, isKnown: boolean, { branch, pulls }: Standing): Settlement {
  const open = pulls.find(({ pull }) => pull.state === 'open');
  if (open !== undefined) {
    const { pull, marker } = open;
    if (marker === undefined) return { is: 'leave', why: 'somebody else opened it or took its first line away', pull };
    if (branch !== 'ours') return { is: 'leave', why: 'somebody else committed to its branch', pull };
    const known = { pull, marker };
    if (wanted === undefined) return isKnown ? { is: 'close', known } : { is: 'keep', known };
    if (wanted.conflicts) return { is: 'renew', known };
    if (!wanted.isOnBranch) return { is: 'update', known };
    const isTold = wanted.content === marker.content && wanted.title === pull.title;
    return isTold ? { is: 'keep', known } : { is: 'describe', known };
  }
  const last = pulls[0];
  if (wanted === undefined)
    return branch === 'ours' && last?.pull.state === 'merged' ? { is: 'clear' } : { is: 'nothing' };
  if (branch === 'others') {
    return { is: 'leave', why: 'its branch has commits of somebody else and no pull request', pull: undefined };
  }
  if (last?.pull.state === 'closed' && last.marker?.versions === wanted.versions && last.marker.ended !== true) {
    return { is: 'leave', why: 'somebody closed it', pull: last.pull };
  }
  return { is: 'open', isLeftOver: branch === 'ours' };
}
