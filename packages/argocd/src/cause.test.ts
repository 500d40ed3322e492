import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { application, ended, newer, other, ours } from './application.fixture.ts';
import { readApplication } from './application.ts';
import { judgeApplicationSet, membersOf, readApplicationSet } from './application-set.ts';
import { comparisonCause, driftCause, healthCause, operationCause } from './cause.ts';
import { readProject } from './project.ts';
import { chooseRollback } from './rollback.ts';

fc.configureGlobal({ seed: 1 });

const failed = (resources: readonly object[], message = 'one or more synchronization tasks completed unsuccessfully') =>
  application({ status: { operationState: ended('r/1', { phase: 'Failed', message, result: { resources } }) } });
const hook = {
  kind: 'Job',
  namespace: 'api',
  name: 'migrate',
  hookType: 'PreSync',
  hookPhase: 'Failed',
  message: 'exit code 3',
};
const applied = {
  kind: 'Deployment',
  namespace: 'api',
  name: 'web',
  status: 'SyncFailed',
  message: 'field is immutable',
};

describe('the first cause of a failed sync', () => {
  test.each<[string, readonly object[], string, string]>([
    ['a hook before it', [applied, hook], 'hook', 'the PreSync hook Job api/migrate failed: exit code 3.'],
    [
      'an object, before the hook that came after it',
      [{ ...hook, hookType: 'PostSync' }, applied],
      'resource',
      'Deployment api/web failed: field is immutable.',
    ],
    [
      'what runs when another has failed is none',
      [{ ...hook, hookType: 'SyncFail' }],
      'operation',
      'the sync failed: one or more synchronization tasks completed unsuccessfully.',
    ],
    [
      'an object that was applied and did not become well',
      [{ ...applied, status: 'Synced', hookPhase: 'Failed', message: 'Job has reached the backoff limit' }],
      'resource',
      'Deployment api/web failed: Job has reached the backoff limit.',
    ],
  ])('%s', (_name, resources, kind, message) => {
    expect(operationCause(failed(resources))).toMatchObject({ kind, message });
  });

  // Recorded from Argo CD's issues (#9645, #7282, #21014), whose repository server passes on what git says.
  test.each([
    `ComparisonError: Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Internal desc = failed to checkout revision ${ours}: git fetch origin ${ours} --tags --force failed exit status 128: fatal: remote error: upload-pack: not our ref ${ours}`,
    "ComparisonError: rpc error: code = Unknown desc = unable to resolve 'main' to a commit SHA",
    `failed to diff ${other}..${ours}: git diff --name-only failed exit status 128: fatal: Invalid revision range ${other}..${ours}`,
  ])('a commit that Argo CD cannot see: %#', message => {
    expect(operationCause(failed([], message)).kind).toBe('unseen');
  });
});

test('a comparison that fails', () => {
  const seen = application({ status: { conditions: [{ type: 'ComparisonError', message: 'helm: no such chart' }] } });
  expect(comparisonCause(seen)).toEqual({ kind: 'comparison', message: 'ComparisonError: helm: no such chart.' });
  expect(comparisonCause(application())).toBeUndefined();
});

test.each([
  'failed to list refs: authentication required: Repository not found.',
  "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
  'git@github.com: Permission denied (publickey).',
])('a repository that Argo CD may not read: %s', said => {
  const message = `Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = ${said}`;
  const seen = application({ status: { conditions: [{ type: 'ComparisonError', message }] } });
  expect(comparisonCause(seen)).toMatchObject({
    kind: 'comparison',
    message: expect.stringMatching(/^Argo CD may not read its repository: /),
    remedy: expect.stringContaining('a credential of its own'),
  });
});

test('what is unwell: the resource, where Argo CD keeps its health; the application otherwise', () => {
  const health = { status: 'Degraded', message: 'from before' };
  const resource = {
    kind: 'Deployment',
    namespace: 'api',
    name: 'web',
    health: { status: 'Degraded', message: 'too few' },
  };
  expect(healthCause(application({ status: { health, resources: [resource] } })).message).toBe(
    'Deployment api/web is degraded: too few.',
  );
  expect(healthCause(application({ status: { health } })).message).toBe('it is degraded: from before.');
});

