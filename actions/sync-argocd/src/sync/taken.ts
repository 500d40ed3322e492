import type { Application, Cause, operationInTheWay } from '@suite/argocd';
import { duration } from '@suite/foundation';

type InTheWay = NonNullable<ReturnType<typeof operationInTheWay>>;

/** What is said of an operation that somebody else has begun, and that did not end while it was waited for. */
export function takenBy({ by, since, says }: InTheWay, waitedMs: number): Cause {
  return {
    kind: 'taken',
    message: `another operation is in progress: ${by} syncs it${sinceText(since)}${saysText(says)}; waited ${duration(waitedMs)}`,
    remedy: 'Let it end, or end it in Argo CD, and run this again.',
  };
}

export function waitsFor({ by, since, says }: InTheWay): string {
  return `waiting for the sync of ${by}${sinceText(since)} to end${saysText(says)}`;
}

const sinceText = (since: number | undefined) => (since === undefined ? '' : ` since ${new Date(since).toISOString()}`);
const saysText = (says: string) => (says === '' ? '' : ` (${says})`);

/** Whether an operation is one of this run, of whichever attempt. */
export function isOfRun({ operation }: Application, run: string): boolean {
  return operation?.info.some(({ value }) => value === run) ?? false;
}
