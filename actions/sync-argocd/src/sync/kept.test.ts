import { describe, expect, test } from '@jest/globals';
import { readApplication } from '@suite/argocd';
import { workloadsOf } from './diagnose.ts';
import { childrenOf, setsOf } from './follow.ts';
import { createKeeper, readKept } from './kept.ts';
import { app, commit } from './testing/world.fixture.ts';

const resource = (group: string, kind: string, name: string, more: object = {}) => ({
  group,
  kind,
  name,
  namespace: 'web',
  version: 'v1',
  status: 'Synced',
  ...more,
});
const result = (name: string, more: object = {}) => ({
  ...resource('', 'ConfigMap', name),
  hookPhase: 'Running',
  message: `configmap/${name} created`,
  ...more,
});
const many = (count: number) => Array.from({ length: count }, (_, index) => `part-${index}`);

/** With so many objects that say nothing, and so many syncs behind it. */
function grown(size: number, { phase = 'Succeeded', resources = [], results = [] }: Partial<Telling> = {}) {
  const application = app('web', {
    status: {
      resources: [...many(size).map(name => resource('', 'ConfigMap', name)), ...resources],
      history: many(size).map((_, id) => ({
        id,
        revision: commit,
        source: { repoURL: 'https://github.com/contoso/x' },
      })),
      operationState: {
        phase,
        operation: { sync: { revision: commit } },
        syncResult: { revision: commit, resources: [...many(size).map(name => result(name)), ...results] },
      },
    },
  });
  const annotations = Object.fromEntries(many(size).map(name => [name, 'long '.repeat(50)]));
  return { ...application, metadata: { ...application.metadata, annotations } };
}

interface Telling {
  readonly phase: string;
  readonly resources: readonly object[];
  readonly results: readonly object[];
}

describe('what is kept of an Application that is followed', () => {
  test('is no more for one of many objects and many syncs', () => {
    expect(readKept(grown(500))).toEqual(readKept(grown(0)));
  });

  test('has what differs, is not well, has pods or brings others', () => {
    const resources = [
      resource('', 'ConfigMap', 'differs', { status: 'OutOfSync' }),
      resource('', 'ConfigMap', 'superfluous', { requiresPruning: true }),
      resource('', 'Service', 'unwell', { health: { status: 'Degraded', message: 'no endpoints' } }),
      resource('apps', 'Deployment', 'web'),
      resource('argoproj.io', 'Application', 'child'),
      resource('argoproj.io', 'ApplicationSet', 'set'),
    ];
    const object = grown(3, { resources });
    const [kept, whole] = [readKept(object), readApplication(object)];
    expect(kept.status.resources.map(({ name }) => name)).toEqual(resources.map(({ name }) => name));
    for (const read of [childrenOf, setsOf, workloadsOf]) expect(read(kept)).toEqual(read(whole));
    expect(workloadsOf(kept)).toHaveLength(1);
  });

  test('has the results that tell what failed, and of a sync that runs what it waits for', () => {
    const results = [
      result('refused', { status: 'SyncFailed' }),
      result('left', { status: 'PruneSkipped' }),
      result('hook', { hookType: 'PreSync', hookPhase: 'Failed' }),
    ];
    const told = (phase: string) => readKept(grown(2, { phase, results })).status.state?.resources.map(one => one.name);
    expect(told('Failed')).toEqual(['refused', 'left', 'hook']);
    expect(told('Running')).toEqual(['part-0', 'part-1', 'refused', 'left', 'hook']);
  });

  test('is the same object as long as it is the same, also as that of others', () => {
    const keep = createKeeper();
    const first = keep(grown(3, { resources: [resource('apps', 'Deployment', 'web')] }));
    const again = grown(3, { resources: [resource('apps', 'Deployment', 'web')] });
    const second = keep({ ...again, status: { ...Object(Object(again).status), health: { status: 'Degraded' } } });
    expect(second).toEqual({ ...first, status: { ...first.status, health: { status: 'Degraded', message: '' } } });
    expect(second.status.resources).toBe(first.status.resources);
    expect(second.status.state).toBe(first.status.state);
    const other = keep(app('other'));
    expect(other).toEqual(readKept(app('other')));
    expect(other.policy).toBe(first.policy);
  });
});
