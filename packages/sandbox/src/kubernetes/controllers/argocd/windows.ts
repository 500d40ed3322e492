import { at, type Fields, type KubeObject, objects, strings, text } from '../../objects.ts';
import { destinationOf } from './application.ts';
import { matchesGlob } from './glob.ts';

/** Whether the windows of a project let an application sync now; throws an Error for a window that cannot be read. */
export function canSync(project: KubeObject, application: KubeObject, isManual: boolean, now: number): boolean {
  const windows = objects(at(project, 'spec')['syncWindows']).filter(window => isMeant(window, application));
  const isAllowed = (window: Fields) => window['manualSync'] === true;
  const active = windows.filter(window => isActive(window, now));
  const denials = active.filter(({ kind }) => kind === 'deny');
  if (denials.length > 0) return isManual && denials.every(isAllowed);
  if (active.some(({ kind }) => kind === 'allow')) return true;
  const closed = windows.filter(window => window['kind'] === 'allow');
  return closed.length === 0 || (isManual && closed.every(isAllowed));
}

/** By name, cluster or namespace: one of those that it lists is enough, unless it wants all of them. */
function isMeant(window: Fields, application: KubeObject): boolean {
  const destination = destinationOf(application);
  const lists: readonly (readonly [patterns: readonly string[], values: readonly string[]])[] = [
    [strings(window['applications']), [application.metadata.name]],
    [strings(window['clusters']), [destination.server ?? '', destination.name ?? '']],
    [strings(window['namespaces']), [destination.namespace]],
  ];
  const set = lists.filter(([patterns]) => patterns.length > 0);
  const matches = set.map(([patterns, values]) =>
    patterns.some(pattern => values.some(value => value !== '' && matchesGlob(pattern, value))),
  );
  return window['andOperator'] === true ? matches.length > 0 && matches.every(Boolean) : matches.some(Boolean);
}

const minute = 60_000;

function isActive(window: Fields, now: number): boolean {
  const schedule = parseSchedule(text(window['schedule']) ?? '');
  const duration = parseDuration(text(window['duration']) ?? '');
  const local = now + offsetOf(text(window['timeZone']) ?? 'UTC', now);
  // It began at some minute that is not longer ago than it lasts.
  for (let start = Math.floor((local - 1) / minute) * minute; start > local - duration; start -= minute) {
    if (schedule(new Date(start))) return true;
  }
  return false;
}

/** Milliseconds that a zone is ahead of UTC, as it stands now. */
function offsetOf(timeZone: string, now: number): number {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(now);
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  const [, sign, hours = '0', minutes = '0'] = /GMT([+-])(\d+):?(\d+)?/.exec(name) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * minute;
}

const units: Readonly<Record<string, number>> = { h: 3_600_000, m: minute, s: 1000 };

/** `1h30m`: milliseconds. Throws an Error. */
export function parseDuration(value: string): number {
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(h|m|s)/g)];
  if (value === '' || parts.map(([whole]) => whole).join('') !== value) {
    throw new Error(`cannot parse duration '${value}': time: invalid duration ${JSON.stringify(value)}`);
  }
  return parts.reduce((sum, [, amount, unit = 's']) => sum + Number(amount) * (units[unit] ?? 0), 0);
}

const names: readonly (readonly string[])[] = [
  ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
];

/** Minute, hour, day of the month, month, day of the week. Throws an Error. */
function parseSchedule(value: string): (time: Date) => boolean {
  const fields = value.trim().split(/\s+/);
  if (fields.length !== 5) {
    throw new Error(
      `cannot parse schedule '${value}': expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`,
    );
  }
  const [minutes, hours, days, months, weekdays] = [
    parseField(fields[0], 0, 59),
    parseField(fields[1], 0, 23),
    parseField(fields[2], 1, 31),
    parseField(fields[3], 1, 12, names[0]),
    parseField(fields[4], 0, 7, names[1]),
  ];
  const isAny = (field = '') => field.startsWith('*') || field.startsWith('?');
  return time => {
    if (!minutes.has(time.getUTCMinutes()) || !hours.has(time.getUTCHours())) return false;
    if (!months.has(time.getUTCMonth() + 1)) return false;
    const byDay = days.has(time.getUTCDate());
    const byWeekday = weekdays.has(time.getUTCDay()) || (time.getUTCDay() === 0 && weekdays.has(7));
    // Two restricted fields are alternatives.
    return isAny(fields[2]) || isAny(fields[4]) ? byDay && byWeekday : byDay || byWeekday;
  };
}

function parseField(field = '', first: number, last: number, words: readonly string[] = []): ReadonlySet<number> {
  const read = (value: string) => {
    const word = words.indexOf(value.toLowerCase());
    const number = word < 0 ? Number(value) : word + first;
    if (!Number.isInteger(number) || value === '' || number < first || number > last) {
      throw new Error(`cannot parse schedule: ${field} is not from ${first} to ${last}`);
    }
    return number;
  };
  const values = field.split(',').flatMap(part => {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to] = range === '*' || range === '?' ? [String(first), String(last)] : range.split('-');
    const start = read(from);
    const end = to === undefined ? (part.includes('/') ? last : start) : read(to);
    return Array.from(
      { length: Math.max(0, Math.floor((end - start) / Number(step)) + 1) },
      (_, at) => start + at * Number(step),
    );
  });
  return new Set(values);
}