test.each<[readonly object[], string]>([
  [
    [{ kind: 'ConfigMap', namespace: 'api', name: 'old', status: 'OutOfSync', requiresPruning: true }],
    '1 object no longer in Git should be deleted and is not (ConfigMap api/old)',
  ],
  [
    ['a', 'b', 'c', 'd'].map(name => ({ kind: 'Service', namespace: 'api', name, status: 'OutOfSync' })),
    'the sync has succeeded, and yet the cluster differs from Git: Service api/a, Service api/b, Service api/c and 1 more',
  ],
  [[], 'the sync has succeeded, and yet the cluster differs from Git: Argo CD does not say in what'],
])('what differs: %#', (resources, message) => {
  expect(driftCause(application({ status: { resources } })).message).toBe(message);
});

describe('the way back', () => {
  const source = { repoURL: 'https://github.com/contoso/gitops' };
  const history = [
    { id: 1, revision: newer, source },
    { id: 2, revision: other, source },
    { id: 3, revision: ours, source },
  ];
  const seen = (spec: object = {}, entries: readonly object[] = history) =>
    application({ spec, status: { history: entries } });

  test.each<[string, ReturnType<typeof seen>, string | undefined, object]>([
    ['Git, where Argo CD syncs by itself', seen({ syncPolicy: { automated: {} } }), undefined, { by: 'git' }],
    [
      'history, where that is turned off',
      seen({ syncPolicy: { automated: { enabled: false } } }),
      undefined,
      { by: 'history', entry: { id: 2 } },
    ],
    ['what was verified', seen(), newer, { by: 'history', entry: { id: 1 } }],
    ['what was verified and is forgotten', seen(), 'd'.repeat(40), { by: 'nothing' }],
    ['there is only what failed', seen({}, history.slice(2)), undefined, { by: 'nothing' }],
    [
      'entries without a source cannot be gone back to',
      seen({}, [{ id: 1, revision: other }]),
      undefined,
      { by: 'nothing' },
    ],
  ])('%s', (_name, from, verified, expected) => {
    expect(chooseRollback(from, [ours], verified)).toMatchObject(expected);
  });
});

test.each<[object, string]>([
  [
    { annotations: { 'argocd.argoproj.io/application-set-refresh': 'true' }, conditions: ['ResourcesUpToDate'] },
    'waiting',
  ],
  [{ conditions: ['ResourcesUpToDate'] }, 'ready'],
  [{ conditions: ['ErrorOccurred', 'ResourcesUpToDate'] }, 'failing'],
  [{ conditions: [] }, 'waiting'],
])('an ApplicationSet: %j', (given, is) => {
  const { annotations, conditions } = given as { annotations?: object; conditions: readonly string[] };
  const set = readApplicationSet({
    metadata: { name: 'all', annotations },
    status: {
      conditions: conditions.map(type => ({ type, status: 'True', message: 'm' })),
    },
  });
  expect(judgeApplicationSet(set).is).toBe(is);
});

test('an ApplicationSet has what it owns and is not deleting', () => {
  const owned = (name: string, kind: string, metadata: object = {}) =>
    application({
      metadata: { name, ownerReferences: [{ apiVersion: 'argoproj.io/v1alpha1', kind, name: 'all' }], ...metadata },
    });
  const applications = [
    application(),
    owned('web', 'ApplicationSet'),
    owned('child', 'Application'),
    owned('elsewhere', 'ApplicationSet', { namespace: 'team' }),
    owned('going', 'ApplicationSet', { deletionTimestamp: '2026-03-02T10:00:00Z' }),
  ];
  const members = membersOf({ name: 'all', namespace: 'argocd' }, applications);
  expect(members.map(({ name }) => name)).toEqual(['web']);
});

test('whatever is in an object, reading it does not throw', () => {
  const keys = [
    'metadata',
    'spec',
    'status',
    'operation',
    'sync',
    'operationState',
    'resources',
    'history',
    'sources',
    'syncWindows',
  ];
  const value = fc.letrec(tie => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, 0, '', 'x', true),
      fc.array(tie('any'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('any')),
    ),
  })).any;
  fc.assert(
    fc.property(value, object => {
      readApplication(object);
      readProject(object);
      readApplicationSet(object);
    }),
    { numRuns: 300 },
  );
});
