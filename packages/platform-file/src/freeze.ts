import { Cron } from 'croner';
import { milliseconds } from './units.ts';

/** When nothing is promoted, as the platform file says it: from and to, or cron and for. */
export interface Freeze {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly cron?: string | undefined;
  readonly for?: string | undefined;
  /** IANA. */
  readonly zone: string;
  readonly reason?: string | undefined;
}

/** A freeze that holds now. Times are milliseconds since 1970. */
export interface Frozen {
  readonly freeze: Freeze;
  /** When promotions are possible again, whatever other freezes follow; undefined where that is more than a year away. */
  readonly opensAt: number | undefined;
}

/** Begins and ends; both give what comes strictly after a moment. */
interface Window {
  /** When the one that holds at a moment ends; undefined where none holds. */
  endOf(now: number): number | undefined;
}

const yearMs = 366 * 24 * 60 * 60_000;
const mostSteps = 2000;
const nearbyMs = 60_000;

/** The first freeze that holds at a moment. Throws a RangeError for one that `freezeProblem` complains about. */
export function frozenAt(freezes: readonly Freeze[], now: number): Frozen | undefined {
  const windows = freezes.map(freeze => ({ freeze, window: windowOf(freeze) }));
  const holding = (at: number) => windows.find(({ window }) => window.endOf(at) !== undefined);
  const first = holding(now);
  if (first === undefined) return undefined;
  let at = now;
  for (let step = 0; step < mostSteps && at - now < yearMs; step++) {
    const end = holding(at)?.window.endOf(at);
    if (end === undefined) return { freeze: first.freeze, opensAt: at };
    at = end;
  }
  return { freeze: first.freeze, opensAt: undefined };
}

/** Why a freeze cannot be meant, in a sentence; undefined where it can. */
export function freezeProblem(freeze: Freeze): string | undefined {
  const { from, to, cron } = freeze;
  const isSpan = from !== undefined || to !== undefined;
  if (isSpan === (cron !== undefined || freeze.for !== undefined)) {
    return 'A freeze has `from` and `to`, or `cron` and `for`.';
  }
  if (isSpan && (from === undefined || to === undefined)) return 'A freeze with `from` or `to` needs both.';
  if (!isSpan && (cron === undefined || freeze.for === undefined)) return 'A freeze with `cron` or `for` needs both.';
  if (from !== undefined && to !== undefined && isWeekly(from) !== isWeekly(to)) {
    return '`from` and `to` are both days of the week, or both dates.';
  }
  const noDay = [from, to].find(moment => moment !== undefined && !isWeekly(moment) && !isDay(moment));
  if (noDay !== undefined) return `\`${noDay}\` is a day that there is not.`;
  if (!isZone(freeze.zone)) return `\`${freeze.zone}\` is no time zone of the IANA database.`;
  try {
    windowOf(freeze);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error.message.startsWith('CronPattern: ')
      ? `\`cron\` cannot be read: ${error.message.slice('CronPattern: '.length)}.`
      : error.message;
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Whether the calendar has the day that a time begins with, such as `2026-12-20`. JavaScript takes 31 February for 3 March. */
export function isDay(time: string): boolean {
  const day = time.slice(0, '2026-12-20'.length);
  const at = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

function isWeekly(moment: string): boolean {
  return /^[A-Z]/.test(moment);
}

function windowOf({ from, to, cron, for: length, zone }: Freeze): Window {
  const times = (pattern: string) => {
    const schedule = new Cron(pattern, { timezone: zone, paused: true });
    return (after: number) => schedule.nextRun(new Date(after))?.getTime();
  };
  if (cron !== undefined && length !== undefined) {
    const lengthMs = milliseconds(length);
    const starts = times(cron);
    if (starts(Date.UTC(2000, 0, 1)) === undefined) throw new RangeError('`cron` names a time that never comes.');
    return {
      endOf: now => {
        // The end of the one that began last: those before it end sooner. Looked for from nearby, as thousands may have begun within a length.
        for (let back = nearbyMs; ; back *= 2) {
          const last = lastWithin(starts, now - Math.min(back, lengthMs), now);
          if (last !== undefined) return last + lengthMs;
          if (back >= lengthMs) return undefined;
        }
      },
    };
  }
  if (from === undefined || to === undefined) throw new RangeError('A freeze has a beginning and an end.');
  const [starts, ends] = [times(pattern(from)), times(pattern(to))];
  if (isWeekly(from)) {
    if (from === to) throw new RangeError('It begins and ends at the same time.');
    return {
      endOf: now => {
        const [start, end] = [starts(now), ends(now)];
        return start !== undefined && end !== undefined && end < start ? end : undefined;
      },
    };
  }
  const [start, end] = [starts(0), ends(0)];
  if (start === undefined || end === undefined || end <= start) throw new RangeError('It ends before it begins.');
  return { endOf: now => (start <= now && now < end ? end : undefined) };
}

/** The last time after one moment and not after another; undefined where there is none. */
function lastWithin(next: (after: number) => number | undefined, after: number, until: number): number | undefined {
  let last: number | undefined;
  for (let time = next(after); time !== undefined && time <= until; time = next(time)) last = time;
  return last;
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** A moment of the platform file as croner takes it: a cron pattern for a day of the week, ISO 8601 for a date. */
function pattern(moment: string): string {
  const [day = '', time = '00:00'] = moment.split(' ');
  if (!isWeekly(moment)) return `${day}T${time}:00`;
  const [hour, minute] = time.split(':').map(Number);
  return `${minute} ${hour} * * ${days.indexOf(day)}`;
}
