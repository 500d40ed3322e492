import { describe, expect, test } from '@jest/globals';
import { CancelledError, UserError } from '@suite/foundation';
import type { KubernetesObject } from '@suite/kubernetes';
import { explainSync } from './explain.ts';
import type { ApplicationResult } from './plan.ts';
import { checkApplications, syncApplications, waitApplications } from './sync.ts';
import { conflict } from './testing/cluster.fixture.ts';
import {
  app,
  commit,
  createWorld,
  newerCommit,
  olderCommit,
  plan,
  project,
  repository,
  type TestWorld,
} from './testing/world.fixture.ts';

const automated = { syncPolicy: { automated: { prune: true } } };
const sync = (world: TestWorld, names: readonly string[], more = {}) =>
  world.settle(syncApplications(plan(names, more), world.ports));
const phases = (results: readonly ApplicationResult[]) =>
  Object.fromEntries(results.map(({ name, phase }) => [name, phase]));
const causes = (results: readonly ApplicationResult[]) => results.map(({ cause }) => cause?.message);
const asked = ({ cluster }: TestWorld) =>
  cluster.patches.filter(({ body }) => 'operation' in body && body['operation'] !== null);

describe('of many applications', () => {
  /** What it takes to bring so many there: requests, and looks at single applications. */
  async function effort(size: number, bring: typeof waitApplications) {
    const names = Array.from({ length: size }, (_, index) => `app-${index}`);
    const world = createWorld(names.map(name => app(name)));
    const { argo } = world.ports;
    const count = { lists: 0, gets: 0, events: 0, looks: 0 };
    const counting: typeof argo = {
      ...argo,
      list: (...listed) => {
        count.lists++;
        return argo.list(...listed);
      },
      get: ref => {
        count.gets++;
        return argo.get(ref);
      },
      follow: (scope, onChange, signal) =>
        argo.follow(
          scope,
          (now, changed) => {
            count.events++;
            onChange(ref => {
              count.looks++;
              return now(ref);
            }, changed);
          },
          signal,
        ),
    };
    const revision = bring === waitApplications ? { revision: undefined } : {};
    const results = await world.settle(bring(plan(names, revision), { ...world.ports, argo: counting }));
    expect(results.filter(({ phase }) => phase === 'done')).toHaveLength(size);
    const lines = world.said.filter(({ line }) => !line.includes('applications are there'));
    return { ...count, patches: world.cluster.patches.length, lines: lines.length };
  }

  test.each([
    ['a wait', waitApplications],
    ['a sync', syncApplications],
  ])('%s takes of each what it would take of a few: no event of one is a look at all', async (_, bring) => {
    const [few, many] = [await effort(20, bring), await effort(200, bring)];
    expect([few.lists, many.lists]).toEqual([1, 1]);
    for (const what of ['gets', 'patches', 'lines'] as const) expect(many[what]).toBe(10 * few[what]);
    expect(many.events).toBeGreaterThan(200);
    expect(many.looks).toBeLessThan(12 * few.looks);
  });
});

