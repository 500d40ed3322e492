import type { RunNote } from './environment-lease.ts';

/** Terraform's lock on a state, as it noted it. */
export interface StateLock {
  readonly id: string;
  readonly operation: string;
  /** `user@host` */
  readonly who: string;
  /** RFC 3339. */
  readonly created: string;
}

/** What the blob of a state says of its lock; nothing is known of one whose holder noted nothing. */
export type StateBlob =
  | { readonly exists: false }
  | { readonly exists: true; readonly lease: 'available' | 'leased'; readonly lock: StateLock | undefined };

/** Commands of `provision-aks`, the only ones that lock a state; other actions name themselves before the command. */
const locking: ReadonlySet<string> = new Set(['apply', 'destroy', 'restore']);

/** Clocks of GitHub and of runners differ. */
const skewMs = 3 * 60_000;

/**
 * Why a lock is not proven to be of the run that left the note; a sentence, undefined where it is proven. `endedAt`: after this that run did
 * nothing, in milliseconds; undefined where nobody was asked. Pure.
 */
export function doubtOf(
  lock: StateLock | undefined,
  note: RunNote | undefined,
  endedAt: number | undefined,
): string | undefined {
  const why = whyNot(lock, note, endedAt);
  return why === undefined ? undefined : `The lock is not proven to be of that run: ${why}.`;
}

function whyNot(
  lock: StateLock | undefined,
  note: RunNote | undefined,
  endedAt: number | undefined,
): string | undefined {
  if (note === undefined) return 'nobody says which run it is of';
  if (lock === undefined) return 'whoever took it noted nothing';
  if (!locking.has(note.command)) return `${note.command} locks no state`;
  if (note.host === undefined) return 'its note names no machine';
  if (lock.who.slice(lock.who.lastIndexOf('@') + 1) !== note.host) {
    return `${lock.who || 'an unknown user'} took it, and that run worked on ${note.host}`;
  }
  const taken = Date.parse(lock.created);
  if (Number.isNaN(taken)) return 'it does not say when it was taken';
  // The lease is taken first, on the same machine.
  if (!(taken >= Date.parse(note.startedAt))) return `it was taken at ${lock.created}, before that run began to work`;
  if (endedAt !== undefined && !(taken <= endedAt + skewMs)) {
    return Number.isNaN(endedAt)
      ? 'GitHub does not say when that run ended'
      : `it was taken at ${lock.created}, after that run was over`;
  }
  return undefined;
}
