import { describe, expect, test } from '@jest/globals';
import { application, ended, operation, ours } from './application.fixture.ts';
import { bundleOf, clearPatch, infoOf, isMarked, operationInTheWay, refreshPatch, syncPatch } from './operation.ts';
import { pinsOf } from './repository.ts';

const mark = {
  id: '4711/1',
  by: 'gha:contoso/platform',
  run: 'https://github.com/contoso/platform/actions/runs/4711',
  bundle: 'sha256:b',
};
const request = { mark, pins: [ours], prune: true, stamp: '2026-03-01T10:00:00.000000001Z' };

describe('the patch that begins a sync', () => {
  test('all of it', () => {
    const before = application({
      spec: { syncPolicy: { syncOptions: ['ServerSideApply=true'], retry: { limit: 5, refresh: true } } },
      status: { operationState: ended('q/1') },
    });
    expect(syncPatch(before, request)).toEqual({
      metadata: {
        resourceVersion: '7',
        annotations: {
          'argocd.argoproj.io/refresh': 'hard',
          'argocd.argoproj.io/refresh-timestamp': request.stamp,
        },
      },
      status: { operationState: null },
      operation: {
        initiatedBy: { username: 'gha:contoso/platform', automated: false },
        info: [
          { name: 'gha-run', value: '4711/1' },
          { name: 'gha-run-url', value: mark.run },
          { name: 'bundle', value: 'sha256:b' },
        ],
        // Without `refresh`, which would give the pinned revision up.
        retry: { limit: 5 },
        sync: { revision: ours, prune: true, syncStrategy: { hook: {} }, syncOptions: ['ServerSideApply=true'] },
      },
    });
  });

  test('one that has never been looked at has no status to write into', () => {
    expect(syncPatch(application({ status: { operationState: undefined } }), request)).not.toHaveProperty('status');
  });

  test('several sources are pinned by their place; charts stay at what they are', () => {
    const spec = {
      source: undefined,
      sources: [
        { repoURL: 'https://charts.example', chart: 'web', targetRevision: '1.*' },
        { repoURL: 'git@github.com:contoso/gitops.git', ref: 'values' },
        { repoURL: 'https://github.com/contoso/gitops', targetRevision: 'v1' },
      ],
    };
    const before = application({ spec });
    const pins = pinsOf(before, { repository: 'https://github.com/contoso/gitops', branch: 'main', revision: ours });
    expect(pins).toEqual([undefined, ours, undefined]);
    expect(syncPatch(before, { ...request, pins })).toMatchObject({
      operation: { sync: { revisions: ['1.*', ours, 'v1'] } },
    });
  });

  test('without a pin it is the specification that says', () => {
    const { operation: asked } = syncPatch(application(), { ...request, pins: [undefined] });
    expect(asked).not.toHaveProperty('sync.revision');
  });

  test('back to a source of before', () => {
    const source = { repoURL: 'https://github.com/contoso/gitops', path: 'old' };
    expect(syncPatch(application(), { ...request, from: { source, sources: [] } })).toMatchObject({
      operation: { sync: { revision: ours, source } },
    });
    expect(syncPatch(application(), { ...request, from: { source: undefined, sources: [source] } })).toMatchObject({
      operation: { sync: { sources: [source] } },
    });
  });
});

test('a refresh, and what takes an operation away', () => {
  expect(refreshPatch('now')).toEqual({
    metadata: {
      annotations: { 'argocd.argoproj.io/refresh': 'normal', 'argocd.argoproj.io/refresh-timestamp': 'now' },
    },
  });
  expect(clearPatch(application(), false)).toEqual({ metadata: { resourceVersion: '7' }, operation: null });
  expect(clearPatch(application(), true)).toMatchObject({ status: { operationState: null } });
});

test('whose operation it is', () => {
  const asked = application({ operation: operation('4711/1') });
  expect(operationInTheWay(asked, '4711/1')).toBeUndefined();
  expect(operationInTheWay(application(), '4711/1')).toBeUndefined();
  const running = { ...ended('q/1'), phase: 'Running', message: 'waiting for Job migrate' };
  expect(
    operationInTheWay(application({ operation: operation('q/1'), status: { operationState: running } }), '4711/1'),
  ).toEqual({
    by: 'gha:contoso/platform',
    since: 5000,
    says: 'waiting for Job migrate',
  });
  // The state is of an operation that has ended: nothing is known of the one that is asked for.
  expect(
    operationInTheWay(application({ operation: operation('q/2'), status: { operationState: ended('q/1') } }), '4711/1'),
  ).toEqual({
    by: 'gha:contoso/platform',
    since: undefined,
    says: '',
  });
  expect(isMarked(undefined, '4711/1')).toBe(false);
});

test('which bundle an operation was of', () => {
  const of = (info: readonly object[]) => application({ operation: { info } }).operation;
  const marked = of([...infoOf(mark)]);
  expect(marked && bundleOf(marked)).toBe('sha256:b');
  const plain = of([...infoOf({ ...mark, bundle: undefined })]);
  expect(plain && bundleOf(plain)).toBeUndefined();
});