describe('a sync', () => {
  test('brings applications to the commit, each of its sources', async () => {
    const sources = [
      { repoURL: 'https://charts.example', chart: 'web', targetRevision: '1.*' },
      { repoURL: 'git@github.com:contoso/gitops.git', targetRevision: 'main', ref: 'values' },
    ];
    const world = createWorld([app('api', { spec: automated }), app('web', { spec: { source: undefined, sources } })]);
    const results = await sync(world, ['api', 'web']);
    expect(phases(results)).toEqual({ api: 'done', web: 'done' });
    expect(results.map(({ revisions }) => revisions)).toEqual([[commit], ['1.0.0', commit]]);
    expect(asked(world).map(({ object, body }) => [object, body])).toMatchObject([
      ['Application argocd/api', { operation: { sync: { revision: commit } } }],
      ['Application argocd/web', { operation: { sync: { revisions: ['1.*', commit] } } }],
    ]);
    expect(explainSync(results)).toBeUndefined();
    expect(results[0]?.seconds).toBeLessThan(5);
  });

  test('that somebody writes in between of is asked for again, once', async () => {
    const world = createWorld([app('api')]);
    let writes = 0;
    world.cluster.beforePatch = () => {
      if (writes++ < 3) world.cluster.change('Application', 'api', { metadata: { labels: { w: String(writes) } } });
    };
    expect(phases(await sync(world, ['api']))).toEqual({ api: 'done' });
    expect(asked(world)).toHaveLength(1);
  });

  test('whose answer is lost is not asked for twice', async () => {
    const world = createWorld([app('api')]);
    world.cluster.afterPatch = () => {
      throw conflict();
    };
    expect(phases(await sync(world, ['api']))).toEqual({ api: 'done' });
    expect(asked(world)).toHaveLength(1);
  });

  test('that another step of the same run has begun, and that is over, is none of this one', async () => {
    const earlier = {
      initiatedBy: { username: 'gha:contoso/platform' },
      info: [
        { name: 'gha-run', value: '4711/1/apply/first' },
        { name: 'gha-run-url', value: 'https://ci.example/runs/4711' },
      ],
      sync: { revision: commit },
    };
    const over = { operation: earlier, phase: 'Succeeded', finishedAt: '2026-03-02T09:59:00Z' };
    const world = createWorld([app('api', { status: { operationState: over } })]);
    const mark = { ...plan([]).mark, id: '4711/1/apply/second' };
    expect(phases(await sync(world, ['api'], { mark }))).toEqual({ api: 'done' });
    expect(asked(world)).toHaveLength(1);
  });

  test('that an earlier attempt of this step has begun, and that still runs, is taken up', async () => {
    const earlier = {
      initiatedBy: { username: 'gha:contoso/platform' },
      info: [
        { name: 'gha-run', value: '4711/1/apply/sync' },
        { name: 'gha-run-url', value: 'https://ci.example/runs/4711' },
      ],
      sync: { revision: commit },
    };
    const running = { operation: earlier, phase: 'Running', startedAt: '2026-03-02T09:59:00Z' };
    const world = createWorld([app('api', { operation: earlier, status: { operationState: running } })]);
    world.clock.sleep(10_000).then(() => {
      const status = { operationState: { phase: 'Succeeded', finishedAt: '2026-03-02T10:00:10Z' } };
      world.cluster.change('Application', 'api', { operation: null, status });
    });
    const mark = { ...plan([]).mark, id: '4711/2/apply/sync' };
    await sync(world, ['api'], { mark, timeoutMs: 60_000 });
    expect(asked(world)).toEqual([]);
    expect(world.said.map(({ line }) => line)).toContain(`api: Argo CD is already at it, to ${commit.slice(0, 12)}`);
  });

  test('waits for the operation of somebody else', async () => {
    const running = {
      operation: { initiatedBy: { username: 'mona' } },
      phase: 'Running',
      startedAt: '2026-03-02T09:59:00Z',
    };
    const world = createWorld([app('api', { operation: running.operation, status: { operationState: running } })]);
    world.clock.sleep(40_000).then(() => {
      world.cluster.change('Application', 'api', {
        operation: null,
        status: { operationState: { phase: 'Succeeded' } },
      });
    });
    expect(phases(await sync(world, ['api']))).toEqual({ api: 'done' });
    expect(world.said.map(({ line }) => line)).toContain(
      'api: waiting for the sync of mona since 2026-03-02T09:59:00.000Z to end',
    );
  });

  test('says whose operation does not end', async () => {
    const running = {
      operation: { initiatedBy: { username: 'mona' } },
      phase: 'Running',
      startedAt: '2026-03-02T09:59:00Z',
    };
    const world = createWorld([app('api', { operation: running.operation, status: { operationState: running } })]);
    const results = await sync(world, ['api'], { timeoutMs: 60_000 });
    expect(results[0]?.cause).toMatchObject({ kind: 'taken' });
    expect(causes(results)[0]).toMatch(
      /^another operation is in progress: mona syncs it since 2026-03-02T09:59:00.000Z; waited 1 min$/,
    );
  });

  test('that Argo CD has begun itself is followed', async () => {
    const operation = { initiatedBy: { automated: true }, sync: { revision: commit } };
    const world = createWorld([app('api', { spec: automated, operation })]);
    expect(phases(await sync(world, ['api']))).toEqual({ api: 'done' });
    expect(asked(world)).toHaveLength(0);
  });

  test('that a later commit overtakes is where that commit is', async () => {
    const world = createWorld([app('api', { spec: automated })]);
    world.argo.head = newerCommit;
    const [result] = await sync(world, ['api']);
    expect(result).toMatchObject({ phase: 'done', revisions: [newerCommit] });
    expect(result?.notes).toEqual([`Argo CD compares with ${newerCommit.slice(0, 12)} by now`]);
  });

  test.each<[string, Parameters<TestWorld['argo']['outcome']>[1], object]>([
    ['became one of some objects', 1, { resources: [{ kind: 'Service', name: 'x' }] }],
    ['took an old revision', 1, { revision: olderCommit }],
    ['came before the commit was to be seen', 3, { phase: 'Error', message: `upload-pack: not our ref ${commit}` }],
  ])('that %s is asked for again', async (_name, times, outcome) => {
    const world = createWorld([app('api')]);
    world.argo.outcome = (_app, attempt) => (attempt <= times ? outcome : {});
    expect(phases(await sync(world, ['api']))).toEqual({ api: 'done' });
    expect(asked(world)).toHaveLength(times + 1);
  });

  test('of a commit that never comes to be seen fails with one message', async () => {
    const world = createWorld([app('api')]);
    world.argo.outcome = () => ({
      phase: 'Error',
      message: `ComparisonError: fatal: upload-pack: not our ref ${commit}`,
    });
    const results = await sync(world, ['api']);
    expect(results[0]).toMatchObject({ phase: 'failed', cause: { kind: 'unseen' } });
    expect(String(explainSync(results)?.message)).toMatch(
      /^api: Argo CD cannot see the commit: .*pushed to the repository/s,
    );
  });

  test('whose operation is left there is cleared', async () => {
    const world = createWorld([app('api')]);
    world.argo.outcome = () => ({ isLeft: true });
    expect(phases(await sync(world, ['api']))).toEqual({ api: 'done' });
    expect(world.cluster.patches.at(-1)?.body).toMatchObject({ operation: null });
  });

  test('that a window holds up is taken back', async () => {
    const world = createWorld([app('api')]);
    world.argo.outcome = () => ({ running: 'Sync operation blocked by sync window' });
    const results = await sync(world, ['api']);
    expect(results[0]?.cause?.kind).toBe('window');
    expect(world.cluster.object('Application', 'api')).not.toHaveProperty('operation');
  });

  test('says something at least every 15 s, and ends when its time is over', async () => {
    const world = createWorld([app('api')]);
    world.argo.outcome = () => ({ running: 'waiting for completion of hook batch/Job/migrate' });
    const results = await sync(world, ['api'], { timeoutMs: 120_000 });
    expect(causes(results)).toEqual([
      'after 2 min it still waits for the sync: waiting for completion of hook batch/Job/migrate',
    ]);
    const times = [0, ...world.said.map(({ at }) => at), 120];
    expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThan(15);
    // What runs there is Argo CD's to end.
    expect(world.cluster.object('Application', 'api')).toHaveProperty('operation');
  });

  test('that is cancelled says so, and leaves Argo CD alone', async () => {
    const world = createWorld([app('api')]);
    world.argo.outcome = () => ({ running: 'at it' });
    world.clock.sleep(20_000).then(() => world.cancel.abort(new CancelledError('cancelled')));
    const results = await sync(world, ['api']);
    expect(results).toMatchObject([
      { phase: 'cancelled', notes: [expect.stringContaining('Argo CD goes on by itself')] },
    ]);
    expect(explainSync(results)).toBeInstanceOf(CancelledError);
  });

  test('that loses the cluster has results as well', async () => {
    const world = createWorld([app('api'), app('web')]);
    world.argo.outcome = name => (name === 'web' ? { running: 'at it' } : {});
    world.clock
      .sleep(20_000)
      .then(() => world.cluster.breakWatches(new UserError({ message: 'no answer', remedy: 'Look.' })));
    const results = await sync(world, ['api', 'web']);
    expect(phases(results)).toEqual({ api: 'done', web: 'failed' });
    expect(results[1]?.cause).toEqual({ kind: 'operation', message: 'no answer', remedy: 'Look.' });
  });

  test('of an application that goes away', async () => {
    const world = createWorld([app('api')]);
    world.clock.sleep(1000).then(() => world.cluster.remove('Application', 'api'));
    expect(causes(await sync(world, ['api']))).toEqual(['the Application has been deleted']);
  });
});

