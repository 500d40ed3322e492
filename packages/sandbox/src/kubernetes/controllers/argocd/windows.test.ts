import { expect, test } from '@jest/globals';
import type { Fields, KubeObject } from '../../objects.ts';
import { canSync, parseDuration } from './windows.ts';

const application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'api' },
  spec: { destination: { name: 'in-cluster', namespace: 'web' } },
} as KubeObject;
const project = (windows: readonly Fields[]) =>
  ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'p' },
    spec: { syncWindows: windows },
  }) as KubeObject;
const window = (kind: string, schedule: string, more: Fields = {}): Fields => ({
  kind,
  schedule,
  duration: '1h',
  applications: ['*'],
  ...more,
});

/** A Friday. */
const at = (time: string) => Date.parse(`2026-11-27T${time}Z`);

test.each<[string, readonly Fields[], string, { byHand: boolean; byItself: boolean }]>([
  ['no windows', [], '10:00:00', { byHand: true, byItself: true }],
  ['a denial that is on', [window('deny', '0 10 * * *')], '10:59:59', { byHand: false, byItself: false }],
  ['a denial that is over', [window('deny', '0 10 * * *')], '11:00:01', { byHand: true, byItself: true }],
  ['a denial that has yet to come', [window('deny', '0 10 * * *')], '09:59:59', { byHand: true, byItself: true }],
  [
    'a denial that lets people',
    [window('deny', '0 10 * * *', { manualSync: true })],
    '10:30:00',
    { byHand: true, byItself: false },
  ],
  [
    'two, one of which lets people',
    [window('deny', '0 10 * * *', { manualSync: true }), window('deny', '* * * * *')],
    '10:30:00',
    { byHand: false, byItself: false },
  ],
  ['an allowance that is on', [window('allow', '0 10 * * *')], '10:30:00', { byHand: true, byItself: true }],
  ['an allowance that is off', [window('allow', '0 10 * * *')], '12:30:00', { byHand: false, byItself: false }],
  [
    'an allowance that is off and lets people',
    [window('allow', '0 10 * * *', { manualSync: true })],
    '12:30:00',
    { byHand: true, byItself: false },
  ],
  [
    'a denial within an allowance',
    [window('allow', '* * * * *'), window('deny', '0 10 * * 5')],
    '10:30:00',
    { byHand: false, byItself: false },
  ],
  [
    'of another application',
    [window('deny', '* * * * *', { applications: ['web-*'] })],
    '10:30:00',
    { byHand: true, byItself: true },
  ],
  [
    'by namespace',
    [window('deny', '* * * * *', { applications: [], namespaces: ['w?b'] })],
    '10:30:00',
    { byHand: false, byItself: false },
  ],
  [
    'by cluster',
    [window('deny', '* * * * *', { applications: [], clusters: ['in-*'] })],
    '10:30:00',
    { byHand: false, byItself: false },
  ],
  [
    'all of several',
    [window('deny', '* * * * *', { namespaces: ['other'], andOperator: true })],
    '10:30:00',
    { byHand: true, byItself: true },
  ],
  [
    'in a time zone',
    [window('deny', '0 10 * * *', { timeZone: 'Europe/Berlin' })],
    '09:30:00',
    { byHand: false, byItself: false },
  ],
  ['on a weekday by name', [window('deny', '0 10 * * fri')], '10:30:00', { byHand: false, byItself: false }],
  ['on a day or a weekday', [window('deny', '0 10 1 * 5')], '10:30:00', { byHand: false, byItself: false }],
  ['in steps', [window('deny', '*/20 * * * *', { duration: '5m' })], '10:44:00', { byHand: false, byItself: false }],
  ['between steps', [window('deny', '*/20 * * * *', { duration: '5m' })], '10:46:00', { byHand: true, byItself: true }],
])('%s', (_name, windows, time, { byHand, byItself }) => {
  expect(canSync(project(windows), application, true, at(time))).toBe(byHand);
  expect(canSync(project(windows), application, false, at(time))).toBe(byItself);
});

test('durations and schedules that cannot be read are refused', () => {
  expect(parseDuration('1h30m')).toBe(5_400_000);
  expect(() => parseDuration('1d')).toThrow("cannot parse duration '1d'");
  expect(() => canSync(project([window('deny', '* * *')]), application, true, 0)).toThrow(
    'expected exactly 5 fields, found 3',
  );
  expect(() => canSync(project([window('deny', '61 * * * *')]), application, true, 0)).toThrow(
    '61 is not from 0 to 59',
  );
});
