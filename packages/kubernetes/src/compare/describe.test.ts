import { expect, describe as group, test } from '@jest/globals';
import type { KubernetesObject } from '../objects.ts';
import { compareObject } from './compare-object.ts';
import { describe, guardRemoval } from './describe.ts';

const object = (apiVersion: string, kind: string, fields = {}, metadata = {}): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace: 'shop', ...metadata },
  ...fields,
});

const described = (rendered: KubernetesObject | undefined, live: KubernetesObject | undefined) =>
  describe(compareObject({ rendered, live, managers: ['helm'] }), 'shop-web');

test('an update, with what it restarts', () => {
  const workload = (image: string) =>
    object('apps/v1', 'Deployment', {
      spec: { replicas: 2, template: { spec: { containers: [{ name: 'web', image }] } } },
    });
  expect(described(workload('b'), workload('a'))).toEqual({
    address: 'shop-web/Deployment shop/web',
    type: 'apps/v1 Deployment',
    title: 'Deployment shop/web',
    kind: 'update',
    reasons: [],
    attributes: [
      {
        path: 'spec.template.spec.containers[web].image',
        before: { is: 'shown', text: 'a' },
        after: { is: 'shown', text: 'b' },
      },
    ],
    reach: 'stateless',
    risk: 'medium',
    effect: 'It restarts 2 pods.',
  });
});

test('a replacement says which field forces it', () => {
  const set = (serviceName: string) => object('apps/v1', 'StatefulSet', { spec: { serviceName } });
  const attribute = {
    path: 'spec.serviceName',
    before: { is: 'shown', text: 'a' },
    after: { is: 'shown', text: 'b' },
  };
  expect(described(set('b'), set('a'))).toMatchObject({
    kind: 'replace',
    reasons: [{ text: '', attribute }],
    risk: 'critical',
    allowKey: 'release/shop-web',
  });
});

test('nothing is no change', () => {
  expect(described(object('v1', 'ConfigMap'), object('v1', 'ConfigMap'))).toBeUndefined();
});

group('what is deleted', () => {
  test.each<[string, string, string, string, boolean]>([
    ['apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'critical', 'cluster', true],
    ['v1', 'PersistentVolumeClaim', 'critical', 'data', true],
    ['apps/v1', 'StatefulSet', 'critical', 'data', true],
    ['v1', 'Namespace', 'critical', 'cluster', true],
    ['monitoring.coreos.com/v1', 'Prometheus', 'critical', 'stateless', true],
    ['rbac.authorization.k8s.io/v1', 'Role', 'medium', 'identity', false],
    ['networking.k8s.io/v1', 'NetworkPolicy', 'medium', 'network', false],
    ['apps/v1', 'Deployment', 'low', 'stateless', false],
    ['constructor', '__proto__', 'low', 'stateless', false],
  ])('%s %s', (apiVersion, kind, risk, reach, guarded) => {
    const change = described(undefined, object(apiVersion, kind));
    expect(change).toMatchObject({ kind: 'delete', risk, reach });
    expect(change?.allowKey).toBe(guarded ? 'release/shop-web' : undefined);
    expect(change?.effect === undefined).toBe(!guarded);
  });

  test('stays where Helm leaves it', () => {
    const annotations = { 'helm.sh/resource-policy': 'keep' };
    const kept = object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {}, { annotations });
    expect(described(undefined, kept)).toMatchObject({ kind: 'forget', risk: 'low' });
  });
});

group('what goes with a release that holds data', () => {
  const deleted = (...kinds: readonly string[]) =>
    kinds.flatMap(kind => described(undefined, object(kind === 'StatefulSet' ? 'apps/v1' : 'v1', kind)) ?? []);

  test('is guarded by what is known to hold it', () => {
    const changes = deleted('StatefulSet', 'Service');
    expect(guardRemoval('shop-web', changes)).toEqual(changes);
    expect(changes.map(({ allowKey }) => allowKey)).toEqual(['release/shop-web', undefined]);
  });

  test('else all of it is guarded', () => {
    expect(guardRemoval('shop-web', deleted('Service', 'ConfigMap'))).toMatchObject([
      { risk: 'critical', allowKey: 'release/shop-web', effect: 'It belongs to shop-web, which holds data.' },
      { risk: 'critical', allowKey: 'release/shop-web', effect: 'It belongs to shop-web, which holds data.' },
    ]);
  });
});

test('a Secret is shown by its keys alone', () => {
  const secret = (data: Record<string, string>) => object('v1', 'Secret', { data });
  const change = described(secret({ a: 'bmV3', b: 'eA==' }), secret({ a: 'b2xk' }));
  expect(change?.attributes).toEqual([
    { path: 'data.a', before: { is: 'sensitive' }, after: { is: 'sensitive' } },
    { path: 'data.b', before: { is: 'absent' }, after: { is: 'sensitive' } },
  ]);
});
