import type { Application } from './application.ts';
import { parseGoDuration, parseSchedule, type Schedule } from './cron.ts';
import { matchesGlob } from './glob.ts';
import type { SyncWindow } from './project.ts';

/** Whether an application may be synced now. Times are milliseconds since 1970. */
export type WindowVerdict =
  | { readonly isOpen: true }
  | {
      readonly isOpen: false;
      /** The windows that hold it shut: those that deny, or those that allow and are over. */
      readonly windows: readonly SyncWindow[];
      /** When that is no longer so; undefined when it stays so for a year. */
      readonly until: number | undefined;
    }
  /** Argo CD refuses every sync of the project's applications that this window is about (types.go, CanSync). */
  | { readonly isOpen: false; readonly unreadable: SyncWindow; readonly why: string };

interface Readable {
  readonly window: SyncWindow;
  readonly schedule: Schedule;
  readonly durationMs: number;
}

const longestMs = 366 * 24 * 60 * 60_000;
const mostSteps = 5000;

/**
 * What a project's windows say about an application at a moment, as Argo CD 3 decides it (types.go: Matches, CanSync, Active). A sync
 * of ours counts as manual. Daylight saving is followed as Argo CD does: by the zone's offset of the moment that is asked about.
 */
export function judgeWindows(
  windows: readonly SyncWindow[],
  application: Pick<Application, 'name' | 'destination'>,
  now: number,
  isManual = true,
): WindowVerdict {
  const matching = windows.filter(window => concerns(window, application));
  const readable: Readable[] = [];
  for (const window of matching) {
    const schedule = parseSchedule(window.schedule);
    const durationMs = parseGoDuration(window.duration);
    if (schedule === undefined) {
      return { isOpen: false, unreadable: window, why: `its schedule ${JSON.stringify(window.schedule)} is none` };
    }
    if (durationMs === undefined) {
      return { isOpen: false, unreadable: window, why: `its duration ${JSON.stringify(window.duration)} is none` };
    }
    readable.push({ window, schedule, durationMs });
  }
  const blocking = blockingAt(readable, now, isManual);
  if (blocking.length === 0) return { isOpen: true };
  let at = now;
  for (let step = 0; step < mostSteps && at - now < longestMs; step++) {
    const next = nextChange(readable, at);
    if (next === undefined) break;
    // At the very moment of a change nothing has changed yet (`Before`).
    at = next + 1;
    if (blockingAt(readable, at, isManual).length === 0) {
      return { isOpen: false, windows: blocking, until: next };
    }
  }
  return { isOpen: false, windows: blocking, until: undefined };
}

/** The windows that forbid a sync at a moment. */
function blockingAt(windows: readonly Readable[], at: number, isManual: boolean): readonly SyncWindow[] {
  const active = windows.filter(one => isActive(one, at));
  const denying = active.filter(({ window }) => window.kind === 'deny');
  const blocked = (by: readonly Readable[]) =>
    isManual && by.every(({ window }) => window.manualSync) ? [] : by.map(({ window }) => window);
  if (denying.length > 0) return blocked(denying);
  if (active.length > 0) return [];
  return blocked(windows.filter(({ window }) => window.kind === 'allow'));
}

/** A window is open after its start and before its end, in the zone's own time. */
function isActive({ window, schedule, durationMs }: Readable, at: number): boolean {
  const local = at + offsetOf(window.timeZone, at);
  const start = schedule.next(local - durationMs);
  return start !== undefined && start < local;
}

/** The next start or end after a moment. */
function nextChange(windows: readonly Readable[], at: number): number | undefined {
  const changes = windows.flatMap(({ window, schedule, durationMs }) => {
    const offset = offsetOf(window.timeZone, at);
    const local = at + offset;
    const ending = schedule.next(local - durationMs);
    const starting = schedule.next(local);
    return [
      ...(ending !== undefined && ending < local ? [ending + durationMs - offset] : []),
      ...(starting === undefined ? [] : [starting - offset]),
    ];
  });
  const after = changes.filter(change => change > at);
  return after.length === 0 ? undefined : Math.min(...after);
}

/** What a window is about (types.go, Matches): one of its lists, or with `andOperator` all that it has. */
function concerns(window: SyncWindow, { name, destination }: Pick<Application, 'name' | 'destination'>): boolean {
  const anyOf = (patterns: readonly string[], ...texts: readonly (string | undefined)[]) =>
    patterns.some(pattern => texts.some(text => text !== undefined && matchesGlob(pattern, text)));
  const lists = [
    { patterns: window.applications, isMatch: anyOf(window.applications, name) },
    { patterns: window.clusters, isMatch: anyOf(window.clusters, destination.name, destination.server) },
    { patterns: window.namespaces, isMatch: anyOf(window.namespaces, destination.namespace) },
  ].filter(({ patterns }) => patterns.length > 0);
  if (!window.andOperator) return lists.some(({ isMatch }) => isMatch);
  return lists.length > 0 && lists.every(({ isMatch }) => isMatch);
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Milliseconds that a zone is ahead of UTC at a moment. A zone that is none counts as UTC, as in Argo CD. */
function offsetOf(timeZone: string, at: number): number {
  if (timeZone === '' || timeZone === 'UTC') return 0;
  if (!formats.has(timeZone)) formats.set(timeZone, formatOf(timeZone));
  const said = formats
    .get(timeZone)
    ?.formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  const [, sign, hours, minutes] = /^GMT([+-])(\d{2}):(\d{2})/.exec(said ?? '') ?? [];
  if (sign === undefined) return 0;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    return undefined;
  }
}
