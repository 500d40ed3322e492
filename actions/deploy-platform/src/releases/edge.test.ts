import { describe, expect, test } from '@jest/globals';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Release } from '../release.ts';
import { type Example, inputOf, releaseOf, viewOf } from './examples.fixture.ts';
import { flowsOf } from './flows.ts';
import { hostsOf, interfacesOf, urlOf } from './hosts.ts';
import { resolveReleases } from './index.ts';
import { at } from './values.ts';

const view = (releases: string, scope = 'dev', example: Example = 'guide') =>
  viewOf(example, scope, `  releases: ${releases}`);
const names = (one: EnvironmentScope) => resolveReleases(inputOf(one)).map(({ name }) => name);
const ready = ({ readiness }: Release) =>
  readiness.map(probe =>
    probe.kind === 'condition'
      ? `${probe.objectKind} ${probe.name} ${probe.condition}`
      : probe.kind === 'route'
        ? `route ${probe.namespace}/${probe.name}`
        : probe.kind,
  );

describe('what routes bring along', () => {
  test('each after what it needs', () => {
    const all = resolveReleases(inputOf(view('{ routes: true }')));
    const needs = Object.fromEntries(all.map(release => [release.name, release.needs]));
    expect(needs).toMatchObject({
      'gateway-api-crds': [],
      'alb-controller': ['gateway-api-crds'],
      gateway: ['alb-controller', 'issuers'],
      routes: ['gateway', 'argo-cd'],
      'cert-manager': ['prometheus-operator-crds'],
    });
  });

  test.each([
    ['kinds that AKS brings', '{ gateway-api-crds: { owner: aks }, routes: true }'],
    [
      'kinds that the chart brings',
      '{ gateway-api-crds: false, routes: true, alb-controller: { values: { albController: { installGatewayApiCRDs: true } } } }',
    ],
  ])('%s are no release', (_case, releases) => {
    const one = view(releases);
    expect(names(one)).not.toContain('gateway-api-crds');
    expect(releaseOf(one, 'alb-controller').needs).toEqual([]);
  });

  test('nothing of it is there unless somebody asks', () => {
    const off = ['gateway-api-crds', 'alb-controller', 'gateway', 'routes', 'namespaces', 'network-policies'];
    expect(names(view('{}')).filter(name => off.includes(name))).toEqual([]);
  });
});

describe('alb-controller', () => {
  test.each([
    ['dev', 1, { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } }],
    ['prod', 2, { requests: { cpu: '100m', memory: '200Mi' }, limits: { memory: '400Mi' } }],
  ])('of %s', (scope, replicaCount, resource) => {
    const release = releaseOf(view('{ gateway: true }', scope), 'alb-controller');
    expect(release.values).toEqual({
      albController: {
        namespace: 'azure-alb-system',
        installGatewayApiCRDs: false,
        podIdentity: { clientID: 'a1b' },
        controller: { replicaCount, resource },
      },
    });
    expect(release.chart).toMatchObject({
      url: 'oci://mcr.microsoft.com/application-lb/charts/alb-controller',
      version: '1.12.1',
    });
    expect(ready(release)).toEqual(['rollouts', 'GatewayClass azure-alb-external Accepted']);
  });

  test('waits for its identity, and has its budget from the gateway where it has two replicas', () => {
    const before = releaseOf(view('{ gateway: true }'), 'alb-controller', { outputs: undefined });
    expect(before.unknownValues).toEqual(['albController.podIdentity.clientID']);
    expect(at(before.values, 'albController', 'podIdentity')).toEqual({});
    const budget = (scope: string) => at(releaseOf(view('{ gateway: true }', scope), 'gateway').values, 'controller');
    expect([budget('dev'), budget('prod')]).toEqual([{ budget: false }, { budget: true }]);
  });
});

