import { describe, expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import { identityOf, type KubernetesObject, refOf } from '@suite/kubernetes';
import { type RenderedApplication, type Rendering, readApplication } from '../render/index.ts';
import { application } from '../render/testing/repository.ts';
import type { PlanInput } from './model.ts';
import { type Live, nothingLive } from './observe.ts';
import { planApplications } from './plan.ts';
import { resourcesOf } from './resources.ts';

const deployment = (image = 'host/web:1', more: Readonly<Record<string, unknown>> = {}): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'api' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
    ...more,
  },
});
const map = (data: Readonly<Record<string, string>>, name = 'settings', annotations = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'api', ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
  data,
});
const secret = (value: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'key', namespace: 'api' },
  stringData: { password: value },
});
const claim: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'api' },
  spec: { accessModes: ['ReadWriteOnce'] },
};
const digest = `host/web@sha256:${'1'.repeat(64)}`;

const pruning = { syncPolicy: { automated: { prune: true } } };
function app(
  objects: readonly KubernetesObject[],
  {
    spec = pruning,
    ...more
  }: Partial<RenderedApplication> & { readonly spec?: Readonly<Record<string, unknown>> } = {},
): RenderedApplication {
  const object = application('api', { path: 'apps/api' }, spec);
  return { application: readApplication(object), origin: { is: 'given' }, objects, hooks: [], warnings: [], ...more };
}
const rendering = (...applications: readonly RenderedApplication[]): Rendering => ({ applications, problems: [] });

const project: KubernetesObject = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'contoso', namespace: 'argocd' },
  spec: {
    sourceRepos: ['*'],
    destinations: [{ server: '*', namespace: '*' }],
    clusterResourceWhitelist: [{ group: '*', kind: '*' }],
  },
};
function live(objects: readonly KubernetesObject[], more: Partial<Live> = {}): Live {
  return {
    ...nothingLive,
    isKnown: true,
    objects: new Map(objects.map(object => [identityOf(refOf(object)), object])),
    projects: new Map([['contoso', project]]),
    ...more,
  };
}
const tracking = (objects: readonly KubernetesObject[]): Pick<Live, 'applications'> => ({
  applications: new Map([
    [
      'api',
      {
        ...application('api', { path: 'apps/api' }, pruning),
        status: {
          resources: objects.map(({ apiVersion, kind, metadata: { name, namespace } }) => {
            const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
            return { group, version, kind, name, ...(namespace === undefined ? {} : { namespace }) };
          }),
        },
      },
    ],
  ]),
});

function plan(input: Pick<PlanInput, 'head'> & Partial<PlanInput>) {
  return planApplications({
    base: undefined,
    live: live([]),
    isHere: ({ server }) => server === 'https://kubernetes.default.svc',
    forbidden: () => [],
    projects: [],
    closed: () => undefined,
    key: 'key',
    ...input,
  });
}
/** `update api/ConfigMap api/settings data.a: 1 → 2` */
const told = (changes: readonly Change[]) =>
  changes.map(({ kind, address, attributes }) => {
    const fields = attributes.map(({ path, before, after }) => {
      const [from, to] = [before, after].map(value => (value.is === 'shown' ? value.text : value.is));
      return `${path}: ${from} → ${to}`;
    });
    return [kind, address, ...fields].join(' ');
  });

