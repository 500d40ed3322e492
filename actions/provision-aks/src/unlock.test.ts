import { describe, expect, test } from '@jest/globals';
import { UserError } from '@suite/foundation';
import type { FindRun, LeaseView, RunNote, SeenRun } from '@suite/lease';
import { engines } from '@suite/terraform';
import type { Services } from './ports.ts';
import { recordingLog, runContext } from './run.fixture.ts';
import type { State } from './state.ts';
import { type Held, objection, unlock } from './unlock.ts';
import { environmentView as view } from './views.fixture.ts';
import { restoreWorkspace as workspace } from './workspace.fixture.ts';

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
const lock = { id: 'lock-1', operation: 'OperationTypeApply', who: 'root@runner-1', created: '2026-11-23T04:58:10Z' };
const locked = (more: Partial<typeof lock> = {}): State => ({
  exists: true,
  lease: 'leased',
  lock: { ...lock, ...more },
});
const unnamed: State = { exists: true, lease: 'leased', lock: undefined };
const open: State = { exists: true, lease: 'available', lock: undefined };
const abandoned: LeaseView = { state: 'abandoned', note };
const over = { isOver: true, how: 'is over: cancelled', endedAt: Date.parse('2026-11-23T05:00:00Z') } as const;

test.each<[string, Held, string | undefined]>([
  ['only the lease', { state: open, lease: abandoned }, undefined],
  ['both, of that machine and time', { state: locked(), lease: abandoned }, undefined],
  [
    'the lock of another machine',
    { state: locked({ who: 'mona@laptop' }), lease: abandoned },
    'The lock is not proven to be of that run: mona@laptop took it, and that run worked on runner-1.',
  ],
  [
    'a lock from after its end',
    { state: locked({ created: '2026-11-23T05:10:00Z' }), lease: abandoned },
    'The lock is not proven to be of that run: it was taken at 2026-11-23T05:10:00Z, after that run was over.',
  ],
  [
    'a lock that came when its note had gone',
    { state: locked(), lease: { state: 'free' } },
    'The lock is not proven to be of that run: nobody says which run it is of.',
  ],
])('of a run that is over: %s', (_, held, expected) => {
  expect(objection(held, over)).toBe(expected);
});

test('of a run that works', () => {
  expect(objection({ state: locked(), lease: abandoned }, { isOver: false, why: 'still works', isKnown: true })).toBe(
    'That run still works.',
  );
});

/** Nothing here may be released: whoever tries to fails the test by what it did. */
async function tryUnlock(held: Held, run?: string, seen: Partial<SeenRun> = {}) {
  const did: string[] = [];
  const { log } = recordingLog();
  const findRun: FindRun = async () => ({
    attempt: 1,
    isOver: true,
    conclusion: 'cancelled',
    createdAt: '2026-11-23T04:50:00Z',
    updatedAt: '2026-11-23T05:00:00Z',
    startedAt: '2026-11-23T04:50:00Z',
    jobs: [],
    ...seen,
  });
  const azure = {
    readState: async () => held.state,
    lease: {
      look: async () => held.lease,
      take: async (_: string, { command }: RunNote) => {
        did.push(`take the lease to ${command}`);
        return {
          lastsMs: 60_000,
          renew: async () => true,
          release: async () => void did.push('release the lease'),
        };
      },
    },
    stateLock: {
      release: async (id: string) => {
        did.push(`release ${id}`);
        return true;
      },
    },
    savedState: { read: async () => undefined },
  };
  const services = {
    context: runContext,
    log,
    findRun,
    clock: { now: () => Date.parse('2026-11-23T05:30:00Z'), sleep: async () => undefined },
    summary: { append: async () => undefined },
    newId: () => 'id',
    connect: () => azure,
    setOutputs: (outputs: object) => void did.push(JSON.stringify(outputs)),
  } as unknown as Services;
  const request = { command: 'unlock', platformFile: '', scope: 'dev', region: undefined, run, token: 't' };
  const target = { view, platform: undefined as never, identity: { name: 'apply identity', clientId: 'c' } };
  const refused = await unlock({ ...request, clientId: undefined } as never, target, services, async () => {
    throw new Error('Nothing has to be restored.');
  }).then(
    () => undefined,
    (error: unknown) => (error instanceof UserError ? error.problems[0] : error),
  );
  return { refused, did };
}

test('proven: the lock by its id, then the lease', async () => {
  expect(await tryUnlock({ state: locked(), lease: abandoned }, '6')).toEqual({
    refused: undefined,
    did: ['release lock-1', 'take the lease to unlock', 'release the lease', '{"released":2}'],
  });
});