describe('gateway', () => {
  test('on the load balancer that Terraform has made', () => {
    const release = releaseOf(view('{ routes: true }', 'prod'), 'gateway');
    expect(release.values).toEqual({
      name: 'platform',
      domain: 'prod.platform.contoso.com',
      alb: {
        id: '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ServiceNetworking/trafficControllers/agc',
        frontend: 'web',
      },
      issuer: 'letsencrypt-prod',
      dnsNames: ['*.prod.platform.contoso.com'],
      namespaces: ['argocd'],
      firewall: expect.stringMatching(/applicationGatewayWebApplicationFirewallPolicies\/waf$/),
      controller: { budget: true },
    });
    expect(release.unknownValues).toEqual([]);
    expect(ready(release)).toEqual([
      'Gateway platform Programmed',
      'Certificate platform-tls Ready',
      'route gateway/redirect-to-https',
    ]);
  });

  test.each([
    ['before the first apply', '', ['alb.id', 'firewall']],
    ['without a firewall', '  gateway: { waf: off }\n', ['alb.id']],
  ])('names what it waits for %s', (_case, more, expected) => {
    const one = viewOf('guide', 'dev', `${more}  releases: { gateway: true }`);
    expect(releaseOf(one, 'gateway', { outputs: undefined }).unknownValues).toEqual(expected);
  });

  test('takes routes from namespaces that somebody names', () => {
    const { values } = releaseOf(view('{ routes: { grafana: true }, gateway: { namespaces: [shop] } }'), 'gateway');
    expect(values['namespaces']).toEqual(['argocd', 'monitoring', 'shop']);
  });

  test.each([
    ['each name by itself', '{ routes: { grafana: true }, issuers: { challenge: http } }', ['argocd', 'grafana']],
    ['its own where there is no other', '{ gateway: true, issuers: { challenge: http } }', ['gateway']],
  ])('a challenge by the gateway shows %s', (_case, releases, hosts) => {
    const one = view(releases);
    expect(releaseOf(one, 'gateway').values['dnsNames']).toEqual(hosts.map(name => `${name}.dev.platform.contoso.com`));
    expect(releaseOf(one, 'issuers').values).toEqual({
      acme: { email: 'platform@contoso.com', gateway: { name: 'platform', namespace: 'gateway' } },
    });
    const certManager = releaseOf(one, 'cert-manager');
    expect(certManager.values['config']).toEqual({ gatewayAPI: { enabled: true } });
    expect(certManager.needs).toEqual(['prometheus-operator-crds', 'gateway-api-crds']);
  });

  test('who signs for itself signs for all names at once', () => {
    const one = view('{ gateway: { issuer: selfsigned }, issuers: { challenge: http } }');
    expect(releaseOf(one, 'gateway').values['dnsNames']).toEqual(['*.dev.platform.contoso.com']);
  });
});

