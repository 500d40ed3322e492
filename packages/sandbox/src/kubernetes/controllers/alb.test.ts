import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeRequest } from '../../network/http.ts';
import { answerThroughGateway, isRouted } from '../entrance.ts';
import { at, type Fields, objects } from '../objects.ts';
import { nothingOutside } from '../outside.ts';
import { startTestCluster } from '../testing/cluster.ts';
import { definitionOf, gatewayKinds } from './alb-kinds.ts';

const albId = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ServiceNetworking/trafficControllers/agc';
let cluster: ReturnType<typeof startTestCluster>;
beforeEach(() => {
  cluster = startTestCluster({
    outside: {
      ...nothingOutside,
      frontend: (id, name) => (id === albId && name === 'web' ? 'f00.fz42.alb.azure.com' : undefined),
    },
  });
});
afterEach(() => cluster.close());

const put = (apiVersion: string, kind: string, name: string, namespace: string | undefined, more: Fields = {}) => {
  const { metadata, ...rest } = more;
  cluster.view.put({
    apiVersion,
    kind,
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...at(metadata) },
    ...rest,
  });
};
const get = (resource: string, name: string, namespace?: string) =>
  cluster.view.get({ resource, name, ...(namespace === undefined ? {} : { namespace }) });
const states = (conditions: unknown) =>
  Object.fromEntries(objects(conditions).map(({ type, status, reason }) => [type, `${status} ${reason}`]));
const statesOf = (resource: string, name: string, namespace?: string) =>
  states(at(get(resource, name, namespace), 'status')['conditions']);
const routeStates = (name: string, namespace = 'web') =>
  objects(at(get('httproutes', name, namespace), 'status')['parents']).map(({ conditions }) => states(conditions));

const pod = (name: string, image: string, args: readonly string[] = []) => ({
  selector: { matchLabels: { app: name } },
  template: {
    metadata: { labels: { app: name } },
    spec: {
      initContainers: [{ name: 'init', image: `${image}-crds`, args }],
      containers: [{ name, image }],
    },
  },
});
const image = 'mcr.microsoft.com/application-lb/images/alb-controller:1.12.1';
const controller = (args: readonly string[] = []) =>
  put('apps/v1', 'Deployment', 'alb-controller', 'azure-alb-system', { spec: pod('alb-controller', image, args) });
const kinds = () => {
  for (const kind of gatewayKinds) cluster.view.put(definitionOf(kind));
};
const gateway = (spec: Fields = {}, id = albId) =>
  put('gateway.networking.k8s.io/v1', 'Gateway', 'platform', 'gateway', {
    metadata: { annotations: { 'alb.networking.azure.io/alb-id': id } },
    spec: {
      gatewayClassName: 'azure-alb-external',
      addresses: [{ type: 'alb.networking.azure.io/alb-frontend', value: 'web' }],
      listeners: [
        { name: 'http', port: 80, protocol: 'HTTP' },
        {
          name: 'https',
          port: 443,
          protocol: 'HTTPS',
          hostname: '*.a.example',
          tls: { certificateRefs: [{ name: 'tls' }] },
          allowedRoutes: {
            namespaces: {
              from: 'Selector',
              selector: {
                matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['web'] }],
              },
            },
          },
        },
      ],
      ...spec,
    },
  });
const route = (name: string, namespace: string, more: { host?: string; section?: string; backend?: Fields } = {}) =>
  put('gateway.networking.k8s.io/v1', 'HTTPRoute', name, namespace, {
    spec: {
      parentRefs: [{ name: 'platform', namespace: 'gateway', sectionName: more.section ?? 'https' }],
      hostnames: [more.host ?? `${name}.a.example`],
      rules: [{ backendRefs: [{ name: 'shop', port: 80, ...more.backend }] }],
    },
  });
const web = () => {
  for (const name of ['web', 'other', 'gateway', 'azure-alb-system']) put('v1', 'Namespace', name, undefined);
  put('v1', 'Service', 'shop', 'web', {
    spec: { selector: { app: 'shop' }, ports: [{ name: 'http', port: 80, targetPort: 3000 }] },
  });
  put('apps/v1', 'Deployment', 'shop', 'web', {
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop' } },
        spec: { containers: [{ name: 'shop', image: 'docker.io/grafana/grafana:13.2.0' }] },
      },
    },
  });
};
const certificate = () => put('v1', 'Secret', 'tls', 'gateway', { type: 'kubernetes.io/tls' });

async function platform() {
  web();
  kinds();
  controller();
  await cluster.pass();
  certificate();
  gateway();
  await cluster.pass();
}

