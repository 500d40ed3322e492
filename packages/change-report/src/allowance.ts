import { sentenceList } from '@suite/foundation';
import type { Change, Check } from './model.ts';
import { capital, describeReason, forms, quoted, quotedTitle } from './sentences.ts';

/** Where the list of what is allowed stands. */
export interface AllowancePlace {
  readonly scope: string;
  /** As a person would name it: `platform.yaml`. */
  readonly platformFile: string;
}

type Guarded = Change & { readonly allowKey: string };

/** Whether a person must have named the thing under `allow:` before this may happen. */
export function needsAllowance(change: Change): change is Guarded {
  return change.allowKey !== undefined;
}

/** The id of the check on one key: `allow/node-pool/gpu`. */
export function allowanceId(allowKey: string): string {
  return `allow/${allowKey}`;
}

/**
 * Deleting, replacing or rotating the cluster, a pool or anything stateful needs its key in `allow`. One check per key
 * that is needed: `passed` when it is there, else `blocked` with what to write where.
 */
export function judgeAllowance(changes: readonly Change[], allow: readonly string[], place: AllowancePlace): Check[] {
  const needed = new Map<string, Guarded[]>();
  for (const change of changes) {
    if (!needsAllowance(change)) continue;
    const sameKey = needed.get(change.allowKey);
    if (sameKey === undefined) needed.set(change.allowKey, [change]);
    else sameKey.push(change);
  }
  const allowed = new Set(allow);
  return [...needed].map(([allowKey, sameKey]): Check => {
    const id = allowanceId(allowKey);
    const what = capital(describeAll(sameKey));
    if (allowed.has(allowKey)) return { id, name: id, status: 'passed', message: `${what} is allowed.` };
    return {
      id,
      name: id,
      status: 'blocked',
      message: `${what} is not allowed${describeWhy(sameKey)}.`,
      remedy: `If it is meant, add ${quoted(allowKey)} to \`allow:\` of ${place.scope} in ${quoted(place.platformFile)}.`,
    };
  });
}

/** Entries of `allow` that no change needs: left there, they would let the next one pass unseen. */
export function unusedAllowances(changes: readonly Change[], allow: readonly string[]): string[] {
  const needed = new Set(changes.filter(needsAllowance).map(change => change.allowKey));
  return allow.filter(allowKey => !needed.has(allowKey));
}

const named = 3;

function describeAll(changes: readonly Change[]): string {
  const things = changes.slice(0, named).map(change => `${forms[change.kind].gerund} ${quotedTitle(change)}`);
  if (changes.length > named) things.push(`${changes.length - named} more`);
  return sentenceList(things);
}

function describeWhy(changes: readonly Change[]): string {
  const reasons = changes.length === 1 ? (changes[0]?.reasons ?? []) : [];
  return reasons.length === 0
    ? ''
    : `; it happens because ${sentenceList(reasons.slice(0, named).map(describeReason))}`;
}
