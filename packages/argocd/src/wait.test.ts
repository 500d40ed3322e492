import { describe, expect, test } from '@jest/globals';
import { application, ended, newer, operation, other, ours, time } from './application.fixture.ts';
import type { Application } from './application.ts';
import { beginWait, type Expectation, judgeApplication, patience, timeCause, type WaitVerdict } from './wait.ts';

const second = 1000;
const start = 20 * second;
const byOperation: Expectation = { operation: 'r/1', pins: [ours] };
const byRevision: Expectation = { operation: undefined, pins: [ours] };

/** Looks one after another; each is an Application and how many milliseconds after the one before. */
function look(
  looks: readonly (readonly [Application | undefined, number])[],
  expectation: Expectation = byOperation,
  contains: (newer: string, older: string) => boolean | undefined = one => (one === other ? false : undefined),
): WaitVerdict {
  let memory = beginWait(application({ status: { reconciledAt: time(1) } }), start);
  let now = start;
  let verdict: WaitVerdict | undefined;
  for (const [seen, after] of looks) {
    now += after;
    const judged = judgeApplication(seen, expectation, memory, now, contains);
    memory = judged.memory;
    verdict = judged.verdict;
  }
  if (verdict === undefined) throw new Error('nothing was looked at');
  return verdict;
}
const stays = (seen: Application | undefined, milliseconds: number) =>
  [
    [seen, 0],
    [seen, milliseconds],
  ] as const;

const done = application({ status: { operationState: ended('r/1') } });
const state = (more: Parameters<typeof ended>[1], status: object = {}) =>
  application({ status: { operationState: ended('r/1', more), ...status } });

