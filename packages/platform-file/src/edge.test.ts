import { describe, expect, test } from '@jest/globals';
import { parsePlatform, type Releases, resolveEnvironment } from './index.ts';
import { problemsOf } from './testing/index.ts';

interface Lines {
  /** What stands below `releases:` of dev. */
  readonly releases: string;
  readonly domain?: boolean;
  /** More of dev. */
  readonly dev?: string;
}

/** Line 9 holds what is said of dev beside its releases, line 10 its releases. */
function file({ releases, domain = true, dev = '# nothing more' }: Lines): string {
  return `version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
${domain ? 'domain: platform.contoso.com' : '# no domain'}
shared: { subscription: 22222222-2222-2222-2222-222222222222, location: westeurope }
environments:
  dev:
    subscription: 33333333-3333-3333-3333-333333333333
    ${dev}
    releases: ${releases}
    location: westeurope
  prod: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope, runner: inside }
`;
}

function releasesOf(releases: string, environment = 'dev'): Releases {
  const { source } = parsePlatform(file({ releases }), 'p.yaml');
  return resolveEnvironment(source, environment, 'westeurope').releases;
}

const edge = [
  'gatewayApi',
  'albController',
  'gateway',
  'routes',
  'namespaces',
  'networkPolicies',
  'storageClasses',
] as const;

describe('what is on of the edge', () => {
  test.each<[string, string, readonly (typeof edge)[number][]]>([
    ['nothing by default', '{}', []],
    ['routes bring what they need', '{ routes: true }', ['gatewayApi', 'albController', 'gateway', 'routes']],
    ['so does a gateway', '{ gateway: {} }', ['gatewayApi', 'albController', 'gateway']],
    ['a controller alone', '{ alb-controller: true }', ['gatewayApi', 'albController']],
    ['kinds alone', '{ gateway-api-crds: true }', ['gatewayApi']],
    [
      'the ground',
      '{ namespaces: true, network-policies: true, storage-classes: true }',
      ['namespaces', 'networkPolicies', 'storageClasses'],
    ],
  ])('%s', (_name, releases, expected) => {
    const found = releasesOf(releases);
    expect(edge.filter(name => found[name] !== undefined)).toEqual(expected);
  });

  test('with all defaults', () => {
    const all = '{ routes: true, namespaces: true, network-policies: true, storage-classes: true }';
    const found = releasesOf(all);
    const own = (name: string) => ({ values: {}, setting: `releases.${name}` });
    expect(Object.fromEntries(edge.map(name => [name, found[name]]))).toEqual({
      gatewayApi: { ...own('gateway-api-crds'), owner: 'platform' },
      albController: { ...own('alb-controller'), version: undefined, digest: undefined },
      gateway: { ...own('gateway'), issuer: 'letsencrypt-prod', namespaces: [] },
      routes: { ...own('routes'), argoCd: true, grafana: 'auto', prometheus: false, jaeger: false },
      namespaces: { ...own('namespaces'), usual: { cpu: '10m', memory: '64Mi' }, quotas: {}, limits: {} },
      networkPolicies: { ...own('network-policies'), namespaces: [] },
      storageClasses: { ...own('storage-classes'), retain: false },
    });
    expect(releasesOf('{}', 'prod').storageClasses).toBeUndefined();
  });

  test('quotas and limits say what they say, and the least that is asked for', () => {
    const { namespaces } = releasesOf(
      '{ namespaces: { quotas: { monitoring: { cores: 8, memory: 32Gi } }, limits: { argocd: { memory-limit: 1Gi } } } }',
    );
    expect(namespaces?.quotas).toEqual({ monitoring: { cores: 8, memory: '32Gi' } });
    expect(namespaces?.limits).toEqual({ argocd: { cpu: '10m', memory: '64Mi', memoryLimit: '1Gi' } });
  });
});

/** `LINE: MESSAGE` of each problem. */
function problems(lines: Lines): string[] {
  return problemsOf(() => parsePlatform(file(lines), 'p.yaml')).map(problem => {
    const [, line, message] = /^p\.yaml:(\d+):\d+: (.*)$/.exec(problem) ?? [];
    return `${line}: ${message}`;
  });
}