describe('never released by itself, but with the command by which a person does it', () => {
  const byForce = /^Find out whose it is\. Wait until .*`az storage blob lease release .* --lease-id lock-1`/;
  const byBreaking = /^Find out whose it is\. Wait until .*`az storage blob lease break .*/;
  const { host: _, ...withoutHost } = note;

  test.each<[string, Held, RegExp, RegExp]>([
    ['a lock beside no note', { state: locked(), lease: { state: 'free' } }, /It names no run/, byForce],
    ['a lease beside no note', { state: unnamed, lease: { state: 'free' } }, /It names no run/, byBreaking],
    [
      'a lease of somebody who noted nothing, beside a note',
      { state: unnamed, lease: abandoned },
      /That run is over: cancelled\. .*: whoever took it noted nothing\./,
      byBreaking,
    ],
    [
      'a lock beside the note of a run that says no machine',
      { state: locked(), lease: { state: 'abandoned', note: withoutHost } },
      /: its note names no machine\./,
      byForce,
    ],
    [
      'a lock beside the note of another action',
      { state: locked(), lease: { state: 'abandoned', note: { ...note, command: 'deploy-platform apply' } } },
      /: deploy-platform apply locks no state\./,
      byForce,
    ],
    [
      'a lock of that machine from after that run',
      { state: locked({ created: '2026-11-23T05:10:00Z' }), lease: abandoned },
      /after that run was over\./,
      byForce,
    ],
    [
      'a lock beside the note of a run outside of a workflow, for whose end nobody can wait',
      { state: locked(), lease: { state: 'abandoned', note: { ...note, run: 'outside of a workflow', runId: '6' } } },
      / cannot be asked for: it ran outside of a workflow\./,
      byForce,
    ],
    [
      'only the lease of such a run, which the next one takes over',
      { state: open, lease: { state: 'abandoned', note: { ...note, run: 'outside of a workflow', runId: '6' } } },
      / cannot be asked for: it ran outside of a workflow\./,
      /^Nothing has to be released: .* the next run takes it over by itself\.$/,
    ],
  ])('%s', async (_title, held, message, remedy) => {
    // Naming the run proves nothing.
    for (const run of [undefined, '6']) {
      const { refused, did } = await tryUnlock(held, run);
      expect(did).toEqual([]);
      expect(refused).toEqual({
        message: expect.stringMatching(message),
        remedy: expect.stringMatching(remedy),
      });
      expect(refused).toMatchObject({ message: expect.stringMatching(/ Nothing was released\.$/) });
    }
  });
});

describe('a state that an apply could not write', () => {
  const kept = '{"lineage":"a","serial":8,"resources":[]}';
  async function restore(looks: readonly LeaseView[], reads: readonly (string | undefined)[] = [kept], state = open) {
    const did: string[] = [];
    const { log } = recordingLog();
    const nth = <T>(list: readonly T[], kind: string) =>
      list[Math.min(did.filter(one => one === kind).length, list.length - 1)] as T;
    const seen = <T>(list: readonly T[], kind: string) => {
      const value = nth(list, kind);
      did.push(kind);
      return value;
    };
    const azure = {
      readState: async () => state,
      lease: {
        look: async () => seen(looks, 'look'),
        take: async (_: string, { command }: RunNote) => {
          did.push(`take the lease to ${command}`);
          return { lastsMs: 60_000, renew: async () => true, release: async () => void did.push('release the lease') };
        },
      },
      savedState: {
        read: async () => seen(reads, 'read what is kept'),
        remove: async () => void did.push('remove what is kept'),
      },
    };
    const terraform = {
      engine: engines.terraform,
      init: async () => undefined,
      revision: async () => ({ lineage: 'a', serial: 7 }),
      recorded: async () => [],
      push: async () => void did.push('push'),
    };
    const services = {
      context: runContext,
      log,
      clock: {
        now: () => Date.parse('2026-11-23T05:30:00Z'),
        sleep: (_: number, signal?: AbortSignal) =>
          new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      },
      summary: { append: async () => undefined },
      newId: () => 'id',
      connect: () => azure,
      openTerraform: async () => terraform,
      setOutputs: () => undefined,
    } as unknown as Services;
    const target = { view, platform: undefined as never, identity: { name: 'apply identity', clientId: 'c' } };
    const request = { command: 'unlock', platformFile: '', scope: 'dev', region: undefined, run: undefined } as const;
    const refused = await unlock(
      { ...request, token: 't', clientId: undefined, leaseWaitMs: 0 },
      target,
      services,
      async () => workspace,
    ).then(
      () => undefined,
      (error: unknown) => (error instanceof UserError ? error.problems[0]?.message : error),
    );
    return { refused, did: did.filter(one => one !== 'look') };
  }

  test('is restored while nobody else works there', async () => {
    expect(await restore([{ state: 'free' }])).toEqual({
      refused: undefined,
      did: [
        'read what is kept',
        'take the lease to restore',
        'read what is kept',
        'push',
        'remove what is kept',
        'release the lease',
      ],
    });
  });

  test('is left where another run has begun to work in between', async () => {
    const { refused, did } = await restore([{ state: 'free' }, { state: 'held', note }]);
    expect(refused).toMatch(/^The run \S+\/runs\/6 of hubot .* works on dev in westeurope\. Nothing was changed/);
    expect(did).toEqual(['read what is kept']);
  });

  test('is not restored twice: what another run has restored meanwhile is gone', async () => {
    const { refused, did } = await restore([{ state: 'free' }], [kept, undefined]);
    expect(refused).toBeUndefined();
    expect(did).not.toContain('push');
    expect(did.at(-1)).toBe('release the lease');
  });
});

test('what a run has taken this moment is left to it', async () => {
  const { refused, did } = await tryUnlock({ state: open, lease: { state: 'held', note: undefined } });
  expect(did).toEqual([]);
  expect(refused).toMatchObject({
    message: expect.stringMatching(/^A run that has not said its name yet works on dev/),
  });
});

test('what works is waited for', async () => {
  const { refused, did } = await tryUnlock({ state: locked(), lease: abandoned }, '6', { isOver: false });
  expect(did).toEqual([]);
  expect(refused).toMatchObject({
    message: expect.stringMatching(/ That run still works\. Nothing was released\.$/),
    remedy: 'Wait until that run is over, or cancel it, then run this again.',
  });
});

test('another run than the one that was named is not touched', async () => {
  const { refused, did } = await tryUnlock({ state: locked(), lease: abandoned }, '5');
  expect(did).toEqual([]);
  expect(refused).toMatchObject({
    message: expect.stringMatching(/^is 5, but dev in westeurope is held by .*runs\/6/),
  });
});
