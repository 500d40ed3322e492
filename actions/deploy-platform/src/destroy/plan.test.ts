import { expect, test } from '@jest/globals';
import type { Observed } from '../observe.ts';
import type { ReleaseRecord } from '../record.ts';
import { beyondReview } from '../review.ts';
import { planDestroy } from './plan.ts';

function record(release: string, more: Partial<ReleaseRecord> = {}): ReleaseRecord {
  return {
    release,
    namespace: release,
    status: 'deployed',
    chart: { name: release, version: '1.0.0', digest: '' },
    manifest: '',
    objects: [
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        name: `${release}.io`,
        namespace: undefined,
        keep: false,
      },
    ],
    needs: [],
    isStateful: false,
    secrets: {},
    run: '',
    commit: '',
    at: '',
    ...more,
  };
}

const database = record('database', { isStateful: true, needs: ['operator'] });
const operator = record('operator');
const web = record('web', { needs: ['database'] });
const application = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', namespace: 'argocd', name: 'shop' };

function plan(allow: readonly string[], records = [database, operator, web], outer = [[application]]) {
  const live = new Map(
    records.flatMap(({ objects }) =>
      objects.map(ref => [
        `${ref.apiVersion.split('/')[0]}/${ref.kind}//${ref.name}`,
        { apiVersion: ref.apiVersion, kind: ref.kind, metadata: { name: ref.name } },
      ]),
    ),
  );
  const observed: Observed = {
    isKnown: true,
    live,
    unreadable: new Map(),
    records: new Map(records.map(one => [one.release, one])),
  };
  return planDestroy({ scope: 'dev', allow: [...allow] }, observed, outer, 'key');
}

test('what holds data stays, with what it needs; what needs it goes', () => {
  const { plan: made, notes, reviewed } = plan([]);
  expect(made.releases.map(({ name, action }) => [name, action])).toEqual([['web', 'uninstall']]);
  expect(notes).toEqual([
    'database stays: it holds data, and `allow:` of dev does not name `release/database`.',
    'operator stays, because of what stays.',
  ]);
  expect(Object.keys(reviewed)).toEqual([expect.stringContaining('shop'), 'web']);
  expect(made.checks).toEqual([]);
});

test('named, it goes', () => {
  const { plan: made, notes } = plan(['release/database', 'cluster']);
  expect(made.releases.map(({ name }) => name)).toEqual(['database', 'operator', 'web']);
  expect(notes).toEqual([]);
  expect(made.checks.filter(({ status }) => status === 'blocked')).toEqual([]);
});

test('where the cluster is named, what holds data has to be named as well', () => {
  expect(plan(['cluster']).plan.checks).toEqual([
    expect.objectContaining({ status: 'blocked', remedy: expect.stringContaining('add `release/database` as well') }),
  ]);
});

test('what a run that died has taken away already is no other plan; what came since is', () => {
  const before = plan(['release/database']);
  const review = { digest: before.plan.digest, releases: before.reviewed };
  const after = plan(['release/database'], [database, operator], []);
  expect(beyondReview(after.plan.releases, review)).toEqual([]);
  const more = plan(['release/database'], [database, operator, web, record('late')]);
  expect(beyondReview(more.plan.releases, review)).toEqual(['late was not in it']);
});