describe('hosts', () => {
  test.each<[string, string, readonly string[]]>([
    ['none without routes', '{ gateway: true }', []],
    ['Argo CD', '{ routes: true }', ['argocd']],
    ['not Argo CD', '{ routes: { argo-cd: false } }', []],
    ['Grafana, where somebody wants everybody to look', '{ routes: { grafana: true } }', ['argocd', 'grafana']],
    [
      'Grafana, where people sign in',
      '{ routes: true, kube-prometheus-stack: { values: { grafana: { grafana.ini: { auth.azuread: { enabled: true } } } } } }',
      ['argocd', 'grafana'],
    ],
    ...(
      [
        ['everybody may look', '{ grafana.ini: { auth.anonymous: { enabled: true } } }'],
        [
          'everybody may look beside those who sign in',
          '{ grafana.ini: { auth.anonymous: { enabled: true }, auth.azuread: { enabled: true } } }',
        ],
        [
          'everybody may look by a variable',
          '{ admin: { existingSecret: a }, env: { GF_AUTH_ANONYMOUS_ENABLED: "true" } }',
        ],
        ['a sign-in is said, and not switched on', '{ grafana.ini: { auth.azuread: { name: Entra } } }'],
        ['a sign-in is off', '{ grafana.ini: { auth.azuread: { enabled: false } } }'],
        ['nobody says how', '{ grafana.ini: { auth: { disable_login_form: true } } }'],
        ['a header is believed', '{ grafana.ini: { auth.proxy: { enabled: true } } }'],
      ] as const
    ).map(([when, grafana]): [string, string, readonly string[]] => [
      `not Grafana, where ${when}`,
      `{ routes: true, kube-prometheus-stack: { values: { grafana: ${grafana} } } }`,
      ['argocd'],
    ]),
    [
      'not Grafana, where values open it beside our sign-in',
      '{ routes: true, kube-prometheus-stack: { login: { client-id: 99999999-9999-9999-9999-999999999999 }, values: { grafana: { grafana.ini: { auth.anonymous: { enabled: true } } } } } }',
      ['argocd'],
    ],
    [
      'Grafana, where an administrator has a password',
      '{ routes: true, kube-prometheus-stack: { values: { grafana: { admin: { existingSecret: a } } } } }',
      ['argocd', 'grafana'],
    ],
    ['Prometheus, where it is asked for', '{ routes: { prometheus: true } }', ['argocd', 'prometheus']],
    ['none of what is off', '{ argo-cd: false, kube-prometheus-stack: false, gateway: true, routes: true }', []],
  ])('%s', (_case, releases, expected) => {
    expect(hostsOf(view(releases)).map(({ name }) => name)).toEqual(expected);
  });

  test('are routed to the service that values of a person name', () => {
    const one = view(
      '{ routes: { prometheus: true }, argo-cd: { values: { fullnameOverride: cd, server: { service: { servicePortHttp: 8000 } } } }, kube-prometheus-stack: { values: { fullnameOverride: kps } } }',
    );
    expect(releaseOf(one, 'routes').values['hosts']).toEqual([
      {
        name: 'argocd',
        hostname: 'argocd.dev.platform.contoso.com',
        namespace: 'argocd',
        service: 'cd-server',
        port: 8000,
        health: '/healthz',
      },
      {
        name: 'prometheus',
        hostname: 'prometheus.dev.platform.contoso.com',
        namespace: 'monitoring',
        service: 'kps-prometheus',
        port: 9090,
        health: '/-/ready',
      },
    ]);
    expect(ready(releaseOf(one, 'routes'))).toEqual(['route argocd/argocd', 'route monitoring/prometheus']);
  });

  test('know where they are reached', () => {
    const one = view('{ routes: { grafana: true, prometheus: true } }');
    expect(urlOf(one, 'argocd')).toBe('https://argocd.dev.platform.contoso.com');
    expect(at(releaseOf(one, 'argo-cd').values, 'configs')).toMatchObject({
      cm: { url: 'https://argocd.dev.platform.contoso.com' },
      params: { 'server.insecure': true },
    });
    const stack = releaseOf(one, 'kube-prometheus-stack').values;
    expect(at(stack, 'grafana', 'grafana.ini', 'server')).toEqual({
      root_url: 'https://grafana.dev.platform.contoso.com',
    });
    expect(at(stack, 'prometheus', 'prometheusSpec', 'externalUrl')).toBe(
      'https://prometheus.dev.platform.contoso.com',
    );
    // Its readiness is asked where it speaks now.
    expect(releaseOf(one, 'argo-cd').readiness.at(-1)).toMatchObject({ port: '80', scheme: 'http' });
  });

  test('that nobody reaches are told nothing', () => {
    const one = view('{ gateway: true }');
    expect(at(releaseOf(one, 'argo-cd').values, 'configs')).not.toHaveProperty('cm');
    expect(at(releaseOf(one, 'kube-prometheus-stack').values, 'prometheus', 'prometheusSpec')).not.toHaveProperty(
      'externalUrl',
    );
  });
});

