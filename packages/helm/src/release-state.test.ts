import { expect, test } from '@jest/globals';
import { readHistory, releaseState } from './release-state.ts';
import { readRecording } from './testing/recordings.ts';

type Row = readonly [revision: number, status: string, description?: string];

const history = (...rows: readonly Row[]) =>
  readHistory(
    rows.map(([revision, status, description = 'Upgrade complete']) => ({
      revision,
      status,
      description,
      chart: 'tiny-1.2.3',
      app_version: '4.5',
    })),
  );

test.each<readonly [why: string, rows: readonly Row[], state: object]>([
  ['nothing', [], { kind: 'none' }],
  ['installed', [[1, 'deployed', 'Install complete']], { kind: 'deployed', revision: 1 }],
  [
    'upgraded',
    [
      [1, 'superseded'],
      [2, 'deployed'],
    ],
    { kind: 'deployed', revision: 2 },
  ],
  [
    'the first install is under way, or was cut off',
    [[1, 'pending-install', 'Initial install underway']],
    { kind: 'pending-install', revision: 1 },
  ],
  [
    'an upgrade was cut off after one that failed',
    [
      [4, 'deployed'],
      [5, 'failed', 'Upgrade "s" failed: x'],
      [6, 'pending-upgrade', 'Preparing upgrade'],
    ],
    { kind: 'pending-upgrade', revision: 6, good: 4 },
  ],
  [
    'a rollback was cut off',
    [
      [4, 'superseded'],
      [5, 'failed', 'Upgrade "s" failed: x'],
      [6, 'pending-rollback', 'Rollback to 4'],
    ],
    { kind: 'pending-rollback', revision: 6, good: 4 },
  ],
  [
    'failed',
    [
      [1, 'deployed'],
      [2, 'failed', 'Upgrade "s" failed: x'],
    ],
    { kind: 'failed', revision: 2, good: 1, description: 'Upgrade "s" failed: x' },
  ],
  [
    'nothing ever succeeded',
    [[1, 'failed', 'Release "s" failed: x']],
    { kind: 'failed', revision: 1, description: 'Release "s" failed: x' },
  ],
  [
    'a rollback that failed made what it went back from superseded',
    [
      [3, 'superseded'],
      [4, 'superseded', 'Upgrade "s" failed: x'],
      [5, 'superseded', 'Preparing upgrade'],
      [6, 'failed', 'Rollback "s" failed: x'],
    ],
    { kind: 'failed', revision: 6, good: 3, description: 'Rollback "s" failed: x' },
  ],
  [
    'in any order',
    [
      [2, 'deployed'],
      [1, 'superseded'],
    ],
    { kind: 'deployed', revision: 2 },
  ],
  ['being removed', [[7, 'uninstalling']], { kind: 'uninstalling', revision: 7 }],
  ['removed', [[7, 'uninstalled']], { kind: 'uninstalled', revision: 7 }],
  [
    'a status of the future',
    [
      [1, 'deployed'],
      [2, 'odd'],
    ],
    { kind: 'failed', revision: 2, good: 1, description: 'Upgrade complete' },
  ],
])('%s', (_, rows, state) => {
  expect(releaseState(history(...rows))).toEqual(state);
});

test('what Helm 4.1.4 printed', () => {
  const revisions = readHistory(JSON.parse(readRecording('history.json')));
  expect(revisions[1]).toEqual({
    revision: 2,
    status: 'deployed',
    chart: 'tiny-1.2.3',
    appVersion: '4.5',
    description: 'Upgrade complete',
    updatedAt: Date.parse('2026-11-27T06:55:40.773Z'),
  });
  expect(releaseState(revisions)).toMatchObject({ kind: 'failed', revision: 3, good: 2 });
});
