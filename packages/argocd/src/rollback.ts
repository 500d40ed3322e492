import type { Application, HistoryEntry } from './application.ts';

/** How an application comes back to what ran before. */
export type Rollback =
  /** Argo CD follows Git by itself, and would undo everything else: Git has to go back. */
  | { readonly by: 'git' }
  /** Sync once more what the history says. */
  | { readonly by: 'history'; readonly entry: HistoryEntry }
  | { readonly by: 'nothing'; readonly why: string };

/**
 * The way back from a revision that has failed. `verified` is the GitOps commit that the environment proved last, where a record says so;
 * without it the newest other entry of the history counts, which has been synced, but need not have been well.
 */
export function chooseRollback(
  { policy, status, isMultiSource }: Application,
  failed: readonly (string | undefined)[],
  verified: string | undefined,
): Rollback {
  if (policy.isAutomated) return { by: 'git' };
  // Oldest first (types.go, RevisionHistories).
  const newestFirst = [...status.history].sort((one, other) => other.id - one.id);
  const usable = newestFirst.filter(entry => (isMultiSource ? entry.sources.length > 0 : entry.source !== undefined));
  const isFailed = ({ revisions }: HistoryEntry) =>
    failed.some(revision => revision !== undefined && revisions.includes(revision));
  const entry = usable.find(one => (verified === undefined ? !isFailed(one) : one.revisions.includes(verified)));
  if (entry !== undefined) return { by: 'history', entry };
  return {
    by: 'nothing',
    why:
      verified === undefined
        ? 'its history has nothing that it could go back to'
        : `its history no longer has the commit ${verified.slice(0, 12)} that was verified last`,
  };
}