describe('what a commit changes, and what differed before it', () => {
  const cases: readonly (readonly [
    string,
    { readonly base?: KubernetesObject; readonly head?: KubernetesObject; readonly live?: KubernetesObject },
    { readonly changes?: readonly string[]; readonly drift?: readonly string[] },
  ])[] = [
    ['nothing', { base: map({ a: '1' }), head: map({ a: '1' }), live: map({ a: '1' }) }, {}],
    [
      'a change',
      { base: map({ a: '1' }), head: map({ a: '2' }), live: map({ a: '1' }) },
      { changes: ['update api/ConfigMap api/settings data.a: 1 → 2'] },
    ],
    [
      'drift alone',
      { base: map({ a: '1' }), head: map({ a: '1' }), live: map({ a: '9' }) },
      { drift: ['update api/ConfigMap api/settings data.a: 1 → 9'] },
    ],
    [
      'both, in two fields',
      { base: map({ a: '1', b: '1' }), head: map({ a: '1', b: '2' }), live: map({ a: '9', b: '1' }) },
      {
        changes: ['update api/ConfigMap api/settings data.b: 1 → 2'],
        drift: ['update api/ConfigMap api/settings data.a: 1 → 9'],
      },
    ],
    [
      'both, in one field',
      { base: map({ a: '1' }), head: map({ a: '2' }), live: map({ a: '9' }) },
      {
        changes: ['update api/ConfigMap api/settings data.a: 9 → 2'],
        drift: ['update api/ConfigMap api/settings data.a: 1 → 9'],
      },
    ],
    [
      'what drift had already',
      { base: map({ a: '1' }), head: map({ a: '2' }), live: map({ a: '2' }) },
      { drift: ['update api/ConfigMap api/settings data.a: 1 → 2'] },
    ],
    ['a new object', { head: map({ a: '1' }) }, { changes: ['create api/ConfigMap api/settings'] }],
    [
      'a new object that is there',
      { head: map({ a: '1' }), live: map({ a: '2' }) },
      { changes: ['update api/ConfigMap api/settings data.a: 2 → 1'] },
    ],
    [
      'an object that somebody deleted',
      { base: map({ a: '1' }), head: map({ a: '1' }) },
      { drift: ['delete api/ConfigMap api/settings'] },
    ],
    [
      'that and a change',
      { base: map({ a: '1' }), head: map({ a: '2' }) },
      { changes: ['create api/ConfigMap api/settings'], drift: ['delete api/ConfigMap api/settings'] },
    ],
    [
      'an object less',
      { base: map({ a: '1' }), live: map({ a: '1' }) },
      { changes: ['delete api/ConfigMap api/settings'] },
    ],
    ['an object less that is gone', { base: map({ a: '1' }) }, {}],
    [
      'a key less',
      { base: map({ a: '1', b: '1' }), head: map({ a: '1' }), live: map({ a: '1', b: '1' }) },
      { changes: ['update api/ConfigMap api/settings data.b: 1 → absent'] },
    ],
    [
      'a key less that somebody changed',
      { base: map({ a: '1', b: '1' }), head: map({ a: '1' }), live: map({ a: '1', b: '9' }) },
      { drift: ['update api/ConfigMap api/settings data.b: 1 → 9'] },
    ],
    ['what others added', { base: map({ a: '1' }), head: map({ a: '1' }), live: map({ a: '1', z: '1' }) }, {}],
    [
      'an image',
      { base: deployment('host/web:1'), head: deployment('host/web:2'), live: deployment('host/web:1') },
      { changes: ['update api/Deployment api/web spec.template.spec.containers[web].image: host/web:1 → host/web:2'] },
    ],
  ];
  test.each(cases)('%s', (_, { base, head, live: there }, { changes = [], drift = [] }) => {
    const list = (object: KubernetesObject | undefined) => (object === undefined ? [] : [object]);
    const result = plan({
      base: rendering(app(list(base))),
      head: rendering(app(list(head))),
      live: live(list(there)),
    });
    expect(told(result.changes)).toEqual(changes);
    expect(told(result.drift)).toEqual(drift);
  });

  test('what restarts is said', () => {
    const result = plan({
      base: rendering(app([deployment()])),
      head: rendering(app([deployment('host/web:2')])),
      live: live([deployment()]),
    });
    expect(result.changes[0]?.effect).toBe('It restarts 3 pods.');
  });

  test('without base, all that differs is of this commit', () => {
    const result = plan({ head: rendering(app([map({ a: '2' })])), live: live([map({ a: '1' })]) });
    expect(told(result.changes)).toEqual(['update api/ConfigMap api/settings data.a: 1 → 2']);
    expect(result.drift).toEqual([]);
  });

  test('without a cluster, head is compared with base', () => {
    const base = rendering(app([map({ a: '1', b: '1' }), deployment()]));
    const head = rendering(app([map({ a: '2' }), deployment(), map({ c: '1' }, 'new')]));
    const result = plan({ base, head, live: nothingLive });
    expect(told(result.changes)).toEqual([
      'update api/ConfigMap api/settings data.a: 1 → 2 data.b: 1 → absent',
      'create api/ConfigMap api/new',
    ]);
    expect(result.checks.map(({ id, status }) => [id, status])).toContainEqual(['application/cluster', 'unknown']);
    expect(result.reviewed['api']?.plan).toBeUndefined();
  });

  test('marks of Argo CD and of kubectl are nobody’s difference', () => {
    const marked: KubernetesObject = {
      ...map({ a: '1' }),
      metadata: {
        ...map({}).metadata,
        labels: { 'app.kubernetes.io/instance': 'api' },
        annotations: {
          'argocd.argoproj.io/tracking-id': 'api:/ConfigMap:api/settings',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
        },
        managedFields: [
          {
            manager: 'argocd-controller',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: {
              'f:data': { 'f:a': {} },
              'f:metadata': {
                'f:annotations': { 'f:argocd.argoproj.io/tracking-id': {} },
                'f:labels': { 'f:app.kubernetes.io/instance': {} },
              },
            },
          },
        ],
      },
    };
    const same = rendering(app([map({ a: '1' })]));
    const result = plan({ base: same, head: same, live: live([marked]) });
    expect([result.changes, result.drift]).toEqual([[], []]);
  });

  test('what Argo CD alone owns and nobody renders any more goes away, without base too', () => {
    const owned: KubernetesObject = {
      ...map({ a: '1', gone: '1', others: '1' }),
      metadata: {
        ...map({}).metadata,
        managedFields: [
          {
            manager: 'argocd-controller',
            operation: 'Apply',
            apiVersion: 'v1',
            fieldsV1: { 'f:data': { 'f:a': {}, 'f:gone': {} } },
          },
          { manager: 'somebody', operation: 'Update', apiVersion: 'v1', fieldsV1: { 'f:data': { 'f:others': {} } } },
        ],
      },
    };
    const result = plan({ head: rendering(app([map({ a: '1' })])), live: live([owned]) });
    expect(told(result.changes)).toEqual(['update api/ConfigMap api/settings data.gone: 1 → absent']);
  });
});

