import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { RunNote } from './environment-lease.ts';
import type { FindRun, SeenRun } from './run-fate.ts';
import type { StateBlob, StateLock } from './state-lock.ts';
import { refuseWhileLocked } from './take-over.ts';

const note: RunNote = {
  run: 'https://github.com/contoso/platform/actions/runs/6',
  runId: '6',
  actor: 'hubot',
  command: 'apply',
  startedAt: '2026-11-23T04:58:00.000Z',
  attempt: '1',
  host: 'runner-1',
};
const lock: StateLock = {
  id: 'lock-1',
  operation: 'OperationTypeApply',
  who: 'root@runner-1',
  created: '2026-11-23T04:58:10Z',
};
const locked: StateBlob = { exists: true, lease: 'leased', lock };
const over: SeenRun = {
  attempt: 1,
  isOver: true,
  conclusion: 'cancelled',
  createdAt: '2026-11-23T04:50:00Z',
  updatedAt: '2026-11-23T05:00:00Z',
  startedAt: '2026-11-23T04:50:00Z',
  jobs: [],
};
const problem = { message: 'The state is locked.', remedy: 'Use force-unlock.' };
const command = '`gh workflow run unlock.yml -f environment=dev -f region=westeurope -f run=6`';

async function takeOver(state: StateBlob, findRun: FindRun | undefined, from = note) {
  const lines: string[] = [];
  const described: unknown[] = [];
  const backend = { account: 'stcontoso', container: 'tfstate', key: 'dev.tfstate' };
  const mayTakeOver = refuseWhileLocked({
    view: { scope: 'dev', region: 'westeurope', state: backend },
    readState: async () => state,
    describeLock: about => {
      described.push(about);
      return problem;
    },
    clock: { now: () => 7, sleep: async () => undefined },
    context: { repository: 'contoso/platform' },
    findRun,
    log: { info: line => void lines.push(line) },
  });
  const refused = await mayTakeOver(from).then(
    () => undefined,
    (error: unknown) => (error instanceof UserError ? error.problems[0] : error),
  );
  return { refused, lines, described, backend };
}

test.each<[string, StateBlob]>([
  ['is not locked', { exists: true, lease: 'available', lock: undefined }],
  ['has a note of a lock that somebody broke', { exists: true, lease: 'available', lock }],
  ['does not exist yet', { exists: false }],
])('a lease is taken over while the state %s', async (_, state) => {
  expect(await takeOver(state, async () => over)).toMatchObject({ refused: undefined, described: [] });
});

describe('while the state is locked, whoever would take over', () => {
  test('gets the command that releases it, when that run is over', async () => {
    const { refused, described, backend } = await takeOver(locked, async () => over);
    expect(refused).toEqual({
      message: 'The state is locked. That run is over: cancelled.',
      remedy: `Release it with ${command}, then run this again.`,
    });
    expect(described).toEqual([{ backend, lock, holder: note, now: 7 }]);
  });

  test('gets it where nobody can ask: `unlock.yml` does', async () => {
    const refused = { ...problem, remedy: `If that run is over, release it with ${command}, then run this again.` };
    expect(await takeOver(locked, undefined)).toMatchObject({ refused });
    const failing = await takeOver(locked, async () => {
      throw new UserError({ message: 'This job may not read runs.' });
    });
    expect(failing).toMatchObject({ refused, lines: [expect.stringMatching(/may not read runs/)] });
  });

  test('is told that the run works', async () => {
    expect(await takeOver(locked, async () => ({ ...over, isOver: false }))).toMatchObject({
      refused: { ...problem, message: 'The state is locked. That run still works.' },
    });
  });

  test.each<[string, StateBlob, RunNote, FindRun | undefined]>([
    ['of another action', locked, { ...note, command: 'sync-argocd sync' }, undefined],
    ['that is over, but the lock is of another machine', locked, { ...note, host: 'runner-2' }, async () => over],
    ['that noted no lock', { exists: true, lease: 'leased', lock: undefined }, note, async () => over],
  ])('gets what a person does, after a run %s', async (_, state, from, findRun) => {
    const { refused } = await takeOver(state, findRun, from);
    expect(refused).toMatchObject({ remedy: problem.remedy });
    expect(refused).toMatchObject({ message: expect.stringMatching(/The lock is not proven to be of that run: /) });
  });

  test('a defect ends it', async () => {
    const defect = new TypeError('undefined is not a function');
    const { refused } = await takeOver(locked, async () => {
      throw defect;
    });
    expect(refused).toBe(defect);
  });
});