describe('what is seen before anything is done', () => {
  const held = { source: { repoURL: repository, targetRevision: 'v1.2' } };
  test.each<[string, Parameters<typeof createWorld>[0], string, RegExp]>([
    ['no such Application', [app('apy'), app('web')], 'missing', /has no Application api in the namespace argocd/],
    [
      'a project that is not there',
      [app('api', { spec: { project: 'nobody' } })],
      'project',
      /project nobody is not there/,
    ],
    [
      'a project that forbids the repository',
      [app('api'), project({ sourceRepos: ['https://github.com/fabrikam/*'] })],
      'project',
      /contoso does not allow the repository .*: spec.sourceRepos allows https:\/\/github.com\/fabrikam\/\*/,
    ],
    [
      'a window that is closed',
      [
        app('api'),
        project({ syncWindows: [{ kind: 'deny', schedule: '0 9 * * *', duration: '2h', applications: ['*'] }] }),
      ],
      'window',
      /contoso is closed by a sync window until 2026-03-02T11:00:00.000Z: deny at "0 9 \* \* \*" \(UTC\) for 2h/,
    ],
    [
      'a window that cannot be read',
      [
        app('api'),
        project({ syncWindows: [{ kind: 'deny', schedule: 'daily', duration: '2h', applications: ['*'] }] }),
      ],
      'window',
      /cannot be read: its schedule "daily" is none/,
    ],
    [
      'one that is held elsewhere',
      [app('api', { spec: held })],
      'fight',
      /held at v1.2, so that the commit a+ of main/,
    ],
    ['a hydrated one', [app('api', { spec: { sourceHydrator: {} } })], 'unsupported', /source hydrator/],
  ])('%s: nothing is touched', async (_name, objects, kind, message) => {
    const world = createWorld(
      objects.some(({ metadata }) => metadata.name === 'web') ? objects : [...objects, app('web')],
    );
    const results = await sync(world, ['api', 'web']);
    // What the project forbids is forbidden to the other as well.
    const isShared = ['project', 'window'].includes(kind) && results[1]?.cause !== undefined;
    expect(phases(results)).toEqual({ api: 'refused', web: isShared ? 'refused' : 'skipped' });
    expect(results[0]?.cause?.kind).toBe(kind);
    expect(results[0]?.cause?.message).toMatch(message);
    expect(world.cluster.patches).toEqual([]);
    expect(await checkApplications(plan(['api', 'web']), world.ports)).toHaveLength(isShared ? 2 : 1);
  });

  test('automated sync that would go elsewhere', async () => {
    const world = createWorld([app('api', { spec: automated })]);
    const results = await sync(world, ['api'], { revision: olderCommit });
    expect(causes(results)).toEqual([
      'it syncs by itself to main, which does not contain the commit cccccccccccc: Argo CD would at once undo it',
    ]);
  });

  test('names what there is instead', async () => {
    const remedyOf = async (names: readonly string[], name = 'api') =>
      (await sync(createWorld(names.map(one => app(one))), [name]))[0]?.cause?.remedy;
    expect(await remedyOf(['apy', 'web'])).toBe('Did you mean apy?');
    expect(await remedyOf(['shop', 'web'])).toBe('There are shop and web.');
    expect(await remedyOf(['a1', 'b1', 'c1', 'd1', 'e1', 'f1'], 'something')).toBe(
      'There are a1, b1, c1, d1, e1 and 1 more.',
    );
    expect(await remedyOf([])).toBe('There are none at all: its objects have to be applied first.');
  });
});