describe('contradictions are errors at their line', () => {
  test.each<[string, Lines, readonly string[]]>([
    [
      'no domain',
      { releases: '{ routes: true }', domain: false },
      [
        '10: A gateway has names and a certificate for them, and the platform has no domain. Set `domain` at the top of the file, or switch `gateway` off.',
      ],
    ],
    [
      'no Application Gateway for Containers',
      { releases: '{ gateway: true }', dev: 'gateway: false' },
      [
        '10: `gateway` needs Application Gateway for Containers, and there is none here. Remove `gateway: false` of the environment, or switch `releases.gateway` off.',
      ],
    ],
    [
      'routes without a gateway',
      { releases: '{ routes: true, gateway: false }' },
      ['10: `routes` needs `gateway`, which is off. Remove `gateway: false`, or set `routes: false`.'],
    ],
    [
      'a gateway without its controller',
      { releases: '{ gateway: true, alb-controller: false }' },
      ['10: `gateway` needs `alb-controller`, which is off. Remove `alb-controller: false`, or set `gateway: false`.'],
    ],
    [
      'a gateway without certificates',
      { releases: '{ gateway: true, cert-manager: false }' },
      [
        '10: `gateway` needs `cert-manager` for its certificate, which is off. Remove `cert-manager: false`, or switch `gateway` off.',
      ],
    ],
    [
      'a controller without workload identity',
      {
        releases: '{ alb-controller: true, issuers: false }',
        dev: 'cluster: { features: { workload-identity: false } }',
      },
      [
        '10: The ALB controller signs in to Azure with workload identity, and that is off. Remove `workload-identity: false`, or switch `alb-controller` off.',
      ],
    ],
    [
      'Gateway API owned twice, by the chart',
      { releases: '{ alb-controller: { values: { albController: { installGatewayApiCRDs: true } } } }' },
      [
        '10: The kinds of Gateway API would have two owners: `alb-controller` and `gateway-api-crds`. Remove it, or set `gateway-api-crds: false`.',
      ],
    ],
    [
      'Gateway API owned twice, by AKS',
      {
        releases:
          '{ gateway-api-crds: { owner: aks }, alb-controller: { values: { albController: { installGatewayApiCRDs: true } } } }',
      },
      [
        '10: The kinds of Gateway API would have two owners: `alb-controller` and AKS. Remove it, or set `gateway-api-crds: false`.',
      ],
    ],
    [
      'Gateway API owned by nobody',
      { releases: '{ alb-controller: true, gateway-api-crds: false }' },
      [
        '10: `alb-controller` needs the kinds of Gateway API, and nobody brings them. Remove `gateway-api-crds: false`, or set `gateway-api-crds: { owner: aks }` where the cluster has them.',
      ],
    ],
    [
      'a challenge that nobody answers',
      { releases: '{ issuers: { challenge: http } }' },
      [
        "10: Let's Encrypt would ask the gateway, and `gateway` is off. Set `releases.gateway: true`, or `challenge: dns`.",
      ],
    ],
    [
      'routes to what is off',
      {
        releases:
          '{ argo-cd: false, kube-prometheus-stack: false, routes: { argo-cd: true, grafana: true, prometheus: true } }',
      },
      [
        '10: There is a route to `argo-cd`, which is off. Remove it, or switch `argo-cd` on.',
        '10: There is a route to Grafana, which is off. Remove it, or switch Grafana on.',
        '10: There is a route to `kube-prometheus-stack`, which is off. Remove it, or switch `kube-prometheus-stack` on.',
      ],
    ],
    [
      'a quota for nobody',
      { releases: '{ namespaces: { quotas: { monitorin: { pods: 5 } } } }' },
      ['10: No release has the namespace `monitorin`. Did you mean `monitoring`?'],
    ],
    [
      'a policy for nobody',
      { releases: '{ network-policies: { namespaces: [shop] } }' },
      [expect.stringMatching(/^10: No release has the namespace `shop`\. There are monitoring, /) as unknown as string],
    ],
    [
      'classes without their driver',
      { releases: '{ storage-classes: true }', dev: 'cluster: { features: { csi: { disk: false } } }' },
      ['10: The classes are for disks, whose driver is off. Remove `csi: { disk: false }`, or `storage-classes`.'],
    ],
    [
      'a word that is none',
      { releases: '{ gateway: { issuer: letsencrypt } }' },
      [
        '10: `environments.dev.releases.gateway.issuer` is `letsencrypt`. Expected letsencrypt-prod, letsencrypt-staging or selfsigned.',
      ],
    ],
    [
      'a key that is none',
      { releases: '{ gateway: { isuer: selfsigned } }' },
      ['10: Unknown key `environments.dev.releases.gateway.isuer`. Did you mean `issuer`?'],
    ],
  ])('%s', (_name, lines, expected) => {
    expect(problems(lines)).toEqual(expected);
  });

  test.each<[string, Lines]>([
    ['kinds that AKS has', { releases: '{ gateway-api-crds: { owner: aks }, routes: true }' }],
    [
      'kinds that the chart brings',
      {
        releases:
          '{ gateway-api-crds: false, gateway: true, alb-controller: { values: { albController: { installGatewayApiCRDs: true } } } }',
      },
    ],
    ['a challenge by the gateway', { releases: '{ issuers: { challenge: http }, routes: true }' }],
    [
      'an own namespace',
      { releases: '{ shop: { chart: ./x, namespace: shop }, network-policies: { namespaces: [shop] } }' },
    ],
  ])('%s are fine', (_name, lines) => {
    expect(problems(lines)).toEqual([]);
  });
});
