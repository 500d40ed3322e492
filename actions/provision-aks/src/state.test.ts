import { expect, test } from '@jest/globals';
import type { LeaseView, RunNote } from '@suite/lease';
import { describeHolder, requireState, type State } from './state.ts';
import { sharedView, environmentView as view } from './views.fixture.ts';

const now = Date.UTC(2026, 10, 23, 5);
const note: RunNote = {
  run: 'https://github.com/contoso/platform/actions/runs/6',
  runId: '6',
  actor: 'hubot',
  command: 'apply',
  startedAt: '2026-11-23T04:58:00.000Z',
};
const open: State = { exists: true, lease: 'available', lock: undefined };
const locked: State = {
  exists: true,
  lease: 'leased',
  lock: { id: 'lock-1', operation: 'OperationTypeApply', who: 'root@runner', created: '2026-11-23T04:58:10Z' },
};

test.each<[string, State, LeaseView, RegExp | undefined]>([
  ['nobody', open, { state: 'free' }, undefined],
  ['a run that died and locks nothing', open, { state: 'abandoned', note }, undefined],
  [
    'a run before and after Terraform',
    open,
    { state: 'held', note },
    /^The run \S+\/runs\/6 of hubot \(apply, since 2026-11-23 04:58:00 UTC, 2 min ago\) works on dev in westeurope\.$/,
  ],
  [
    'a run that took it this moment',
    open,
    { state: 'held', note: undefined },
    /^A run that has not said its name yet works on dev/,
  ],
  [
    'Terraform of that run',
    locked,
    { state: 'held', note },
    /locked by an apply of root@runner in the run \S+\/runs\/6 started by hubot/,
  ],
  ['Terraform of a run that died', locked, { state: 'abandoned', note }, /in the run \S+\/runs\/6 started by hubot/],
  ['Terraform of somebody else', locked, { state: 'free' }, /locked by an apply of root@runner since/],
])('who works on it: %s', (_, state, lease, expected) => {
  const message = describeHolder(view, state, lease, now)?.message;
  if (expected === undefined) expect(message).toBeUndefined();
  else expect(message).toMatch(expected);
});

test('the shared scope by its name, and a note that says no time', () => {
  const lease: LeaseView = { state: 'held', note: { ...note, startedAt: 'yesterday' } };
  expect(describeHolder(sharedView, open, lease, now)?.message).toMatch(
    /of hubot \(apply\) works on the shared scope\.$/,
  );
});

test('no state: what to do where there was one, and the command that makes the first', async () => {
  await expect(requireState({ readState: async () => ({ exists: false }) }, view)).rejects.toThrow(
    /There is no state state\/contoso\/dev\/westeurope\.tfstate in stcontoso, .*If there was one, .*bring the last one back before anything else, .*recover\.md#the-state-is-gone.*Only if there never was one, .*az storage blob upload/,
  );
});