describe('an application whose sync was asked for', () => {
  test('is there once it has stayed so for a moment, and not before', () => {
    expect(look([[done, 0]])).toEqual({ is: 'waiting', for: 'it to stay so', again: start + patience.stable });
    expect(look(stays(done, patience.stable))).toEqual({ is: 'done', revisions: [ours] });
  });

  test('a comparison that began in the second of the end may be of before: it has to stay so for longer', () => {
    const same = state({ at: 10 });
    expect(look(stays(same, patience.stable)).is).toBe('waiting');
    expect(look(stays(same, patience.stableInSameSecond)).is).toBe('done');
  });

  test('what flickers begins anew', () => {
    const flicker = state({}, { health: { status: 'Progressing' } });
    expect(
      look([
        [done, 0],
        [flicker, 200],
        [done, 200],
      ]).is,
    ).toBe('waiting');
  });

  test.each<[string, Application | undefined, number, object]>([
    [
      'the state of an earlier operation says nothing of ours',
      application({ operation: operation('r/1'), status: { operationState: ended('q/1') } }),
      10 * second,
      { is: 'waiting', for: 'Argo CD to take the sync up' },
    ],
    [
      'ours is asked for and nobody sees it: the object is written to, which lets the controller look again',
      application({ operation: operation('r/1') }),
      patience.refresh,
      { is: 'act', act: 'refresh', why: 'Argo CD to take the sync up' },
    ],
    [
      'a failure of an earlier operation neither',
      application({ operation: operation('r/1'), status: { operationState: ended('q/1', { phase: 'Failed' }) } }),
      10 * second,
      { is: 'waiting' },
    ],
    [
      'healthy and synced, and no trace of ours: it is asked for again',
      application({ status: { operationState: undefined } }),
      patience.replaced,
      { is: 'act', act: 'again' },
    ],
    [
      'ours ended unseen, and Argo CD has synced the same itself',
      application({ status: { operationState: ended('q/1') } }),
      patience.replaced + patience.stable,
      { is: 'waiting', for: 'it to stay so' },
    ],
    [
      'somebody has synced something else instead',
      application({ status: { operationState: ended('q/1', { result: { revision: other } }) } }),
      patience.replaced,
      { is: 'act', act: 'again', why: 'a sync of gha:contoso/platform has taken its place' },
    ],
    [
      'an earlier comparison says healthy and synced',
      state({ at: 15 }),
      5 * second,
      { is: 'waiting', for: 'Argo CD to compare the cluster with Git' },
    ],
    [
      'a comparison that does not come is asked for',
      state({ at: 15 }),
      patience.refresh,
      { is: 'act', act: 'refresh' },
    ],
    [
      'an operation that is never taken away is cleared',
      application({ operation: operation('r/1'), status: { operationState: ended('r/1') } }),
      patience.uncleared,
      { is: 'act', act: 'clear' },
    ],
    [
      'a full sync that became one of some objects (argo-cd#28701)',
      state({ sync: { resources: [{ kind: 'Deployment', name: 'web' }] } }),
      0,
      { is: 'act', act: 'again' },
    ],
    [
      'a sync to an old revision (argo-cd#29332)',
      state({ result: { revision: other } }),
      0,
      { is: 'act', act: 'again', why: `Argo CD has synced ${other.slice(0, 12)} instead (argo-cd#29332)` },
    ],
    [
      'a sync that a window blocks',
      state({ phase: 'Running', message: 'Sync operation blocked by sync window' }),
      patience.blocked,
      { is: 'failed', cause: { kind: 'window' } },
    ],
    [
      'the first look of the controller, for which a manual sync is none yet',
      state({ phase: 'Running', message: 'Sync operation blocked by sync window' }),
      patience.blocked - 1,
      { is: 'waiting', for: 'a sync window' },
    ],
    [
      'a hook that runs',
      state({
        phase: 'Running',
        result: { resources: [{ kind: 'Job', name: 'migrate', hookType: 'PreSync', hookPhase: 'Running' }] },
      }),
      0,
      { is: 'waiting', for: 'the sync: another try: PreSync hook Job migrate' },
    ],
    [
      'a commit that is not seen yet, while Argo CD itself tries again',
      state({ phase: 'Running', message: `${'rpc error: '.repeat(30)}upload-pack: not our ref ${ours}. Retrying` }),
      60 * second,
      { is: 'waiting', for: expect.stringMatching(/^Argo CD to see the commit: ….*not our ref a+\. Retrying$/) },
    ],
    [
      'a failed sync',
      state({ phase: 'Failed', message: 'one or more objects failed to apply' }),
      0,
      { is: 'failed', cause: { kind: 'operation' } },
    ],
    [
      'a commit that is not seen yet may come',
      state({ phase: 'Error', message: `ComparisonError: fatal: remote error: upload-pack: not our ref ${ours}` }),
      patience.unseen - 1,
      { is: 'waiting', for: 'Argo CD to see the commit' },
    ],
    [
      'it is asked for again then',
      state({ phase: 'Error', message: `ComparisonError: fatal: remote error: upload-pack: not our ref ${ours}` }),
      patience.unseen,
      { is: 'act', act: 'again' },
    ],
    [
      'what differs after the sync may settle',
      state(
        {},
        {
          sync: { status: 'OutOfSync', revision: ours },
          resources: [{ kind: 'Service', name: 'w', status: 'OutOfSync' }],
        },
      ),
      patience.drift - 1,
      { is: 'waiting', for: '1 object to be synced' },
    ],
    [
      'what differs for good is said',
      state({}, { sync: { status: 'OutOfSync', revision: ours } }),
      patience.drift,
      { is: 'failed', cause: { kind: 'drift' } },
    ],
    [
      'degraded for a while',
      state({}, { health: { status: 'Degraded', message: 'too few replicas' } }),
      patience.degraded,
      { is: 'failed', cause: { kind: 'health', message: 'it is degraded: too few replicas.' } },
    ],
    ['progressing', state({}, { health: { status: 'Progressing' } }), 1e9, { is: 'waiting' }],
    [
      'a comparison that fails for a while',
      state({}, { conditions: [{ type: 'ComparisonError', message: 'helm template failed' }] }),
      patience.comparison,
      { is: 'failed', cause: { kind: 'comparison' } },
    ],
    [
      'a warning is no failure',
      state({}, { conditions: [{ type: 'OrphanedResourceWarning', message: '1 orphan' }] }),
      patience.stable,
      { is: 'done' },
    ],
    [
      'suspended on purpose',
      state({}, { health: { status: 'Suspended' } }),
      patience.suspended,
      { is: 'done', note: 'part of it is suspended' },
    ],
    ['deleted', undefined, 0, { is: 'failed', cause: { kind: 'gone' } }],
    [
      'being deleted',
      application({ metadata: { deletionTimestamp: time(1) } }),
      0,
      { is: 'failed', cause: { kind: 'gone' } },
    ],
  ])('%s', (_name, seen, standing, expected) => {
    expect(look(stays(seen, standing))).toMatchObject(expected);
  });

  test('somebody else syncs after ours: theirs has to end', () => {
    const theirs = application({
      operation: { initiatedBy: { automated: true } },
      status: {
        operationState: { operation: { initiatedBy: { automated: true } }, phase: 'Running', message: 'at it' },
      },
    });
    expect(
      look([
        [done, 0],
        [theirs, 100],
      ]),
    ).toEqual({ is: 'waiting', for: 'the sync of Argo CD itself: at it' });
  });
});