describe('a namespace that Argo CD makes', () => {
  const namespace = (labels = {}): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'api', labels },
  });
  const making = (labels = {}) => rendering(app([map({ a: '1' })], { namespace: namespace(labels) }));

  test('is made where it is not there, and labelled', () => {
    const there = live([map({ a: '1' })]);
    expect(told(plan({ base: rendering(app([map({ a: '1' })])), head: making(), live: there }).changes)).toEqual([
      'create api/Namespace api',
    ]);
    const named = live([map({ a: '1' }), namespace({ 'kubernetes.io/metadata.name': 'api' })]);
    const result = plan({ base: making(), head: making({ team: 'a' }), live: named });
    expect(told(result.changes)).toEqual(['update api/Namespace api metadata.labels.team: absent → a']);
  });

  test('is never taken away', () => {
    const there = live([map({ a: '1' }), namespace()]);
    expect(plan({ base: making(), head: rendering(app([map({ a: '1' })])), live: there }).changes).toEqual([]);
  });
});

describe('Secrets', () => {
  test('are compared between the commits, and never shown', () => {
    const result = plan({ base: rendering(app([secret('old')])), head: rendering(app([secret('new')])) });
    expect(told(result.changes)).toEqual(['update api/Secret api/key data.password: sensitive → sensitive']);
    expect(JSON.stringify(result.changes)).not.toMatch(/old|new|bmV3|b2xk/);
  });

  test('are told to be unknown without base', () => {
    const result = plan({ head: rendering(app([secret('new')])) });
    expect(result.changes).toEqual([]);
    expect(result.checks.map(({ id }) => id)).toContain('application/secrets');
  });
});

