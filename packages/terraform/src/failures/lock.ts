import { duration, type Problem, printable } from '@suite/foundation';
import type { Backend } from '../backend.ts';

/** Who holds the lock of a state, as Terraform noted it in the blob. */
export interface StateLock {
  readonly id: string;
  /** `OperationTypeApply`, …: Terraform's own words. */
  readonly operation: string;
  /** `user@host`. */
  readonly who: string;
  /** When it was taken, in whatever form Terraform wrote it. */
  readonly created: string;
}

/** The run that holds it, where that is known from elsewhere. */
export interface LockHolder {
  readonly run: string;
  readonly actor: string;
}

/** Reads the lock from the message `Error acquiring the state lock`. */
export function readLock(text: string): StateLock | undefined {
  const field = (name: string) => new RegExp(`^\\s*${name}:[ \\t]*(\\S.*?)\\s*$`, 'm').exec(text)?.[1];
  const id = field('ID');
  if (id === undefined) return undefined;
  return {
    id,
    operation: field('Operation') ?? '',
    who: field('Who') ?? '',
    created: field('Created') ?? '',
  };
}

interface HeldLock {
  readonly backend: Backend;
  readonly lock: StateLock | undefined;
  readonly holder: LockHolder | undefined;
  readonly now: number;
}

/**
 * The one sentence about a held lock, used wherever it is found: before Terraform starts, or by Terraform.
 * `lock` is undefined when the lease is held but nobody left a note.
 */
export function describeLock({ backend, lock, holder, now }: HeldLock): Problem {
  const by = [
    lock === undefined
      ? 'by a lease that names no holder'
      : `by ${operationName(lock.operation)} of ${lock.who || 'an unknown user'}`,
    ...(holder === undefined ? [] : [`in the run ${holder.run} started by ${holder.actor}`]),
    ...(lock === undefined ? [] : [`since ${since(lock.created, now)}`]),
    ...(lock === undefined ? [] : [`(lock ${lock.id})`]),
  ];
  return {
    message: printable(
      `The state ${backend.container}/${backend.key} in ${backend.account} is locked ${by.join(' ')}; nothing was changed.`,
    ),
    remedy: printable(
      lock === undefined
        ? `Wait until that is over. If nothing runs any more, release it with \`${lease('break', backend)}\`.`
        : // The lock's id is the lease's: another one that was taken since stays. No configuration has to be at hand for it.
          `Wait until that run is over. Only if it was killed, release this very lock with \`${lease('release', backend)} --lease-id ${quoted(lock.id)}\`, then run this again.`,
    ),
  };
}

function lease(action: 'break' | 'release', { account, container, key }: Backend): string {
  return `az storage blob lease ${action} --auth-mode login --account-name ${account} --container-name ${container} --blob-name ${quoted(key)}`;
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function operationName(operation: string): string {
  const name = operation.replace(/^OperationType/, '').toLowerCase();
  if (name === '') return 'a command';
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

// Go prints `2026-11-23 05:36:05.910190588 +0000 UTC`, the blob's metadata holds RFC 3339.
function since(created: string, now: number): string {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.\d+)?(?: \+0000 UTC|Z)$/.exec(created);
  const at = match === null ? Number.NaN : Date.parse(`${match[1]}T${match[2]}Z`);
  if (match === null || Number.isNaN(at)) return created === '' ? 'an unknown time' : created;
  return `${match[1]} ${match[2]} UTC, ${duration(Math.max(0, now - at))} ago`;
}