describe('a branch that has moved on', () => {
  const moved = (spec: object, sync = 'Synced') =>
    application({ spec, status: { operationState: ended('r/1'), sync: { status: sync, revision: newer } } });
  const automated = { syncPolicy: { automated: {} } };

  test('whether the new commit contains ours has to be known', () => {
    expect(look([[moved({}), 0]])).toEqual({ is: 'ask', newer, older: ours });
  });

  test.each<[string, object, string, boolean, number, object]>([
    [
      'contains ours, and Argo CD has synced it',
      automated,
      'Synced',
      true,
      patience.stable,
      { is: 'done', revisions: [newer] },
    ],
    ['contains ours, and Argo CD is about to sync it', automated, 'OutOfSync', true, 1000, { is: 'waiting' }],
    [
      'contains ours, and nobody syncs it: ours stays',
      {},
      'OutOfSync',
      true,
      patience.stable,
      { is: 'done', revisions: [ours] },
    ],
    ['has left ours, and nobody syncs it', {}, 'OutOfSync', false, patience.stable, { is: 'done', revisions: [ours] }],
    [
      'has left ours, and Argo CD follows it: first it looks again',
      automated,
      'Synced',
      false,
      patience.refresh,
      { is: 'act', act: 'refresh' },
    ],
  ])('%s', (_name, spec, sync, answer, standing, expected) => {
    expect(look(stays(moved(spec, sync), standing), byOperation, () => answer)).toMatchObject(expected);
  });

  test.each<[string, object, string]>([
    ['a later commit than asked for is enough where Argo CD syncs by itself', automated, 'done'],
    ['and not elsewhere: a way back would end where it began', {}, 'act'],
  ])('%s', (_name, spec, is) => {
    const seen = application({
      spec,
      status: {
        operationState: ended('r/1', { result: { revision: newer } }),
        sync: { status: 'Synced', revision: newer },
      },
    });
    expect(look(stays(seen, patience.stable), byOperation, () => true).is).toBe(is);
  });

  test('has left ours for good, and Argo CD follows it', () => {
    const seen = moved(automated);
    // Refreshes in between are acts, after which the wait goes on.
    const looks = Array.from({ length: 200 }, (): readonly [Application, number] => [seen, 1000]);
    const verdicts = looks.map((_, index) => look(looks.slice(0, index + 1), byOperation, () => false));
    expect(verdicts.find(({ is }) => is === 'failed')).toMatchObject({ cause: { kind: 'fight' } });
    expect(verdicts.filter(({ is }) => is === 'act').length).toBeGreaterThan(0);
  });

  test('versions of charts are not asked about', () => {
    const spec = { sources: [{ repoURL: 'https://charts.example', chart: 'web', targetRevision: '1.*' }] };
    const seen = application({
      spec,
      status: {
        operationState: ended('r/1', { result: { revisions: ['1.0.0'] } }),
        sync: { status: 'Synced', revisions: ['1.1.0'] },
      },
    });
    expect(look(stays(seen, patience.stable), { operation: 'r/1', pins: ['1.0.0'] }).is).toBe('done');
  });
});

test('several sources: each at its own', () => {
  const spec = {
    sources: [{ repoURL: 'https://charts.example', chart: 'web' }, { repoURL: 'https://github.com/contoso/gitops' }],
  };
  const seen = (revision: string) =>
    application({
      spec,
      status: {
        operationState: ended('r/1', { result: { revision: '', revisions: ['1.2.3', revision] } }),
        sync: { status: 'Synced', revisions: ['1.2.3', revision] },
      },
    });
  const expectation = { operation: 'r/1', pins: [undefined, ours] };
  expect(look(stays(seen(ours), patience.stable), expectation)).toEqual({ is: 'done', revisions: ['1.2.3', ours] });
  expect(look(stays(seen(other), patience.stable), expectation)).toMatchObject({ is: 'act', act: 'again' });
});

describe('an application that others sync', () => {
  const automated = { syncPolicy: { automated: {} } };
  test.each<[string, Application, number, object]>([
    ['is there', application(), patience.stable, { is: 'done', revisions: [ours] }],
    [
      'as it was compared before it was asked',
      application({ status: { reconciledAt: time(1) } }),
      1000,
      { is: 'waiting', for: 'Argo CD to compare the cluster with Git' },
    ],
    [
      'at another commit: Argo CD has to look into Git',
      application({ status: { sync: { status: 'Synced', revision: other } } }),
      1000,
      { is: 'waiting', for: `Argo CD to see ${ours.slice(0, 12)}; it is at ${other.slice(0, 12)}` },
    ],
    [
      'out of sync, and by hand',
      application({ status: { sync: { status: 'OutOfSync', revision: ours } } }),
      1e6,
      { is: 'waiting', for: 'it to be synced, which nobody has asked for (its sync policy is manual)' },
    ],
    [
      'Argo CD has tried',
      application({
        spec: automated,
        status: {
          sync: { status: 'OutOfSync', revision: ours },
          operationState: ended('q/1', { phase: 'Failed', message: 'quota exceeded' }),
        },
      }),
      0,
      { is: 'failed', cause: { message: 'the sync failed: quota exceeded.' } },
    ],
    [
      'a failure of an older revision does not count',
      application({
        spec: automated,
        status: {
          sync: { status: 'OutOfSync', revision: ours },
          operationState: ended('q/1', { phase: 'Failed', result: { revision: other } }),
        },
      }),
      1000,
      { is: 'waiting' },
    ],
    [
      'Argo CD will not',
      application({
        spec: automated,
        status: {
          sync: { status: 'OutOfSync', revision: ours },
          conditions: [{ type: 'SyncError', message: 'auto-sync will wipe out all resources' }],
        },
      }),
      patience.comparison,
      { is: 'failed', cause: { message: 'auto-sync will wipe out all resources.' } },
    ],
  ])('%s', (_name, seen, standing, expected) => {
    expect(look(stays(seen, standing), byRevision, () => false)).toMatchObject(expected);
  });
});

test('what took too long', () => {
  expect(timeCause('Deployment web to be healthy', 600_000)).toEqual({
    kind: 'time',
    message: 'after 10 min it still waits for Deployment web to be healthy',
  });
});