describe('ignored differences', () => {
  const ignoring = (rule: Readonly<Record<string, unknown>>) => ({
    ...pruning,
    ignoreDifferences: [{ group: 'apps', kind: 'Deployment', ...rule }],
  });
  test.each([
    ['a pointer', { jsonPointers: ['/spec/replicas'] }, []],
    ['a pointer of another object', { name: 'other', jsonPointers: ['/spec/replicas'] }, ['update']],
    ['a pointer of all kinds', { group: '*', kind: '*', jsonPointers: ['/spec/replicas'] }, []],
    ['a pointer to nothing', { jsonPointers: ['/spec/none/deeper'] }, ['update']],
    ['a manager', { managedFieldsManagers: ['autoscaler'] }, []],
    ['another manager', { managedFieldsManagers: ['other'] }, ['update']],
    ['a jq expression', { jqPathExpressions: ['.spec.replicas'] }, ['update']],
  ])('%s', (_, rule, expected) => {
    const scaled = {
      ...deployment('host/web:1', { replicas: 7 }),
      metadata: {
        ...deployment().metadata,
        managedFields: [
          {
            manager: 'autoscaler',
            operation: 'Update' as const,
            apiVersion: 'apps/v1',
            fieldsV1: { 'f:spec': { 'f:replicas': {} } },
          },
        ],
      },
    };
    const same = rendering(app([deployment()], { spec: ignoring(rule) }));
    const result = plan({ base: same, head: same, live: live([scaled]) });
    expect(result.drift.map(({ kind }) => kind)).toEqual(expected);
  });

  test('an item of a list', () => {
    const spec = ignoring({ jsonPointers: ['/spec/template/spec/containers/0/image'] });
    const same = rendering(app([deployment('host/web:1')], { spec }));
    expect(plan({ base: same, head: same, live: live([deployment('host/web:9')]) }).drift).toEqual([]);
  });

  test('jq expressions are told not to be applied', () => {
    const spec = ignoring({ jqPathExpressions: ['.spec.replicas'] });
    const head = rendering(app([deployment('host/web:2')], { spec }));
    const { checks } = plan({ base: rendering(app([deployment()], { spec })), head, live: live([deployment()]) });
    expect(checks.find(({ id }) => id === 'application/api/ignored')?.message).toContain(
      '`.spec.replicas`: jq expressions',
    );
  });
});

describe('what is rendered no more', () => {
  const old = map({ a: '1' }, 'old');
  const manual = { syncPolicy: {} };
  test.each([
    ['is deleted where the Application prunes', {}, old, 'delete', []],
    ['stays where it does not', { spec: manual }, old, 'forget', ['application/api/stays']],
    ['is deleted where the sync prunes', { spec: manual, prunes: true }, old, 'delete', []],
    [
      'stays where it says so',
      {},
      map({ a: '1' }, 'old', { 'argocd.argoproj.io/sync-options': 'Prune=false' }),
      'forget',
      ['application/api/stays'],
    ],
    [
      'waits where it says so',
      {},
      map({ a: '1' }, 'old', { 'argocd.argoproj.io/sync-options': 'Prune=confirm' }),
      'delete',
      ['application/api/confirmation'],
    ],
    [
      'stays where the Application says so',
      { spec: { syncPolicy: { automated: { prune: true }, syncOptions: ['Prune=false'] } } },
      old,
      'forget',
      ['application/api/stays'],
    ],
  ])(
    '%s',
    (_, {
      spec,
      prunes,
    }: { readonly spec?: Readonly<Record<string, unknown>>; readonly prunes?: boolean }, there, kind, checks) => {
      const more = spec === undefined ? {} : { spec };
      const result = plan({
        base: rendering(app([map({}), old], more)),
        head: rendering(app([map({})], more)),
        live: live([map({}), there]),
        ...(prunes === undefined ? {} : { prunes }),
      });
      expect(result.changes.map(one => [one.kind, one.address])).toEqual([[kind, 'api/ConfigMap api/old']]);
      expect(result.checks.map(({ id }) => id)).toEqual(checks);
    },
  );

  test('what was waiting for its end before is drift, and this commit’s where there is no base', () => {
    const head = rendering(app([map({})]));
    const there = live([map({}), old], tracking([map({}), old]));
    expect(told(plan({ base: head, head, live: there }).drift)).toEqual(['create api/ConfigMap api/old']);
    expect(told(plan({ head, live: there }).changes)).toEqual(['delete api/ConfigMap api/old']);
  });

  test('what holds data has to be allowed by name', () => {
    const result = plan({ base: rendering(app([claim])), head: rendering(app([])), live: live([claim]) });
    expect(result.changes[0]).toMatchObject({ kind: 'delete', allowKey: 'application/api', risk: 'critical' });
  });
});