describe('the ALB controller', () => {
  test('brings its kinds and its class once it works, and no kinds of others', async () => {
    web();
    controller(['--install-gateway-api-crds=false']);
    await cluster.pass();
    expect(get('customresourcedefinitions', 'healthcheckpolicies.alb.networking.azure.io')).toBeDefined();
    expect(get('customresourcedefinitions', 'gateways.gateway.networking.k8s.io')).toBeUndefined();
    kinds();
    await cluster.pass();
    expect(statesOf('gatewayclasses', 'azure-alb-external')).toEqual({ Accepted: 'True Accepted' });
  });

  test('brings those of Gateway API where it is told to', async () => {
    web();
    controller(['--install-gateway-api-crds=true']);
    await cluster.pass();
    expect(statesOf('gatewayclasses', 'azure-alb-external')).toEqual({ Accepted: 'True Accepted' });
  });

  test('programs a gateway once its certificate is there', async () => {
    web();
    kinds();
    controller();
    await cluster.pass();
    gateway();
    await cluster.pass();
    expect(statesOf('gateways', 'platform', 'gateway')).toEqual({
      Accepted: 'True Accepted',
      Programmed: 'False ListenersNotValid',
    });
    certificate();
    await cluster.pass();
    expect(statesOf('gateways', 'platform', 'gateway')['Programmed']).toBe('True Programmed');
    expect(at(get('gateways', 'platform', 'gateway'), 'status')['addresses']).toEqual([
      { type: 'Hostname', value: 'f00.fz42.alb.azure.com' },
    ]);
  });

  test.each([
    ['a load balancer that Azure does not have', () => gateway({}, '/subscriptions/s/other')],
    [
      'a frontend that it does not have',
      () => gateway({ addresses: [{ type: 'alb.networking.azure.io/alb-frontend', value: 'none' }] }),
    ],
  ])('refuses %s', async (_case, make) => {
    web();
    kinds();
    controller();
    await cluster.pass();
    make();
    await cluster.pass();
    expect(statesOf('gateways', 'platform', 'gateway')).toEqual({
      Accepted: 'False Invalid',
      Programmed: 'False Invalid',
    });
  });

  test('leaves gateways of another class alone', async () => {
    await platform();
    put('gateway.networking.k8s.io/v1', 'Gateway', 'theirs', 'gateway', { spec: { gatewayClassName: 'istio' } });
    await cluster.pass();
    expect(statesOf('gateways', 'theirs', 'gateway')).toEqual({});
  });

  const fine = { Accepted: 'True Accepted', ResolvedRefs: 'True ResolvedRefs', Programmed: 'True Programmed' };
  test.each<[string, () => void, string, Fields]>([
    ['takes a route', () => route('shop', 'web'), 'web', fine],
    [
      'not from a namespace that is not named',
      () => route('shop', 'other', { backend: { namespace: 'web' } }),
      'other',
      { Accepted: 'False NotAllowedByListeners', ResolvedRefs: 'False RefNotPermitted', Programmed: 'False Invalid' },
    ],
    [
      'not under the name of somebody else',
      () => route('shop', 'web', { host: 'shop.b.example' }),
      'web',
      { ...fine, Accepted: 'False NoMatchingListenerHostname', Programmed: 'False Invalid' },
    ],
    [
      'not at a listener that is not there',
      () => route('shop', 'web', { section: 'grpc' }),
      'web',
      { ...fine, Accepted: 'False NoMatchingParent', Programmed: 'False Invalid' },
    ],
    [
      'not to a service that is not there',
      () => route('shop', 'web', { backend: { name: 'none' } }),
      'web',
      { ...fine, ResolvedRefs: 'False BackendNotFound', Programmed: 'False Invalid' },
    ],
    [
      'not to a port that is not there',
      () => route('shop', 'web', { backend: { port: 81 } }),
      'web',
      { ...fine, ResolvedRefs: 'False BackendNotFound', Programmed: 'False Invalid' },
    ],
  ])('%s', async (_case, make, namespace, expected) => {
    await platform();
    make();
    await cluster.pass();
    expect(routeStates('shop', namespace)).toEqual([expected]);
  });

  test('a grant lets a route reach another namespace', async () => {
    await platform();
    put('v1', 'Service', 'shop', 'other', { spec: { ports: [{ port: 80 }] } });
    route('shop', 'web', { backend: { namespace: 'other' } });
    put('gateway.networking.k8s.io/v1beta1', 'ReferenceGrant', 'web', 'other', {
      spec: {
        from: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', namespace: 'web' }],
        to: [{ group: '', kind: 'Service' }],
      },
    });
    await cluster.pass();
    expect(routeStates('shop')).toEqual([fine]);
  });

  test('a route is taken up again when its service comes', async () => {
    await platform();
    route('shop', 'web', { backend: { name: 'late' } });
    await cluster.pass();
    expect(routeStates('shop')[0]?.['ResolvedRefs']).toBe('False BackendNotFound');
    put('v1', 'Service', 'late', 'web', { spec: { ports: [{ port: 80 }] } });
    await cluster.pass();
    expect(routeStates('shop')).toEqual([fine]);
  });

  test('a host answers what the service behind its route answers', async () => {
    await platform();
    route('shop', 'web');
    await cluster.pass();
    const ask = (path: string) =>
      answerThroughGateway(cluster.cluster, makeRequest('GET', `https://shop.a.example${path}`)).status;
    expect(isRouted(cluster.cluster, 'shop.a.example')).toBe(true);
    expect(isRouted(cluster.cluster, 'other.a.example')).toBe(false);
    expect([ask('/api/health'), ask('/nothing')]).toEqual([200, 404]);
    cluster.view.delete({ resource: 'deployments.apps', namespace: 'web', name: 'shop' });
    await cluster.pass();
    expect(ask('/api/health')).toBe(503);
  });
});
