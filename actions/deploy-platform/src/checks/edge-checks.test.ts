import { describe, expect, test } from '@jest/globals';
import { deployment, inputOf, object, releaseOf, resolve } from './checks.fixture.ts';
import { checkInterfaces } from './interfaces.ts';
import { checkQuotas } from './quotas.ts';

const shop = { namespace: 'shop' };
const web = (replicas: number, cpu: string, memory: string) =>
  deployment({ resources: { requests: { cpu, memory } } }, {}, { replicas }, shop);
const quota = (hard: Readonly<Record<string, string>>, namespace = 'shop') =>
  object('v1', 'ResourceQuota', { spec: { hard } }, { name: 'platform', namespace });
const service = (type: string, namespace = 'shop') =>
  object('v1', 'Service', { spec: { type } }, { name: 'web', namespace });

describe('quotas', () => {
  test.each<[string, Parameters<typeof inputOf>[0], readonly string[]]>([
    ['with room', [web(2, '500m', '1Gi'), quota({ pods: '2', 'requests.cpu': '1', 'requests.memory': '2Gi' })], []],
    ['of another namespace', [web(9, '4', '9Gi'), quota({ pods: '1' }, 'other')], []],
    [
      'that are too small',
      [
        web(3, '500m', '1Gi'),
        quota({ pods: '2', 'requests.cpu': '1', 'requests.memory': '2Gi', 'requests.storage': '1Gi' }),
      ],
      [
        'The quota of `shop` is less than its releases need at least: `pods` of `2`, and they ask for 3; `requests.cpu` of `1`, and they ask for 1.5; `requests.memory` of `2Gi`, and they ask for 3072Mi.',
      ],
    ],
    [
      'that let in no load balancer',
      [service('LoadBalancer'), quota({ 'services.loadbalancers': '0' })],
      ['The quota of `shop` lets in no load balancer beside the gateway, and there is `Service shop/web`.'],
    ],
    ['that let one in', [service('LoadBalancer'), quota({ 'services.loadbalancers': '1' })], []],
    ['beside a service that is none', [service('ClusterIP'), quota({ 'services.loadbalancers': '0' })], []],
    ['beside one elsewhere', [service('LoadBalancer', 'other'), quota({ 'services.loadbalancers': '0' })], []],
  ])('%s', (_case, objects, expected) => {
    const found = checkQuotas(inputOf(objects));
    expect(found.map(({ message }) => message)).toEqual(expected);
    for (const check of found) expect(check).toMatchObject({ status: 'blocked', setting: 'releases.web' });
  });
});

describe('interfaces without a route', () => {
  const told = (releases: string, name = 'routes') =>
    checkInterfaces({
      ...inputOf([], {}, {}),
      view: resolve(`    releases: ${releases}\n`),
      releases: [{ release: releaseOf({ name, setting: `releases.${name}` }), objects: [] }],
    });

  test('Grafana, which asks nobody to sign in', () => {
    expect(told('{ routes: true }')).toEqual([
      expect.objectContaining({
        id: 'release/routes/not-routed-grafana',
        status: 'warning',
        setting: 'releases.routes',
        message: 'Grafana has no route, because it lets everybody look who reaches it.',
      }),
    ]);
  });

  test.each([
    ['somebody wants everybody to look', '{ routes: { grafana: true } }'],
    ['somebody wants no route', '{ routes: { grafana: false } }'],
    [
      'people sign in',
      '{ routes: true, kube-prometheus-stack: { values: { grafana: { admin: { existingSecret: a } } } } }',
    ],
    ['there is no Grafana', '{ routes: true, kube-prometheus-stack: false }'],
  ])('nothing is said where %s', (_case, releases) => {
    expect(told(releases)).toEqual([]);
  });

  test('nor without routes', () => {
    expect(told('{ gateway: true }', 'gateway')).toEqual([]);
  });
});
