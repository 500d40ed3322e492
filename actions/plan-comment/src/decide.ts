import type { Marker } from '@suite/change-report';
import type { Comment, Pull } from './ports.ts';

/** A comment of ours on this platform file. */
export interface Ours {
  readonly comment: Comment;
  readonly marker: Marker;
}

/** Which plan is to be written: enough to see whether another one is newer. */
export type PlanId = Pick<Marker, 'head' | 'run' | 'attempt' | 'startedAt'>;

export type Decision =
  /** `stale`: a newer commit came meanwhile, and no plan of it stands there yet. */
  | { readonly is: 'create'; readonly stale: boolean }
  | { readonly is: 'update'; readonly target: Ours; readonly stale: boolean }
  | { readonly is: 'keep'; readonly target: Ours; readonly why: string };

/** An older head never overwrites a newer one, and an older run of the same head not a newer run. */
export function decideWrite(wanted: PlanId, pull: Pick<Pull, 'headSha'>, ours: readonly Ours[]): Decision {
  const target = newestOf(ours);
  const stale = wanted.head !== pull.headSha;
  if (target === undefined) return { is: 'create', stale };
  const current = target.marker.head === pull.headSha;
  if (stale && current) return { is: 'keep', target, why: `it has the plan of ${short(pull.headSha)}, which is newer` };
  if (!stale && !current) return { is: 'update', target, stale };
  if (!isNewer(wanted, target.marker) && !isSame(wanted, target.marker)) {
    return { is: 'keep', target, why: `run ${target.marker.run} is newer` };
  }
  return { is: 'update', target, stale };
}

/** The newest of several: two runs side by side may both have made one. */
export function newestOf(ours: readonly Ours[]): Ours | undefined {
  return ours
    .toSorted((left, right) => compare(left.marker, right.marker) || left.comment.id - right.comment.id)
    .at(-1);
}

/** Whether the plan of one run is to be preferred to that of another. */
export function isNewer(one: PlanId, other: PlanId): boolean {
  return compare(one, other) > 0;
}

function isSame(one: PlanId, other: PlanId): boolean {
  return compare(one, other) === 0;
}

/**
 * Of one commit by the time at which the runs began, on GitHub's clock: an old run that is started again is the newer one. Of
 * different commits by the ids of the runs, which grow: an old commit stays old however late it is planned again.
 */
function compare(left: PlanId, right: PlanId): number {
  if (
    left.head === right.head &&
    left.startedAt !== undefined &&
    right.startedAt !== undefined &&
    left.startedAt !== right.startedAt
  ) {
    return left.startedAt < right.startedAt ? -1 : 1;
  }
  return compareNumbers(left.run, right.run) || left.attempt - right.attempt;
}

function compareNumbers(left: string, right: string): number {
  const [one, other] = [left, right].map(text => (/^\d+$/.test(text) ? BigInt(text) : 0n));
  return one === other ? 0 : (one ?? 0n) < (other ?? 0n) ? -1 : 1;
}

function short(sha: string): string {
  return sha.slice(0, 7);
}