describe('applications that come and go', () => {
  const made = (objects: readonly KubernetesObject[], more = {}) =>
    app(objects, { origin: { is: 'set', name: 'apps' }, ...more });

  test('a new one of a set is made with its objects', () => {
    const result = plan({ base: rendering(), head: rendering(made([map({ a: '1' })])) });
    expect(told(result.changes)).toEqual(['create apps/Application argocd/api', 'create api/ConfigMap api/settings']);
    expect(result.applications.map(({ action }) => action)).toEqual(['create']);
  });

  test.each([
    ['goes with its objects', ['resources-finalizer.argocd.argoproj.io'], 'delete'],
    ['leaves them behind without its finalizer', [], 'forget'],
  ])('one that %s', (_, finalizers, kind) => {
    const object = application('api', { path: 'apps/api' });
    const there = { ...object, metadata: { ...object.metadata, finalizers } };
    const result = plan({
      base: rendering(made([map({ a: '1' })])),
      head: rendering(),
      live: live([map({ a: '1' })], { applications: new Map([['api', there]]) }),
    });
    expect(told(result.changes)).toEqual(['delete apps/Application argocd/api', `${kind} api/ConfigMap api/settings`]);
    expect(result.applications.map(({ action }) => action)).toEqual(['delete']);
  });

  test('an object that moves to another application is not deleted', () => {
    const other = { ...app([map({ a: '1' })]), application: { ...app([]).application, name: 'other' } };
    const result = plan({
      base: rendering(made([map({ a: '1' })])),
      head: rendering(other),
      live: live([map({ a: '1' })]),
    });
    expect(told(result.changes)).toEqual(['delete apps/Application argocd/api']);
  });

  test.each([
    [
      'a set that could not be looked into',
      { ...rendering(), problems: [{ subject: 'ApplicationSet argocd/apps', reason: 'no.' }] },
      { is: 'set', name: 'apps' },
    ],
    [
      'an application that could not be rendered',
      rendering({ ...app([], { problem: 'no.' }), application: { ...app([]).application, name: 'apps' } }),
      { is: 'application', name: 'apps' },
    ],
  ] as const)('what comes of %s is unknown, and not deleted', (_, head, origin) => {
    const result = plan({ base: rendering(app([map({})], { origin })), head, live: live([map({})]) });
    expect(result.changes).toEqual([]);
    expect(result.applications.find(({ name }) => name === 'api')?.action).toBe('unknown');
    expect(result.checks.filter(({ status }) => status === 'unknown')).toHaveLength(2);
  });
});

