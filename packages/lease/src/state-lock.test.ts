import { expect, test } from '@jest/globals';
import type { RunNote } from './environment-lease.ts';
import { doubtOf, type StateLock } from './state-lock.ts';

const note: RunNote = {
  run: 'https://github.com/contoso/platform/actions/runs/6',
  runId: '6',
  actor: 'hubot',
  command: 'apply',
  startedAt: '2026-11-23T04:58:00.000Z',
  attempt: '1',
  job: 'apply',
  host: 'runner-1',
};
const ended = Date.parse('2026-11-23T05:00:00Z');
const lock = (more: Partial<StateLock> = {}): StateLock => ({
  id: 'lock-1',
  operation: 'OperationTypeApply',
  who: 'root@runner-1',
  created: '2026-11-23T04:58:10.5Z',
  ...more,
});
const { host: _, ...withoutHost } = note;

test.each<[string, StateLock | undefined, RunNote | undefined, number | undefined, string | undefined]>([
  ['of its machine and time', lock(), note, ended, undefined],
  ['of a destroy', lock(), { ...note, command: 'destroy' }, ended, undefined],
  ['of a state that is restored', lock(), { ...note, command: 'restore' }, ended, undefined],
  ['where nobody was asked when it ended', lock({ created: '2026-11-24T04:58:10Z' }), note, undefined, undefined],
  ['a little after its end by another clock', lock({ created: '2026-11-23T05:02:00Z' }), note, ended, undefined],
  [
    'after its end',
    lock({ created: '2026-11-23T05:10:00Z' }),
    note,
    ended,
    'it was taken at 2026-11-23T05:10:00Z, after that run was over',
  ],
  ['when its end is not known', lock(), note, Number.NaN, 'GitHub does not say when that run ended'],
  [
    'of another machine',
    lock({ who: 'mona@laptop' }),
    note,
    ended,
    'mona@laptop took it, and that run worked on runner-1',
  ],
  ['of nobody', lock({ who: '' }), note, ended, 'an unknown user took it, and that run worked on runner-1'],
  [
    'from before it',
    lock({ created: '2026-11-23T04:00:00Z' }),
    note,
    ended,
    'it was taken at 2026-11-23T04:00:00Z, before that run began to work',
  ],
  ['from a time that nobody can read', lock({ created: 'soon' }), note, ended, 'it does not say when it was taken'],
  [
    'of a run that says no time',
    lock(),
    { ...note, startedAt: 'soon' },
    ended,
    'it was taken at 2026-11-23T04:58:10.5Z, before that run began to work',
  ],
  ['without a note of Terraform', undefined, note, ended, 'whoever took it noted nothing'],
  ['of a run that says no machine', lock(), withoutHost, ended, 'its note names no machine'],
  [
    'of another action',
    lock(),
    { ...note, command: 'deploy-platform apply' },
    ended,
    'deploy-platform apply locks no state',
  ],
  ['of an unlock', lock(), { ...note, command: 'unlock' }, ended, 'unlock locks no state'],
  ['without a note of a run', lock(), undefined, ended, 'nobody says which run it is of'],
])('a lock %s', (_title, seen, left, endedAt, expected) => {
  expect(doubtOf(seen, left, endedAt)).toBe(
    expected === undefined ? undefined : `The lock is not proven to be of that run: ${expected}.`,
  );
});
