import { describe, expect, test } from '@jest/globals';
import { type Change, judgeDrift, type Value } from '@suite/change-report';
import { driftOf, unfinishedOf } from './drift.ts';
import type { ReleasePlan } from './plan.ts';

const shown = (text: string): Value => ({ is: 'shown', text });
const change = (title: string, kind: Change['kind'], paths: readonly string[] = []): Change => ({
  address: `app/${title}`,
  type: 'v1 ConfigMap',
  title,
  kind,
  reasons: [],
  attributes: paths.map(path => ({ path, before: shown('is'), after: shown('wanted') })),
  reach: 'stateless',
  risk: 'low',
  allowKey: 'release/app',
  effect: 'It restarts.',
});

const settings = 'ConfigMap app/settings';
const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'app', name: 'settings', keep: false };

function release(changes: readonly Change[], more: Partial<ReleasePlan> = {}): ReleasePlan {
  return {
    name: 'app',
    namespace: 'app',
    action: 'upgrade',
    rendered: { chart: { digest: 'c1' } } as ReleasePlan['rendered'],
    changes,
    manifest: 'm1',
    secrets: {},
    takesBack: [],
    record: {
      release: 'app',
      namespace: 'app',
      status: 'deployed',
      chart: { name: 'app', version: '1.0.0', digest: 'c1' },
      manifest: 'm1',
      objects: [ref],
      needs: [],
      isStateful: false,
      secrets: {},
      run: '',
      commit: '',
      at: '',
    },
    reviewed: { action: 'upgrade', intent: 'i' },
    wasBegun: false,
    ...more,
  };
}

const told = (one: ReleasePlan) =>
  driftOf([one]).map(({ kind, title, attributes }) => [kind, title, attributes.map(({ path }) => path)]);

describe('of a release that is as it was applied', () => {
  test('all that a plan changes is drift, from what was applied to what is', () => {
    const [update] = driftOf([release([change(settings, 'update', ['data.a'])])]);
    expect(update).toEqual({
      address: `app/${settings}`,
      type: 'v1 ConfigMap',
      title: settings,
      kind: 'update',
      reasons: [],
      attributes: [{ path: 'data.a', before: shown('wanted'), after: shown('is') }],
      reach: 'stateless',
      risk: 'low',
    });
  });

  test.each<[Change['kind'], readonly unknown[]]>([
    ['create', [['delete', settings, []]]],
    ['replace', [['update', settings, ['data.a']]]],
    ['delete', []],
    ['forget', []],
  ])('what a plan would %s', (kind, expected) => {
    expect(told(release([change(settings, kind, ['data.a'])]))).toEqual(expected);
  });
});

describe('of a release that waits for an apply', () => {
  const waiting = { manifest: 'm2' };

  test.each<[string, ReleasePlan, readonly unknown[]]>([
    ['nothing else is', release([change(settings, 'update', ['data.a'])], waiting), []],
    [
      'an object of the last apply that is gone is',
      release([change(settings, 'create')], waiting),
      [['delete', settings, []]],
    ],
    ['a new object is not', release([change('ConfigMap app/new', 'create')], waiting), []],
    [
      'a field that another manager owns is',
      release([change(settings, 'update', ['data.a', 'data.b'])], {
        ...waiting,
        takesBack: [
          { title: settings, path: 'data.b', from: 'kubectl-edit' },
          { title: 'ConfigMap app/other', path: 'data.a', from: 'kubectl-edit' },
        ],
      }),
      [['update', settings, ['data.b']]],
    ],
  ])('%s', (_, one, expected) => {
    expect(told(one)).toEqual(expected);
  });

  test('nor is anything of one that was never applied, is taken away, or was not finished', () => {
    const created = [change(settings, 'update', ['data.a'])];
    const { record } = release([]);
    if (record === undefined) throw new Error('It has a record.');
    expect(told(release(created, { record: undefined }))).toEqual([]);
    expect(told(release([change(settings, 'delete')], { rendered: undefined }))).toEqual([]);
    expect(told(release(created, { record: { ...record, status: 'failed' } }))).toEqual([]);
  });
});

test.each([
  ['applying', /^An apply of app was begun and did not come to its end, so only a part of it/],
  ['failed', /^An apply of app failed, so only a part of it/],
] as const)('a release that is recorded as %s was looked at in part: a gap, never clean', (status, message) => {
  const { record } = release([]);
  if (record === undefined) throw new Error('It has a record.');
  const gaps = unfinishedOf([release([]), release([], { record: { ...record, status } })]);
  expect(gaps).toEqual([{ message: expect.stringMatching(message), remedy: expect.stringMatching(/once more/) }]);
  expect(judgeDrift({ drift: [], gaps }).verdict).toBe('incomplete');
});

test('one that was deployed, and one that was never applied, leave no gap', () => {
  expect(unfinishedOf([release([]), release([], { record: undefined })])).toEqual([]);
});
