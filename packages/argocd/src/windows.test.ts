import { describe, expect, test } from '@jest/globals';
import { parseGoDuration, parseSchedule } from './cron.ts';
import { matchesGlob } from './glob.ts';
import { readProject, type SyncWindow } from './project.ts';
import { judgeWindows } from './sync-windows.ts';
import captured from './testing/captured.json' with { type: 'json' };

/**
 * `captured.json` is what robfig/cron v3, gobwas/glob 0.2.3 and the functions of Argo CD 3.6 (types.go: Matches, CanSync) answered in a
 * Go program, times stepped by half a minute to find when a window opens (at most 60 days: `later` beyond that).
 */
describe('as Argo CD', () => {
  test('schedules', () => {
    const answers = captured.schedules.map(([schedule = '', after = '']) => {
      const parsed = parseSchedule(schedule);
      const next = parsed?.next(Date.parse(after));
      return [schedule, after, !parsed ? 'unreadable' : next === undefined ? 'never' : new Date(next).toISOString()];
    });
    expect(answers).toEqual(captured.schedules);
    expect(answers.length).toBeGreaterThan(90);
  });

  test('patterns', () => {
    const globs = captured.globs as [string, string, string[]][];
    const answers = globs.map(([pattern, separators]) => [
      pattern,
      separators,
      captured.texts.filter(text => matchesGlob(pattern, text, separators)),
    ]);
    expect(answers).toEqual(captured.globs);
  });

  test('sync windows, and when they end', () => {
    const answers = captured.windows.map(given => {
      const { windows } = readProject({ spec: { syncWindows: given.windows } });
      const { name = '', destinationName, server, namespace = '' } = given.application;
      const destination = { name: destinationName || undefined, server: server || undefined, namespace };
      const verdict = judgeWindows(windows, { name, destination }, Date.parse(given.at), given.isManual);
      if (verdict.isOpen) return { ...given, isOpen: true, until: '' };
      if ('unreadable' in verdict) throw new Error(verdict.why);
      const until = verdict.until === undefined ? 'later' : new Date(verdict.until).toISOString().replace('.000', '');
      return { ...given, isOpen: false, until };
    });
    expect(answers).toEqual(captured.windows);
    expect(new Set(answers.map(({ isOpen }) => isOpen)).size).toBe(2);
  });
});

const window = (more: Partial<SyncWindow>): SyncWindow => ({
  kind: 'deny',
  schedule: '0 22 * * *',
  duration: '8h',
  timeZone: '',
  applications: ['*'],
  clusters: [],
  namespaces: [],
  manualSync: false,
  andOperator: false,
  description: '',
  ...more,
});
const application = { name: 'api', destination: { name: 'in-cluster', server: undefined, namespace: 'api' } };
const at = Date.parse('2026-03-02T23:00:00Z');

test.each<[string, Partial<SyncWindow>, string]>([
  ['a schedule that is none', { schedule: '@daily' }, 'its schedule "@daily" is none'],
  ['a schedule with a zone of its own', { schedule: 'TZ=UTC 0 22 * * *' }, 'its schedule "TZ=UTC 0 22 * * *" is none'],
  ['a duration that is none', { duration: '8 hours' }, 'its duration "8 hours" is none'],
])('%s', (_name, more, why) => {
  expect(judgeWindows([window(more)], application, at)).toMatchObject({ isOpen: false, why });
});

test('daylight saving: by the offset of the moment', () => {
  // Amsterdam is an hour ahead of UTC until 29 March, and two after it.
  const zone = { timeZone: 'Europe/Amsterdam', duration: '1h' };
  const opens = (time: string) => judgeWindows([window(zone)], application, Date.parse(time));
  expect(opens('2026-03-28T21:30:00Z')).toMatchObject({ isOpen: false, until: Date.parse('2026-03-28T22:00:00Z') });
  expect(opens('2026-03-30T20:30:00Z')).toMatchObject({ isOpen: false, until: Date.parse('2026-03-30T21:00:00Z') });
});

test('a window that never ends has no end', () => {
  const always = window({ schedule: '* * * * *', duration: '1h' });
  expect(judgeWindows([always], application, at)).toEqual({ isOpen: false, windows: [always], until: undefined });
});

test.each<[string, number | undefined]>([
  ['1h30m', 5_400_000],
  ['90s', 90_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['0', 0],
  ['1d', undefined],
  ['', undefined],
  ['5', undefined],
])('Go duration %s', (text, expected) => {
  expect(parseGoDuration(text)).toBe(expected);
});
