import { asArray, asNumber, asObject, asString } from '@suite/foundation';

/** Helm's words (helm/pkg/release/common/status.go). */
export type RevisionStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

/** One revision of a release, as `helm history` tells it. */
export interface Revision {
  readonly revision: number;
  readonly status: RevisionStatus;
  /** `argo-cd-10.1.1` */
  readonly chart: string;
  readonly appVersion: string;
  /** Why it failed, what it was made for. */
  readonly description: string;
  /** Milliseconds since 1970; undefined where Helm does not say. */
  readonly updatedAt?: number;
}

/** How a release stands, judged by its last revision. */
export type ReleaseState =
  | { readonly kind: 'none' }
  | { readonly kind: 'deployed'; readonly revision: number }
  /** The last revision failed. `good` is the newest one that had been deployed; the objects may be of both. */
  | { readonly kind: 'failed'; readonly revision: number; readonly good?: number; readonly description: string }
  /** A Helm is at work, or was cut off. `good` is what a rollback has to name: without it Helm takes the revision before, good or not. */
  | {
      readonly kind: 'pending-install' | 'pending-upgrade' | 'pending-rollback' | 'uninstalling';
      readonly revision: number;
      readonly good?: number;
      readonly updatedAt?: number;
    }
  /** Removed with its history kept. */
  | { readonly kind: 'uninstalled'; readonly revision: number };

export function releaseState(history: readonly Revision[]): ReleaseState {
  const revisions = history.toSorted((one, other) => one.revision - other.revision);
  const last = revisions.at(-1);
  if (last === undefined) return { kind: 'none' };
  const { revision, description, updatedAt } = last;
  const found = revisions.findLast(wasDeployed)?.revision;
  const good = found === undefined ? {} : { good: found };
  switch (last.status) {
    case 'deployed':
    case 'superseded':
      return { kind: 'deployed', revision };
    case 'uninstalled':
      return { kind: 'uninstalled', revision };
    case 'pending-install':
    case 'pending-upgrade':
    case 'pending-rollback':
    case 'uninstalling':
      return { kind: last.status, revision, ...good, ...(updatedAt === undefined ? {} : { updatedAt }) };
    case 'failed':
    case 'unknown':
      return { kind: 'failed', revision, ...good, description };
  }
}

/** A rollback that fails calls the revision before it superseded, whatever that was; its description still tells. */
function wasDeployed({ status, description }: Revision): boolean {
  if (status === 'deployed') return true;
  const isUnfinished =
    /^(?:Upgrade|Rollback|Release) "[^"]*" failed: |^(?:Preparing upgrade|Initial install underway)$/.test(description);
  return status === 'superseded' && !isUnfinished;
}

const statuses: readonly RevisionStatus[] = [
  'deployed',
  'uninstalled',
  'superseded',
  'failed',
  'uninstalling',
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
];

/** Reads `helm history -o json`, oldest first. */
export function readHistory(json: unknown): Revision[] {
  return asArray(json).map(item => {
    const { revision, status, chart, app_version, description, updated } = asObject(item);
    const updatedAt = Date.parse(asString(updated) ?? '');
    return {
      revision: asNumber(revision) ?? 0,
      status: readStatus(status),
      chart: asString(chart) ?? '',
      appVersion: asString(app_version) ?? '',
      description: asString(description) ?? '',
      ...(Number.isNaN(updatedAt) ? {} : { updatedAt }),
    };
  });
}

export function readStatus(value: unknown): RevisionStatus {
  return statuses.find(status => status === value) ?? 'unknown';
}
