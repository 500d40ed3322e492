/**
 * Schedules of sync windows. Argo CD reads them with `robfig/cron`: five fields, days of week 0 to 6, and a day that has to fit the
 * month's and the week's rule only where one of both is a star. Libraries of npm (croner, cron-parser) read seconds, `L`, `W`, `#`
 * and 7 as well, and follow daylight saving, which Argo CD does not: they would call windows open that Argo CD holds shut.
 */
export interface Schedule {
  /** The first minute after this moment, in the schedule's own time written as UTC. Undefined when there is none in five years. */
  next(after: number): number | undefined;
}

interface Field {
  readonly values: ReadonlySet<number>;
  readonly isStar: boolean;
}

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Undefined for what is no schedule (robfig/cron v3, parser.go). */
export function parseSchedule(text: string): Schedule | undefined {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 5) return undefined;
  const [minute, hour, day, month, weekday] = [
    readField(parts[0], 0, 59),
    readField(parts[1], 0, 23),
    readField(parts[2], 1, 31),
    readField(parts[3], 1, 12, months),
    readField(parts[4], 0, 6, days),
  ];
  if (!minute || !hour || !day || !month || !weekday) return undefined;
  const fits = (date: Date) => {
    const [ofMonth, ofWeek] = [day.values.has(date.getUTCDate()), weekday.values.has(date.getUTCDay())];
    const isDay = day.isStar || weekday.isStar ? ofMonth && ofWeek : ofMonth || ofWeek;
    return isDay && month.values.has(date.getUTCMonth() + 1);
  };
  const minutes = [...hour.values].flatMap(h => [...minute.values].map(m => h * 60 + m)).sort((a, b) => a - b);
  return {
    next: after => {
      const first = Math.floor(after / minuteMs) * minuteMs + minuteMs;
      const last = first + 5 * 366 * dayMs;
      for (let start = Math.floor(first / dayMs) * dayMs; start < last; start += dayMs) {
        if (!fits(new Date(start))) continue;
        const found = minutes.find(of => start + of * minuteMs >= first);
        if (found !== undefined) return start + found * minuteMs;
      }
      return undefined;
    },
  };
}

function readField(text = '', lowest: number, highest: number, names: readonly string[] = []): Field | undefined {
  const values = new Set<number>();
  let isStar = false;
  const read = (word: string): number => {
    const named = names.indexOf(word.toLowerCase());
    return named >= 0 ? named + lowest : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  };
  for (const item of text.split(',')) {
    const [range = '', stepText, ...tooMuch] = item.split('/');
    const step = stepText === undefined ? 1 : /^\d+$/.test(stepText) ? Number(stepText) : 0;
    const [from = '', to, ...tooMany] = range.split('-');
    if (tooMuch.length > 0 || tooMany.length > 0 || step === 0) return undefined;
    const isEvery = from === '*' || from === '?';
    const start = isEvery ? lowest : read(from);
    // `5/10` is `5-59/10`.
    // `*-5` is `*`: what follows a star is not looked at.
    const end = isEvery || (to === undefined && stepText !== undefined) ? highest : read(to ?? from);
    if (!(start >= lowest && end <= highest && start <= end)) return undefined;
    if (isEvery && step === 1) isStar = true;
    for (let value = start; value <= end; value += step) values.add(value);
  }
  return { values, isStar };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: minuteMs, h: 60 * minuteMs };

/** Go's durations (`1h30m`, `1.5h`) in milliseconds. Undefined for anything else, and for units below a millisecond. */
export function parseGoDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smh]))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smh])/g))
    sum += Number(number) * (units[unit ?? ''] ?? 0);
  return sum;
}