describe('ground', () => {
  test('quotas and limits for the namespace of every release', () => {
    const { values, namespace } = releaseOf(
      view(
        '{ namespaces: { quotas: { monitoring: { cores: 8, gpus: 0, claims: 5 } }, limits: { argocd: { memory-limit: 1Gi } } } }',
      ),
      'namespaces',
    );
    const usual = { quota: { 'services.loadbalancers': '0' }, requests: { cpu: '10m', memory: '64Mi' } };
    expect(namespace).toBe('aks-platform');
    expect(values).toEqual({
      namespaces: {
        argocd: { ...usual, limits: { memory: '1Gi' } },
        'cert-manager': usual,
        monitoring: {
          ...usual,
          quota: {
            'services.loadbalancers': '0',
            'requests.cpu': '8',
            'requests.nvidia.com/gpu': '0',
            persistentvolumeclaims: '5',
          },
        },
      },
    });
  });

  test('every namespace of the platform is closed, and own ones that are named', () => {
    const { values } = releaseOf(
      view(
        '{ routes: true, shop: { chart: ./x, namespace: shop }, other: { chart: ./x, namespace: other }, network-policies: { namespaces: [shop] } }',
      ),
      'network-policies',
    );
    expect(values['closed']).toEqual(['argocd', 'azure-alb-system', 'cert-manager', 'gateway', 'monitoring', 'shop']);
    expect(values['metrics']).toEqual({ namespace: 'monitoring', pods: { 'app.kubernetes.io/name': 'prometheus' } });
  });

  const flow = (one: EnvironmentScope, name: string) => flowsOf(one).find(found => found.name === name);

  test('webhooks are open, and interfaces to the gateway where they have a route', () => {
    const one = view('{ routes: true }');
    expect(flowsOf(one).filter(({ name }) => name === 'webhook')).toEqual([
      expect.objectContaining({ namespace: 'cert-manager', ports: [10250], from: [] }),
      expect.objectContaining({ namespace: 'monitoring', ports: [10250], from: [] }),
    ]);
    expect(flow(one, 'argocd-interface')).toEqual({
      name: 'argocd-interface',
      namespace: 'argocd',
      pods: { 'app.kubernetes.io/name': 'argocd-server' },
      ports: [8080],
      from: [{ cidr: '10.10.0.0/24' }, { namespace: 'kube-system' }],
    });
    // No route, so the API server alone asks whether it answers.
    expect(flow(one, 'grafana-interface')?.from).toEqual([{ namespace: 'kube-system' }]);
  });

  test('of a network that exists only ids are known', () => {
    const one = viewOf('existing', 'dev', '  releases: { routes: true, issuers: { challenge: http } }');
    expect(flow(one, 'argocd-interface')?.from).toEqual([]);
    expect(flow(one, 'challenge')).toMatchObject({ namespace: 'gateway', ports: [8089], from: [] });
  });

  test('an API server in the network asks from its subnet too', () => {
    const one = viewOf(
      'minimal',
      'dev',
      '  cluster: { vnet-integration: true }\n  releases: { network-policies: true }',
    );
    expect(flow(one, 'argocd-interface')?.from).toEqual([
      { namespace: 'kube-system' },
      { cidr: expect.stringMatching(/\/28$/) },
    ]);
  });

  test('nobody is shut out where the range of the API server is not known', () => {
    const one = viewOf('existing', 'dev', '  releases: { gpu: true, network-policies: true }');
    const integrated = { ...one, cluster: { ...one.cluster, vnetIntegration: true } };
    const asked = ['grafana-interface', 'prometheus-interface', 'alertmanager', 'dcgm-exporter'];
    expect(asked.map(name => flow(one, name)?.from)).toEqual(asked.map(() => [{ namespace: 'kube-system' }]));
    expect(asked.map(name => flow(integrated, name)?.from)).toEqual(asked.map(() => []));
  });

  test.each([
    ['true', { app: 'nvidia-dcgm-exporter' }],
    ['{ stack: device-plugin }', { 'app.kubernetes.io/name': 'dcgm-exporter' }],
  ])('the GPU smoke test reaches the exporter: gpu: %s', (said, pods) => {
    const one = view(`{ gpu: ${said}, network-policies: true }`);
    expect(flow(one, 'dcgm-exporter')).toEqual({
      name: 'dcgm-exporter',
      namespace: 'gpu-operator',
      pods,
      ports: [9400],
      from: [{ namespace: 'kube-system' }],
    });
    expect(flow(view('{ network-policies: true }'), 'dcgm-exporter')).toBeUndefined();
  });

  test.each<[Example, string, unknown]>([
    ['guide', 'dev', { reclaimPolicy: 'Delete', zoneRedundant: false }],
    ['guide', 'prod', { reclaimPolicy: 'Retain', zoneRedundant: true }],
  ])('classes of disks: %s, %s', (example, scope, expected) => {
    expect(releaseOf(view('{ storage-classes: true }', scope, example), 'storage-classes').values).toEqual(expected);
  });
});

test('every interface answers somebody who has not signed in, at a path of its own', () => {
  for (const { health, pods, release } of interfacesOf(view('{}'))) {
    expect(health).toMatch(/^\/./);
    expect(Object.keys(pods)).not.toEqual([]);
    expect(names(view('{}'))).toContain(release);
  }
});