describe('checks', () => {
  const check = (input: Parameters<typeof plan>[0], id: string) => plan(input).checks.find(one => one.id === id);
  const changed = (more: Parameters<typeof app>[1] = {}) => ({
    base: rendering(app([deployment(digest)], more)),
    head: rendering(app([deployment(digest, { replicas: 4 })], more)),
    live: live([deployment(digest)]),
  });

  test('none for what is fine', () => {
    expect(plan(changed()).checks).toEqual([]);
  });

  test('not rendered, and then nothing is said of its objects', () => {
    const result = plan({
      base: rendering(app([map({})])),
      head: rendering(app([], { problem: 'It is Jsonnet.' })),
      live: live([map({})]),
    });
    expect(result.changes).toEqual([]);
    expect(result.checks).toEqual([
      {
        id: 'application/api/rendered',
        name: 'api can be rendered',
        status: 'unknown',
        message: 'Not rendered: It is Jsonnet.',
      },
    ]);
    expect(result.reviewed['api']).toEqual({ action: 'unknown', intent: expect.any(String) });
  });

  test('what the project forbids', () => {
    const asked: unknown[] = [];
    const forbidden: PlanInput['forbidden'] = (rendered, { metadata }) => {
      asked.push([metadata.name, ...resourcesOf(rendered)]);
      return ['It allows no Deployment.', 'Nor anything else.'];
    };
    expect(check({ ...changed(), forbidden }, 'application/api/project')).toMatchObject({
      status: 'blocked',
      name: 'The project contoso allows api',
      message: 'It allows no Deployment. Nor anything else.',
    });
    const web = { group: 'apps', kind: 'Deployment', name: 'web', isNamespaced: true, namespace: 'api' };
    expect(asked[0]).toEqual(['contoso', web]);
  });

  test('the project as this run is going to apply it counts before the one that is there', () => {
    const own = { ...project, metadata: { ...project.metadata, labels: { own: 'yes' } } };
    const seen: unknown[] = [];
    const forbidden: PlanInput['forbidden'] = (_, { metadata }) => {
      seen.push(metadata.labels);
      return [];
    };
    expect(check({ ...changed(), projects: [own], forbidden }, 'application/api/project')).toBeUndefined();
    expect(seen).toEqual([{ own: 'yes' }]);
  });

  test('a project that is not there', () => {
    const found = check(
      { ...changed(), live: live([], { projects: new Map([['default', project]]) }) },
      'application/api/project',
    );
    expect(found).toMatchObject({
      status: 'blocked',
      message: 'There is no AppProject `contoso`.',
      remedy: expect.stringContaining('there is default'),
    });
  });

  test('a closed window, where something is to be synced', () => {
    const closed = () => 'until 2026-11-30T06:00:00Z';
    expect(check({ ...changed(), closed }, 'application/api/window')?.message).toBe(
      'A sync window is closed now: until 2026-11-30T06:00:00Z.',
    );
    const same = changed().base;
    expect(plan({ base: same, head: same, live: changed().live, closed }).checks).toEqual([]);
  });

  test('images without a digest, those that come by this commit', () => {
    const input = {
      base: rendering(app([deployment('host/old:1')])),
      head: rendering(app([deployment('host/new:1')])),
      live: live([deployment('host/old:1')]),
    };
    expect(check(input, 'application/api/images')?.message).toBe('`host/new:1` may mean something else at every pull.');
    const kept = { ...input, head: rendering(app([deployment('host/old:1', { replicas: 9 })])) };
    expect(check(kept, 'application/api/images')).toBeUndefined();
  });

  test.each([
    ['is refused', [], 'blocked'],
    ['is made anew where it is forced', ['Force=true', 'Replace=true'], undefined],
  ])('a field that cannot be changed %s', (_, syncOptions, status) => {
    const selector = { selector: { matchLabels: { app: 'other' } } };
    const spec = { syncPolicy: { automated: { prune: true }, syncOptions } };
    const input = {
      base: rendering(app([deployment(digest)], { spec })),
      head: rendering(app([deployment(digest, selector)], { spec })),
      live: live([deployment(digest)]),
    };
    expect(plan(input).changes[0]?.kind).toBe('replace');
    expect(check(input, 'application/api/immutable')?.status).toBe(status);
  });

  test('another cluster is compared with base alone', () => {
    const spec = { ...pruning, destination: { name: 'other', namespace: 'api' } };
    const found = check(changed({ spec }), 'application/elsewhere');
    expect(found?.message).toBe('api goes to another cluster: compared with the base commit alone.');
  });

  test('what may not be read is told, and compared with base', () => {
    const unreadable = new Map([[identityOf(refOf(deployment())), 'The plan identity may not read deployments.']]);
    const result = plan({ ...changed(), live: live([], { unreadable }) });
    expect(told(result.changes)).toEqual(['update api/Deployment api/web spec.replicas: 3 → 4']);
    expect(result.checks.map(({ id }) => id)).toEqual(['application/rights']);
    expect(result.reviewed['api']?.plan).toBeUndefined();
  });
});

describe('what a review is held to', () => {
  const input = {
    base: rendering(app([map({ a: '1' })])),
    head: rendering(app([map({ a: '2' })])),
    live: live([map({ a: '1' })]),
  };
  const base = plan(input);

  test('the same for the same', () => {
    expect(plan(input).digest).toBe(base.digest);
    expect(base.reviewed['api']).toEqual({
      action: 'sync',
      intent: expect.stringMatching(/^[0-9a-f]{64}$/),
      plan: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each([
    ['another object', { head: rendering(app([map({ a: '3' })])) }],
    ['another cluster state', { live: live([map({ a: '7' })]) }],
    [
      'another hook',
      { head: rendering(app([map({ a: '2' })], { hooks: [{ object: map({}, 'hook'), phases: ['Sync'] }] })) },
    ],
    ['another key', { key: 'other' }],
  ])('%s has another', (_, more) => {
    expect(plan({ ...input, ...more }).digest).not.toBe(base.digest);
  });
});