describe('the cause of a failure', () => {
  const deployment = {
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
    namespace: 'api',
    name: 'web',
    status: 'Synced',
  };
  const workload = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'api', generation: 1 },
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
    status: { observedGeneration: 1, updatedReplicas: 1, replicas: 1 },
  };
  const pod = (waiting: object, more: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web-1', namespace: 'api', labels: { app: 'web' } },
    status: { containerStatuses: [{ name: 'web', state: { waiting } }], ...more },
  });

  test('an image that cannot be pulled is known long before the rollout gives up', async () => {
    const world = createWorld([
      app('api'),
      workload,
      pod({ reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"' }),
    ]);
    world.argo.status = () => ({ health: { status: 'Progressing' }, resources: [deployment] });
    const [result] = await sync(world, ['api']);
    expect(result?.cause).toEqual({
      kind: 'pods',
      message:
        'Deployment api/web: pod web-1, container web does not run: ImagePullBackOff: Back-off pulling image "x".',
    });
    expect(result?.seconds).toBeLessThan(60);
    expect(result?.evidence.log).toEqual([]);
  });

  test('a container that crashes: its log and events', async () => {
    const event = (message: string, lastTimestamp: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `e${message}`, namespace: 'api' },
      involvedObject: { kind: 'Pod', name: 'web-1' },
      reason: 'BackOff',
      message,
      lastTimestamp,
    });
    const events = [event('of before', '2026-03-02T08:00:00Z'), event('restarting', '2026-03-02T10:00:05Z')];
    const world = createWorld([app('api'), workload, pod({ reason: 'CrashLoopBackOff' }), ...events]);
    world.cluster.logTexts.set('api/web-1/web', 'starting\n\nno such database\n');
    world.argo.status = () => ({ health: { status: 'Progressing' }, resources: [deployment] });
    const [result] = await sync(world, ['api'], { argoUrl: 'https://argocd.contoso.com' });
    expect(result?.evidence).toEqual({
      events: ['Pod api/web-1: BackOff: restarting'],
      log: ['starting', 'no such database'],
    });
    // Whoever is called reads it in the one message of the failure, and all of it in the log of the run.
    expect(explainSync([result as ApplicationResult])).toMatchObject({
      problems: [
        {
          message:
            'api: Deployment api/web: pod web-1, container web does not run: CrashLoopBackOff. Event: Pod api/web-1: BackOff: restarting. Its log ends: starting ⏎ no such database.',
          remedy: 'In Argo CD: https://argocd.contoso.com/applications/argocd/api',
        },
      ],
    });
    expect(world.said.map(({ line }) => line)).toEqual(
      expect.arrayContaining(['api: event: Pod api/web-1: BackOff: restarting', 'api: log: no such database']),
    );
  });

  test('a pod that runs and never gets ready: what its workload waits for, and what the probe says', async () => {
    const unready = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'u', namespace: 'api' },
      involvedObject: { kind: 'Pod', name: 'web-1' },
      reason: 'Unhealthy',
      message: 'Readiness probe failed: HTTP probe failed with statuscode: 503',
      lastTimestamp: '2026-03-02T10:00:30Z',
    };
    const running = pod(
      {},
      { phase: 'Running', containerStatuses: [{ name: 'web', ready: false, state: { running: {} } }] },
    );
    const world = createWorld([app('api'), workload, running, unready]);
    // Since 3.0 Argo CD keeps no health of single objects.
    world.argo.status = () => ({ health: { status: 'Progressing' }, resources: [deployment] });
    const results = await sync(world, ['api'], { timeoutMs: 60_000 });
    expect(explainSync(results)?.message).toBe(
      'api: after 1 min it still waits for it to be healthy (progressing); Deployment api/web: 0 of 1 pods to be available. Event: Pod api/web-1: Unhealthy: Readiness probe failed: HTTP probe failed with statuscode: 503.',
    );
    expect(world.said.map(({ line }) => line)).toContainEqual(
      expect.stringMatching(/^api: waits for Deployment api\/web: 0 of 1 pods/),
    );
  });

  test('pods that a quota keeps from being made', async () => {
    const refused = {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: 'q', namespace: 'api' },
      involvedObject: { kind: 'ReplicaSet', name: 'web-6d4' },
      reason: 'FailedCreate',
      message: 'exceeded quota: team',
      lastTimestamp: '2026-03-02T10:00:05Z',
    };
    const world = createWorld([app('api'), workload, refused]);
    world.argo.status = () => ({ health: { status: 'Progressing' }, resources: [deployment] });
    expect(causes(await sync(world, ['api']))).toEqual([
      'Deployment api/web: its pods cannot be made: exceeded quota: team.',
    ]);
  });

  test('a hook that failed: what it has printed', async () => {
    const hookPod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'migrate-x', namespace: 'api' },
      status: { containerStatuses: [{ name: 'main', state: { terminated: { exitCode: 3 } } }] },
    };
    const world = createWorld([app('api'), hookPod]);
    world.cluster.logTexts.set('api/migrate-x/main', 'relation exists\n');
    const results = [
      {
        group: 'batch',
        kind: 'Job',
        namespace: 'api',
        name: 'migrate',
        hookType: 'PreSync',
        hookPhase: 'Failed',
        message: 'Job has reached the specified backoff limit',
      },
    ];
    world.argo.outcome = () => ({
      phase: 'Failed',
      message: 'one or more synchronization tasks completed unsuccessfully',
      results,
    });
    const [result] = await sync(world, ['api']);
    expect(result?.cause?.message).toBe(
      'the PreSync hook Job api/migrate failed: Job has reached the specified backoff limit.',
    );
    expect(result?.evidence.log).toEqual(['relation exists']);
  });

  test('a hook whose image cannot be pulled: the sync is ended', async () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'migrate', namespace: 'api' },
      spec: { selector: { matchLabels: { app: 'web' } } },
      status: {},
    };
    const world = createWorld([app('api'), job, pod({ reason: 'ErrImagePull', message: 'not found' })]);
    world.argo.outcome = () => ({ running: 'waiting for completion of hook batch/Job/migrate' });
    world.clock.sleep(1000).then(() =>
      world.cluster.change('Application', 'api', {
        status: {
          operationState: {
            syncResult: {
              resources: [
                {
                  group: 'batch',
                  kind: 'Job',
                  namespace: 'api',
                  name: 'migrate',
                  hookType: 'PreSync',
                  hookPhase: 'Running',
                },
              ],
            },
          },
        },
      }),
    );
    expect((await sync(world, ['api']))[0]?.cause?.kind).toBe('pods');
    expect(world.cluster.patches.at(-1)?.body).toMatchObject({ status: { operationState: { phase: 'Terminating' } } });
  });
});

