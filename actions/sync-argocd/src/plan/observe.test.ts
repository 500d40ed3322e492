import { expect, test } from '@jest/globals';
import { KubernetesFailure, type KubernetesObject, type ObjectRef } from '@suite/kubernetes';
import { type RenderedApplication, readApplication } from '../render/index.ts';
import { application } from '../render/testing/repository.ts';
import { nothingLive, observeApplications } from './observe.ts';

const object = (kind: string, name: string, apiVersion = 'v1'): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace: 'api' },
});
const rendered = (objects: readonly KubernetesObject[], spec = {}): RenderedApplication => ({
  application: readApplication(application('api', { path: 'x' }, spec)),
  origin: { is: 'given' },
  objects,
  hooks: [],
  warnings: [],
});

/** A cluster that holds these objects, and what was asked of it. */
function cluster(objects: readonly KubernetesObject[], forbidden: readonly string[] = []) {
  const asked: string[] = [];
  const check = (kind: string) => {
    if (forbidden.includes(kind)) throw new KubernetesFailure('forbidden', { message: `No ${kind} for you.` });
  };
  return {
    asked,
    get: async ({ kind, name }: ObjectRef) => {
      asked.push(`get ${kind} ${name}`);
      check(kind);
      return objects.find(one => one.kind === kind && one.metadata.name === name);
    },
    list: async ({ kind, namespace }: { readonly kind: string; readonly namespace?: string | undefined }) => {
      asked.push(`list ${kind} ${namespace}`);
      check(kind);
      return objects.filter(one => one.kind === kind);
    },
  };
}
const input = (objects: readonly KubernetesObject[], spec = {}) => ({
  base: undefined,
  head: { applications: [rendered(objects, spec)], problems: [] },
  isHere: ({ server }: { readonly server?: string }) => server === 'https://kubernetes.default.svc',
  argoNamespace: 'argocd',
});

test('objects are read that are rendered or held, many of one kind at once, and no Secret', async () => {
  const maps = ['a', 'b', 'c'].map(name => object('ConfigMap', name));
  const held = { group: 'apps', version: 'v1', kind: 'Deployment', name: 'old', namespace: 'api' };
  const own = {
    ...application('api', {}),
    status: {
      resources: [
        held,
        { ...held, name: 'hook', hook: true },
        { version: 'v1', kind: 'Secret', name: 's', namespace: 'api' },
      ],
    },
  };
  const there = cluster([own, ...maps, object('ConfigMap', 'other'), object('Deployment', 'old', 'apps/v1')]);
  const live = await observeApplications(input([...maps, object('Service', 'web'), object('Secret', 'key')]), there);
  expect(there.asked).toEqual([
    'list Application argocd',
    'list AppProject argocd',
    'list ConfigMap api',
    'get Service web',
    'get Deployment old',
  ]);
  expect([...live.objects.values()].map(({ metadata }) => metadata.name)).toEqual(['a', 'b', 'c', 'old']);
  expect([...live.applications.keys()]).toEqual(['api']);
});

test('of what goes elsewhere nothing is read', async () => {
  const there = cluster([]);
  await observeApplications(input([object('Service', 'web')], { destination: { name: 'other' } }), there);
  expect(there.asked).toEqual(['list Application argocd', 'list AppProject argocd']);
});

test('what may not be read is told; where Applications may not be, nothing is known', async () => {
  const live = await observeApplications(input([object('Service', 'web')]), cluster([], ['Service']));
  expect([...live.unreadable.values()]).toEqual(['No Service for you.']);
  expect(await observeApplications(input([]), cluster([], ['Application']))).toEqual(nothingLive);
});

test('another failure is nobody’s guess', async () => {
  const broken = {
    ...cluster([]),
    list: async () => Promise.reject(new KubernetesFailure('unreachable', { message: 'No way.' })),
  };
  await expect(observeApplications(input([]), broken)).rejects.toThrow('No way.');
});
