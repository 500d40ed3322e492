import { expect, test } from '@jest/globals';
import type { KubernetesObject, ObjectRef } from '@suite/kubernetes';
import { findOuter, removeOuter } from './outer.ts';

const argo = { apiVersion: 'argoproj.io/v1alpha1' };
const object = (apiVersion: string, kind: string, name: string, finalizers?: string[]): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'apps', ...(finalizers === undefined ? {} : { finalizers }) },
});

/** A cluster whose objects are gone some looks after they were removed; `Infinity` keeps them. */
function clusterOf(objects: readonly KubernetesObject[], looks: number) {
  const did: string[] = [];
  const left = new Map(objects.map(one => [one.metadata.name, looks]));
  const known = (ref: ObjectRef) => objects.find(one => one.kind === ref.kind && one.metadata.name === ref.name);
  return {
    did,
    list: async ({ kind }: { readonly kind: string }) => objects.filter(one => one.kind === kind),
    remove: async (ref: ObjectRef) => {
      did.push(`remove ${ref.kind} ${ref.name}`);
      return true;
    },
    get: async (ref: ObjectRef) => {
      const more = left.get(ref.name) ?? 0;
      left.set(ref.name, more - 1);
      if (more > 0) return known(ref);
      did.push(`gone ${ref.kind} ${ref.name}`);
      return undefined;
    },
  };
}

function clockOf() {
  let now = 0;
  return {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

const signal = new AbortController().signal;
const objects = [
  object('gateway.networking.k8s.io/v1', 'Gateway', 'edge'),
  object(argo.apiVersion, 'Application', 'shop'),
  object(argo.apiVersion, 'ApplicationSet', 'all'),
];

test('whoever makes others goes first, each gone before the next', async () => {
  const cluster = clusterOf(objects, 4);
  const lines: string[] = [];
  const { groups } = await findOuter(cluster as never, 'aks-dev');
  await removeOuter(groups, {
    cluster: cluster as never,
    clock: clockOf(),
    log: { info: line => void lines.push(line) },
    signal,
  });
  expect(cluster.did).toEqual([
    'remove ApplicationSet all',
    'gone ApplicationSet all',
    'remove Application shop',
    'gone Application shop',
    'remove Gateway edge',
    'gone Gateway edge',
  ]);
  expect(lines[0]).toMatch(/^Waiting until .*all is gone \(15 s\)$/);
});

test('what does not go is named with what holds it, and nothing more is taken away', async () => {
  const stuck = [
    object(argo.apiVersion, 'Application', 'shop', ['resources-finalizer.argocd.argoproj.io']),
    ...objects.slice(0, 1),
  ];
  const cluster = clusterOf(stuck, Number.POSITIVE_INFINITY);
  const { groups } = await findOuter(cluster as never, 'aks-dev');
  await expect(
    removeOuter(groups, { cluster: cluster as never, clock: clockOf(), log: { info: () => undefined }, signal }),
  ).rejects.toThrow(/shop is still there after 15 min, held by `resources-finalizer\.argocd\.argoproj\.io`/);
  expect(cluster.did).toEqual(['remove Application shop']);
});

test('cancelled: nothing is begun any more', async () => {
  const cluster = clusterOf(objects, 0);
  await expect(
    removeOuter((await findOuter(cluster as never, 'aks-dev')).groups, {
      cluster: cluster as never,
      clock: clockOf(),
      log: { info: () => undefined },
      signal: AbortSignal.abort(),
    }),
  ).rejects.toThrow(/goes on from there/);
  expect(cluster.did).toEqual([]);
});

const cascading = 'resources-finalizer.argocd.argoproj.io';
const application = (name: string, destination: object, finalizers: string[] = [cascading]): KubernetesObject => ({
  ...object(argo.apiVersion, 'Application', name, finalizers),
  spec: { destination },
});
const checksOf = async (...applications: readonly KubernetesObject[]) =>
  (await findOuter(clusterOf([...applications, ...objects], 0) as never, 'aks-dev')).checks;

test.each<[string, KubernetesObject]>([
  ['the server of this cluster', application('web', { server: 'https://kubernetes.default.svc' })],
  ['that server with a slash', application('web', { server: 'https://kubernetes.default.svc/' })],
  ['the name of this cluster', application('web', { name: 'in-cluster' })],
  ['the name that the environment has for it', application('web', { name: 'aks-dev' })],
  ['nowhere', application('web', { server: '' })],
  ['elsewhere, and leaves what it deployed', application('web', { server: 'https://other:443' }, [])],
  [
    'elsewhere, with finalizers that take nothing along',
    application('web', { server: 'https://other:443' }, ['post-delete-finalizer.argocd.argoproj.io']),
  ],
])('an application that deploys to %s may go', async (_, one) => {
  expect(await checksOf(one)).toEqual([]);
});

test.each<[string, KubernetesObject, string]>([
  ['the server of', application('web', { server: 'https://other:443' }), 'https://other:443'],
  ['the name of', application('web', { name: 'aks-prod' }), 'aks-prod'],
  [
    'in the background the server of',
    application('web', { server: 'https://other:443' }, [`${cascading}/background`]),
    'https://other:443',
  ],
])('one that would be taken away from %s another cluster is blocked, and the way out said', async (_, one, where) => {
  expect(await checksOf(one)).toEqual([
    expect.objectContaining({
      status: 'blocked',
      message: expect.stringMatching(new RegExp(`removed from there when it goes: .*web.* to ${where}\\.$`)),
      remedy: expect.stringMatching(/--cascade=false.*preserveResourcesOnDeletion: true.*Then plan again/),
    }),
  ]);
});

test('many of them: ten by name', async () => {
  const many = Array.from({ length: 12 }, (_, index) => application(`web-${index}`, { name: 'aks-prod' }));
  const [check] = await checksOf(...many);
  expect(check?.message).toMatch(/web-9 to aks-prod and 2 more\.$/);
});