describe('what brings more applications', () => {
  const child = (name: string) => ({
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'Application',
    namespace: 'argocd',
    name,
  });
  const applicationSet = (): KubernetesObject => ({
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'ApplicationSet',
    metadata: { name: 'all', namespace: 'argocd' },
  });
  const failing = (message: string) => ({ type: 'ErrorOccurred', status: 'True', message });
  const bringsSet = (name: string) =>
    name === 'root' ? { resources: [{ ...child('all'), kind: 'ApplicationSet' }] } : {};

  test('a root: its children are followed, and synced where nobody else does', async () => {
    const world = createWorld([app('root'), app('api', { spec: automated }), app('web')]);
    world.argo.status = name => (name === 'root' ? { resources: [child('api'), child('web')] } : {});
    const results = await sync(world, ['root']);
    expect(phases(results)).toEqual({ root: 'done', api: 'done', web: 'done' });
    expect(results.map(({ parent }) => parent)).toEqual([undefined, 'root', 'root']);
    expect(asked(world).map(({ object }) => object)).toEqual(['Application argocd/root', 'Application argocd/web']);
  });

  test('a child that fails is a failure', async () => {
    const world = createWorld([app('root'), app('web')]);
    world.argo.status = name => (name === 'root' ? { resources: [child('web')] } : {});
    world.argo.outcome = name => (name === 'web' ? { phase: 'Failed', message: 'no' } : {});
    const results = await sync(world, ['root']);
    expect(phases(results)).toEqual({ root: 'done', web: 'failed' });
    expect(explainSync(results)?.message).toBe('web: the sync failed: no.');
  });

  test('a child that has to wait for somebody holds no other up', async () => {
    const running = { operation: { initiatedBy: { username: 'mona' } }, phase: 'Running' };
    const world = createWorld([
      app('root'),
      app('web', { operation: running.operation, status: { operationState: running } }),
      app('api'),
    ]);
    world.argo.status = name => (name === 'root' ? { resources: [child('web'), child('api')] } : {});
    const results = await sync(world, ['root'], { timeoutMs: 120_000 });
    expect(phases(results)).toEqual({ root: 'done', web: 'failed', api: 'done' });
    expect(world.said.find(({ line }) => line.startsWith('api: synced and healthy'))?.at).toBeLessThan(15);
  });

  test('a root that brings an ApplicationSet: its Applications are followed too', async () => {
    const world = createWorld([
      app('root'),
      applicationSet(),
      app('web', { set: 'all' }),
      app('api', { set: 'all', spec: automated }),
      app('other', { set: 'others' }),
    ]);
    world.argo.status = bringsSet;
    const results = await sync(world, ['root']);
    expect(phases(results)).toEqual({ root: 'done', web: 'done', api: 'done' });
    expect(results.find(({ name }) => name === 'web')?.parent).toBe('all');
  });

  test('what an ApplicationSet makes only now is followed, though its status does not name it yet; what it deletes is not', async () => {
    const set = { ...applicationSet(), status: { resources: [child('web'), child('old')] } };
    const { metadata, ...old } = app('old', { set: 'all' });
    const going = { ...old, metadata: { ...metadata, deletionTimestamp: '2026-03-02T10:00:00Z' } };
    const world = createWorld([app('root'), set, app('web', { set: 'all' }), going]);
    world.argo.status = bringsSet;
    world.argo.generate = () => world.cluster.write(app('new', { set: 'all' }));
    expect(phases(await sync(world, ['root']))).toEqual({ root: 'done', web: 'done', new: 'done' });
  });

  test('an error of an ApplicationSet that passes is none; one that stays is its failure, with what it says', async () => {
    const set = { ...applicationSet(), status: { conditions: [failing('no such branch')] } };
    const passing = createWorld([app('root'), set, app('web', { set: 'all' })]);
    passing.argo.status = bringsSet;
    expect(phases(await sync(passing, ['root']))).toEqual({ root: 'done', web: 'done' });
    const staying = createWorld([app('root'), applicationSet()]);
    Object.assign(staying.argo, { status: bringsSet, generatorError: 'no such branch' });
    const results = await sync(staying, ['root']);
    expect(phases(results)).toEqual({ root: 'done', all: 'failed' });
    expect(results[1]?.cause?.message).toBe('the ApplicationSet all fails: no such branch');
    expect(results[1]?.seconds).toBeLessThan(30);
  });

  test('a root that brings an ApplicationSet which fails is a failure', async () => {
    const world = createWorld([app('root')]);
    world.argo.status = bringsSet;
    const results = await sync(world, ['root']);
    expect(phases(results)).toEqual({ root: 'done', all: 'failed' });
    expect(results[1]).toMatchObject({ parent: 'root', cause: { kind: 'missing' } });
  });

  test('a root that is degraded for its ApplicationSet says what that fails with', async () => {
    const set = { ...applicationSet(), status: { conditions: [failing('no such branch')] } };
    const world = createWorld([app('root'), set]);
    world.argo.status = name => ({ ...bringsSet(name), health: { status: 'Degraded' } });
    const [root] = await sync(world, ['root']);
    expect(root?.cause?.message).toBe('it is degraded; the ApplicationSet all fails: no such branch');
  });
});

