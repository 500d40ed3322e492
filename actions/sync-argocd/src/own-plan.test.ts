import { expect, test } from '@jest/globals';
import type { KubernetesObject } from '@suite/kubernetes';
import { fieldManager, fingerprintOf, ownObjects } from './objects.ts';
import { planOwn } from './own-plan.ts';
import { noRecord } from './record.ts';
import { viewWith } from './view.fixture.ts';

const own = (applications: string) => {
  const view = viewWith(applications);
  if (view.applications === undefined) throw new Error('no applications');
  const { applications: resolved } = view;
  return ownObjects({
    view,
    applications: resolved,
    serverUrl: 'https://github.com',
    outputs: {},
    overrides: new Map(),
  });
};
/** As the API server keeps what we applied. */
const live = (objects: readonly KubernetesObject[]): ReadonlyMap<string, KubernetesObject> =>
  new Map(
    objects.map(object => [
      object.metadata.name,
      {
        ...object,
        metadata: {
          ...object.metadata,
          managedFields: [
            { manager: fieldManager, operation: 'Apply' as const, apiVersion: object.apiVersion, fieldsV1: {} },
          ],
        },
      },
    ]),
  );
const two = own('{ repository: a/b, apps: [{ name: web }, { name: worker }] }');
const of = (kind: string) => live(two.argo.filter(object => object.kind === kind));
const everything = {
  own: two,
  owner: 'contoso',
  live: { isKnown: true, applications: of('Application'), projects: of('AppProject') },
  namespaces: live(two.namespaces),
  record: { ...noRecord, clusterFingerprint: fingerprintOf(two.cluster) },
  allow: [],
};
const told = (input: Parameters<typeof planOwn>[0]) =>
  planOwn(input).changes.map(({ kind, title }) => `${kind} ${title}`);

test('everything is new in a cluster that has nothing', () => {
  const nothing = { isKnown: true, applications: new Map(), projects: new Map() };
  expect(told({ ...everything, live: nothing, namespaces: new Map(), record: noRecord })).toEqual([
    'create Namespace web',
    'create Namespace worker',
    'create AppProject argocd/contoso',
    'create Application argocd/web',
    'create Application argocd/worker',
    'create Secret argocd/aks-platform-cluster',
  ]);
});

test('nothing changes where it stands as it should', () => {
  expect(told(everything)).toEqual([]);
});

test('other outputs of Terraform are another Secret', () => {
  expect(told({ ...everything, record: { ...noRecord, clusterFingerprint: 'other' } })).toEqual([
    'update Secret argocd/aks-platform-cluster',
  ]);
});

test('an application that is gone from the file is taken away only where that is allowed', () => {
  const one = own('{ repository: a/b, apps: [{ name: web }] }');
  const input = { ...everything, own: one, record: { ...noRecord, clusterFingerprint: fingerprintOf(one.cluster) } };
  const plan = planOwn(input);
  expect(plan.changes.filter(({ kind }) => kind === 'delete')).toEqual([
    expect.objectContaining({ title: 'Application argocd/worker', allowKey: 'application/worker', risk: 'critical' }),
  ]);
  expect(plan.checks.map(({ id, status }) => [id, status])).toEqual([['application/worker/removal', 'blocked']]);
  expect(planOwn({ ...input, allow: ['application/worker'] }).checks).toEqual([]);
});

test("another platform's applications are none of ours", () => {
  const foreign = live(two.argo).get('worker') as KubernetesObject;
  const labels = { ...foreign.metadata.labels, 'aks-platform.io/platform': 'fabrikam' };
  const applications = new Map([
    ...of('Application'),
    ['theirs', { ...foreign, metadata: { ...foreign.metadata, name: 'theirs', labels } }],
  ]);
  expect(planOwn({ ...everything, live: { ...everything.live, applications } }).gone).toEqual([]);
});
