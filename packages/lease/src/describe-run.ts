import { duration, printable } from '@suite/foundation';
import type { RunNote } from './environment-lease.ts';

/** The beginning of a sentence: "The run … of mona (apply, since …, 2 min ago)". */
export function describeRun(note: RunNote | undefined, now: number): string {
  if (note === undefined) return 'A run that has not said its name yet';
  const began = Date.parse(note.startedAt);
  const since = Number.isNaN(began)
    ? ''
    : `, since ${new Date(began).toISOString().slice(0, 19).replace('T', ' ')} UTC, ${duration(Math.max(0, now - began))} ago`;
  return printable(`The run ${note.run} of ${note.actor} (${note.command}${since})`);
}