describe('a wait', () => {
  const wait = (world: TestWorld, names: readonly string[], more = {}) =>
    world.settle(waitApplications(plan(names, more), world.ports));

  test('only asks Argo CD to look', async () => {
    const world = createWorld([app('api', { spec: automated })]);
    expect(phases(await wait(world, ['api']))).toEqual({ api: 'done' });
    expect(asked(world)).toEqual([]);
  });

  test('whose refresh is lost asks again', async () => {
    const world = createWorld([app('api')]);
    let lost = 0;
    world.cluster.afterPatch = object => {
      if (lost++ === 0) {
        const { annotations: _, ...metadata } = object.metadata;
        world.cluster.write({ ...object, metadata });
      }
    };
    // The controller sees the second one only.
    world.argo.status = () => ({});
    expect(phases(await wait(world, ['api'], { timeoutMs: 120_000 }))).toEqual({ api: 'done' });
  });

  test('for a commit that nobody brings ends with its time', async () => {
    const world = createWorld([app('api')]);
    world.argo.head = olderCommit;
    expect(causes(await wait(world, ['api'], { timeoutMs: 60_000 }))).toEqual([
      'after 1 min it still waits for Argo CD to see aaaaaaaaaaaa; it is at cccccccccccc',
    ]);
  });
});
