import { describe, expect, test } from '@jest/globals';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Probe, Release } from '../release.ts';
import { type Example, inputOf, releaseOf, requestsOf, viewOf } from './examples.fixture.ts';
import { resolveReleases } from './index.ts';
import { at } from './values.ts';

const all: readonly (readonly [Example, string])[] = [
  ['minimal', 'dev'],
  ['minimal', 'prod'],
  ['guide', 'dev'],
  ['guide', 'prod'],
  ['private', 'dev'],
  ['private', 'prod'],
  ['existing', 'dev'],
  ['existing', 'prod'],
];

const names = ['prometheus-operator-crds', 'cert-manager', 'issuers', 'kube-prometheus-stack', 'argo-cd'];

describe.each(all)('%s, %s', (example, scope) => {
  const view = viewOf(example, scope);
  const releases = resolveReleases(inputOf(view));

  test('has all five, each after what it needs', () => {
    expect(releases.map(({ name }) => name)).toEqual(names);
    for (const [index, { needs }] of releases.entries()) {
      for (const needed of needs) expect(names.slice(0, index)).toContain(needed);
    }
  });

  test('knows every value once Terraform has been there, and asks for no credential', () => {
    for (const { values, unknownValues } of releases) {
      expect(unknownValues).toEqual([]);
      expect(JSON.stringify(values)).not.toMatch(/password|secret(?!Init)|undefined/i);
    }
  });

  test('has no budget that would keep a single replica on its node', () => {
    const single = releases.flatMap(({ name, values }) => budgets(values, name));
    if (!view.production) expect(single.filter(path => !path.includes('.redis-ha.'))).toEqual([]);
    expect(single).not.toContain('argo-cd.controller.pdb');
  });
});

/** Paths of budgets for disruptions. */
function budgets(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    /^(?:pdb|podDisruptionBudget)$/.test(key) ? [`${path}.${key}`] : budgets(inner, `${path}.${key}`),
  );
}

describe('what hangs on Terraform', () => {
  test.each([
    ['before the first apply', undefined],
    ['without the identity', { workload_identities: {} }],
    ['with something else in its place', { workload_identities: { 'cert-manager': { client_id: 7 } } }],
  ])('is left out and named %s', (_name, known) => {
    const releases = resolveReleases(inputOf(viewOf('guide', 'prod'), { outputs: known }));
    expect(releases.flatMap(({ name, unknownValues }) => unknownValues.map(path => [name, path]))).toEqual([
      ['cert-manager', 'serviceAccount.annotations.azure\\.workload\\.identity/client-id'],
      ['issuers', 'acme.clientId'],
    ]);
    const [, certManager, issuers] = releases;
    expect(certManager?.values['serviceAccount']).toEqual({
      name: 'cert-manager',
      labels: { 'azure.workload.identity/use': 'true' },
    });
    expect(issuers?.values['acme']).not.toHaveProperty('clientId');
  });

  test.each([
    ['cert-manager', 'serviceAccount: { annotations: { azure.workload.identity/client-id: mine } }', []],
    ['cert-manager', 'serviceAccount: null', []],
    ['issuers', 'acme: { clientId: mine }', []],
    ['issuers', 'acme: { email: a@contoso.com }', ['acme.clientId']],
  ])('is waited for unless somebody says it: %s, %s', (name, values, expected) => {
    const view = viewOf('guide', 'prod', `  releases: { ${name}: { values: { ${values} } } }`);
    expect(releaseOf(view, name, { outputs: undefined }).unknownValues).toEqual(expected);
  });

  test('is nothing without a domain', () => {
    const releases = resolveReleases(inputOf(viewOf('minimal', 'dev'), { outputs: undefined }));
    expect(releases.flatMap(({ unknownValues }) => unknownValues)).toEqual([]);
  });
});

describe('edges', () => {
  const needs = (view: EnvironmentScope) =>
    Object.fromEntries(resolveReleases(inputOf(view)).map(release => [release.name, release.needs]));

  test('all on', () => {
    expect(needs(viewOf('minimal', 'dev'))).toEqual({
      'prometheus-operator-crds': [],
      'cert-manager': ['prometheus-operator-crds'],
      issuers: ['cert-manager'],
      'kube-prometheus-stack': ['prometheus-operator-crds', 'cert-manager'],
      'argo-cd': ['prometheus-operator-crds'],
    });
  });

  test.each([
    [
      'without monitoring nothing waits for it, and nothing is monitored',
      '{ prometheus-operator-crds: false, kube-prometheus-stack: false }',
      { 'cert-manager': [], issuers: ['cert-manager'], 'argo-cd': [] },
    ],
    [
      'without cert-manager',
      '{ cert-manager: false }',
      {
        'prometheus-operator-crds': [],
        'kube-prometheus-stack': ['prometheus-operator-crds'],
        'argo-cd': ['prometheus-operator-crds'],
      },
    ],
  ])('%s', (_name, releases, expected) => {
    const view = viewOf('minimal', 'dev', `  releases: ${releases}`);
    expect(needs(view)).toEqual(expected);
    const text = JSON.stringify(resolveReleases(inputOf(view)).map(({ values }) => values));
    expect(/service[mM]onitor":\{"enabled":true/.test(text)).toBe('prometheus-operator-crds' in expected);
  });

  test('an own release comes after what it needs, also of its own kind', () => {
    const ready =
      '{ conditions: [{ api-version: db.example/v1, kind: Cluster, name: main }], http: [{ service: api, port: 80 }] }';
    const own = (name: string, more: string) => `    ${name}: { chart: ./charts/${name}, namespace: ours, ${more} }`;
    const view = viewOf(
      'minimal',
      'dev',
      [
        '  releases:',
        own('a', 'needs: [c, argo-cd]'),
        own('b', ''),
        own('c', `stateful: true, timeout: 5m, ready: ${ready}`),
      ].join('\n'),
    );
    const releases = resolveReleases(inputOf(view)).slice(names.length);
    expect(releases.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    expect(releases[0]).toEqual({
      name: 'c',
      namespace: 'ours',
      podSecurity: 'restricted',
      chart: { kind: 'folder', path: '/repository/charts/c' },
      needs: [],
      values: {},
      unknownValues: [],
      readiness: [
        { kind: 'crds' },
        { kind: 'rollouts' },
        {
          kind: 'condition',
          apiVersion: 'db.example/v1',
          objectKind: 'Cluster',
          namespace: 'ours',
          name: 'main',
          condition: 'Ready',
        },
        { kind: 'http', namespace: 'ours', service: 'api', port: '80', scheme: 'http', path: '/' },
      ],
      isStateful: true,
      apply: { forceConflicts: false, reason: expect.stringMatching(/\.$/) },
      timeoutSeconds: 300,
      setting: 'releases.c',
    });
  });
});

test('whoever joins a namespace of ours has its level', () => {
  const ours = resolveReleases(inputOf(viewOf('minimal', 'dev')));
  const joining = ours.map(({ namespace }, index) => `    own${index}: { chart: ./x, namespace: ${namespace} }`);
  const own = resolveReleases(inputOf(viewOf('minimal', 'dev', ['  releases:', ...joining].join('\n'))));
  const levels = (releases: readonly Release[]) =>
    releases.map(({ namespace, podSecurity }) => [namespace, podSecurity]);
  expect(levels(own.slice(ours.length))).toEqual(levels(ours));
});

describe('charts', () => {
  const digest = `sha256:${'b'.repeat(64)}`;

  test.each([
    ['prometheus-operator-crds', 'oci://ghcr.io/prometheus-community/charts/prometheus-operator-crds', '31.0.1'],
    ['cert-manager', 'oci://quay.io/jetstack/charts/cert-manager', 'v1.21.1'],
    ['kube-prometheus-stack', 'oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack', '88.5.3'],
    ['argo-cd', 'oci://ghcr.io/argoproj/argo-helm/argo-cd', '10.1.1'],
  ])('%s is pinned, and the platform file may say another version or digest', (name, url, version) => {
    expect(releaseOf(viewOf('minimal', 'dev'), name).chart).toMatchObject({ kind: 'oci', url, version });
    const other = `  releases: { ${name}: { version: 99.0.0, digest: "${digest}" } }`;
    expect(releaseOf(viewOf('minimal', 'dev', other), name).chart).toEqual({
      kind: 'oci',
      url,
      version: '99.0.0',
      digest,
    });
    const same = `  releases: { ${name}: { digest: "${digest}" } }`;
    expect(releaseOf(viewOf('minimal', 'dev', same), name).chart).toEqual({ kind: 'oci', url, version, digest });
  });

  test('issuers come with the action', () => {
    expect(releaseOf(viewOf('minimal', 'dev'), 'issuers').chart).toEqual({
      kind: 'folder',
      path: '/action/charts/issuers',
    });
  });
});

describe('values of a person', () => {
  const values = (said: string) =>
    releaseOf(viewOf('guide', 'prod', `  releases: { argo-cd: { values: ${said} } }`), 'argo-cd').values;

  test.each<[string, string, readonly string[], unknown]>([
    ['come into our blocks', '{ server: { extraArgs: [--x] } }', ['server', 'extraArgs'], ['--x']],
    ['leave the rest of them', '{ server: { extraArgs: [--x] } }', ['server', 'pdb', 'maxUnavailable'], 1],
    ['replace a number', '{ controller: { replicas: 2 } }', ['controller', 'replicas'], 2],
    ['replace a list', '{ global: { topologySpreadConstraints: [] } }', ['global', 'topologySpreadConstraints'], []],
    ['replace a block', '{ server: { pdb: true } }', ['server', 'pdb'], true],
    ['tell Helm to remove', '{ controller: { resources: null } }', ['controller', 'resources'], null],
  ])('%s', (_name, said, path, expected) => {
    expect(at(values(said), ...path)).toEqual(expected);
  });
});

describe('cert-manager', () => {
  const values = (example: Example, scope: string) => releaseOf(viewOf(example, scope), 'cert-manager').values;

  test('of the guide in production', () => {
    const part = (component: string, cpu: string, memory: string, limit: string) => ({
      replicaCount: 2,
      podDisruptionBudget: { enabled: true },
      topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: {
          matchLabels: { 'app.kubernetes.io/instance': 'cert-manager', 'app.kubernetes.io/component': component },
        },
      })),
      resources: { requests: { cpu, memory }, limits: { memory: limit } },
    });
    const declined = { 'admissions.enforcer/disabled': 'true' };
    expect(values('guide', 'prod')).toEqual({
      ...part('controller', '20m', '128Mi', '256Mi'),
      crds: { enabled: true, keep: true },
      global: { leaderElection: { namespace: 'cert-manager' } },
      podLabels: { 'azure.workload.identity/use': 'true' },
      serviceAccount: {
        name: 'cert-manager',
        labels: { 'azure.workload.identity/use': 'true' },
        annotations: { 'azure.workload.identity/client-id': 'c0ffee' },
      },
      webhook: {
        ...part('webhook', '20m', '64Mi', '128Mi'),
        mutatingWebhookConfigurationAnnotations: declined,
        validatingWebhookConfigurationAnnotations: declined,
      },
      cainjector: part('cainjector', '20m', '192Mi', '384Mi'),
      startupapicheck: { resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } } },
      prometheus: { enabled: true, servicemonitor: { enabled: true } },
    });
  });

  test.each<[Example, string, number, boolean]>([
    ['minimal', 'dev', 1, false],
    ['guide', 'dev', 1, true],
    ['guide', 'prod', 2, true],
    ['private', 'prod', 2, true],
  ])('%s, %s', (example, scope, replicas, hasIdentity) => {
    const found = values(example, scope);
    for (const part of [found, found['webhook'], found['cainjector']]) {
      expect(part).toMatchObject({ replicaCount: replicas });
    }
    expect('serviceAccount' in found).toBe(hasIdentity);
    expect('podLabels' in found).toBe(hasIdentity);
    // Its kinds come with a later release, and without them the controller crashes.
    expect(found).not.toHaveProperty('config');
  });

  test('is ready when its webhook lets an issuer through', () => {
    expect(releaseOf(viewOf('guide', 'prod'), 'cert-manager')).toMatchObject({
      namespace: 'cert-manager',
      podSecurity: 'restricted',
      isStateful: false,
      readiness: [
        { kind: 'crds' },
        { kind: 'rollouts' },
        { kind: 'dry-run', object: { kind: 'Issuer', metadata: { namespace: 'cert-manager' } } },
      ],
    });
  });
});

describe('issuers', () => {
  const ready = (readiness: readonly Probe[]) => readiness.map(probe => (probe.kind === 'condition' ? probe.name : ''));

  test.each<[Example, string, unknown, readonly string[]]>([
    ['minimal', 'dev', undefined, ['selfsigned']],
    [
      'guide',
      'dev',
      {
        email: 'platform@contoso.com',
        zone: {
          name: 'dev.platform.contoso.com',
          resourceGroup: 'rg-contoso-dev-westeurope',
          subscription: '33333333-3333-3333-3333-333333333333',
        },
        clientId: 'c0ffee',
      },
      ['selfsigned', 'letsencrypt-staging', 'letsencrypt-prod'],
    ],
    [
      'private',
      'prod',
      {
        zone: {
          name: 'prod.platform.contoso.com',
          resourceGroup: 'rg-contoso-prod-westeurope',
          subscription: '55555555-5555-5555-5555-555555555555',
        },
        clientId: 'c0ffee',
      },
      ['selfsigned', 'letsencrypt-staging', 'letsencrypt-prod'],
    ],
  ])('%s, %s', (example, scope, acme, expected) => {
    const { values, readiness } = releaseOf(viewOf(example, scope), 'issuers');
    expect(values).toEqual(acme === undefined ? {} : { acme });
    expect(ready(readiness)).toEqual(expected);
  });

  test('a zone that exists is where its id says', () => {
    const view: EnvironmentScope = {
      ...viewOf('guide', 'prod'),
      dns: {
        existing: true,
        name: 'platform.contoso.com',
        id: '/subscriptions/s1/resourceGroups/rg-hub/providers/Microsoft.Network/dnszones/platform.contoso.com',
      },
    };
    expect(at(releaseOf(view, 'issuers').values, 'acme', 'zone')).toEqual({
      name: 'platform.contoso.com',
      resourceGroup: 'rg-hub',
      subscription: 's1',
    });
  });

  test('without workload identity nobody may write to the zone', () => {
    const view = viewOf('guide', 'dev', '  releases: {}');
    const { values, readiness } = releaseOf({ ...view, workloads: {} }, 'issuers');
    expect(values).toEqual({});
    expect(ready(readiness)).toEqual(['selfsigned']);
  });
});

describe('prometheus-operator-crds', () => {
  test('outlive their release', () => {
    expect(releaseOf(viewOf('minimal', 'dev'), 'prometheus-operator-crds')).toMatchObject({
      values: { crds: { annotations: { 'helm.sh/resource-policy': 'keep' } } },
      isStateful: true,
      readiness: [{ kind: 'crds' }],
    });
  });
});

describe('kube-prometheus-stack', () => {
  const name = 'kube-prometheus-stack';

  test.each<[Example, string, number, string, string, boolean]>([
    ['minimal', 'dev', 1, 'managed-csi', 'aks-contoso-dev-westeurope', false],
    ['guide', 'dev', 1, 'managed-csi', 'aks-contoso-dev-westeurope', false],
    ['guide', 'prod', 2, 'managed-csi-premium', 'aks-contoso-prod-westeurope', true],
    ['private', 'prod', 2, 'managed-csi-premium', 'aks-contoso-prod-westeurope', true],
  ])(
    'servers of Prometheus and what they keep: %s, %s',
    (example, scope, replicas, storageClassName, cluster, production) => {
      const { values, podSecurity, isStateful } = releaseOf(viewOf(example, scope), name);
      const spec = { storageClassName, accessModes: ['ReadWriteOnce'] };
      expect({ podSecurity, isStateful }).toEqual({ podSecurity: 'privileged', isStateful: true });
      expect(at(values, 'prometheus', 'prometheusSpec')).toMatchObject({
        replicas,
        retention: '15d',
        retentionSize: '43520MiB',
        storageSpec: { volumeClaimTemplate: { spec: { ...spec, resources: { requests: { storage: '50Gi' } } } } },
        externalLabels: { cluster, environment: scope, region: 'westeurope' },
      });
      expect(at(values, 'alertmanager', 'alertmanagerSpec')).toMatchObject({ replicas });
      expect(at(values, 'alertmanager', 'alertmanagerSpec', 'storage') !== undefined).toBe(production);
      expect(at(values, 'prometheus', 'podDisruptionBudget') !== undefined).toBe(production);
    },
  );

  test('scrapes all monitors, and nothing that AKS hides', () => {
    const { values } = releaseOf(viewOf('guide', 'prod'), name);
    for (const kind of ['serviceMonitor', 'podMonitor', 'rule', 'probe', 'scrapeConfig']) {
      expect(at(values, 'prometheus', 'prometheusSpec', `${kind}SelectorNilUsesHelmValues`)).toBe(false);
    }
    for (const part of ['kubeControllerManager', 'kubeScheduler', 'kubeEtcd', 'kubeProxy', 'crds']) {
      expect(values[part]).toEqual({ enabled: false });
    }
  });

  test.each([
    ['cert-manager signs for the webhook', '{}', { certManager: { enabled: true } }],
    [
      'a job of the chart signs without it',
      '{ cert-manager: false }',
      { patch: { resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '64Mi' } } } },
    ],
  ])('%s', (_name, releases, expected) => {
    const { values } = releaseOf(viewOf('minimal', 'dev', `  releases: ${releases}`), name);
    const annotations = { 'admissions.enforcer/disabled': 'true' };
    expect(at(values, 'prometheusOperator', 'admissionWebhooks')).toEqual({
      ...expected,
      mutatingWebhookConfiguration: { annotations },
      validatingWebhookConfiguration: { annotations },
    });
  });

  test.each([
    ['10Gi', '8704MiB'],
    ['500Mi', '425MiB'],
    ['1Ti', '891289MiB'],
  ])('keeps less than its volume of %s holds', (storage, expected) => {
    const view = viewOf('minimal', 'dev', `  releases: { ${name}: { storage: ${storage}, retention: 30d } }`);
    expect(at(releaseOf(view, name).values, 'prometheus', 'prometheusSpec')).toMatchObject({
      retention: '30d',
      retentionSize: expected,
    });
  });

  test('without the driver for disks it has no volume and holds nothing', () => {
    const view = viewOf('minimal', 'dev', '  backup: false\n  cluster: { features: { csi: { disk: false } } }');
    const release = releaseOf(view, name);
    expect(release.isStateful).toBe(false);
    const spec = at(release.values, 'prometheus', 'prometheusSpec');
    expect(spec).not.toHaveProperty('storageSpec');
    expect(spec).not.toHaveProperty('retentionSize');
  });

  const anonymous = { auth: { disable_login_form: true }, 'auth.anonymous': { enabled: true, org_role: 'Viewer' } };
  test.each<[string, string, unknown, unknown]>([
    [
      'nobody is an administrator of Grafana, and no password is made up',
      '{}',
      { GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true' },
      anonymous,
    ],
    ['unless a Secret has one', '{ grafana: { admin: { existingSecret: grafana-admin } } }', undefined, undefined],
    [
      'unless people sign in',
      '{ grafana: { grafana.ini: { auth.azuread: { enabled: true } } } }',
      undefined,
      { 'auth.azuread': { enabled: true } },
    ],
    [
      'also where other settings are said',
      '{ grafana: { grafana.ini: { log: { level: debug } } } }',
      { GF_SECURITY_DISABLE_INITIAL_ADMIN_CREATION: 'true' },
      { ...anonymous, log: { level: 'debug' } },
    ],
  ])('%s', (_name, said, env, ini) => {
    const { values } = releaseOf(viewOf('guide', 'dev', `  releases: { ${name}: { values: ${said} } }`), name);
    expect(at(values, 'grafana', 'env')).toEqual(env);
    expect(at(values, 'grafana', 'grafana.ini')).toEqual(ini);
  });

  test.each([
    [
      '{}',
      [
        'kube-prometheus-stack-prometheus:9090/-/ready',
        'kube-prometheus-stack-alertmanager:9093/-/ready',
        'kube-prometheus-stack-grafana:80/api/health',
      ],
    ],
    [
      '{ grafana: false }',
      ['kube-prometheus-stack-prometheus:9090/-/ready', 'kube-prometheus-stack-alertmanager:9093/-/ready'],
    ],
    [
      '{ values: { prometheus: { enabled: false }, alertmanager: { enabled: false } } }',
      ['kube-prometheus-stack-grafana:80/api/health'],
    ],
    [
      '{ values: { fullnameOverride: kps, prometheus: { service: { port: 9091 } }, alertmanager: { service: { port: 9094 } }, grafana: { service: { port: 81 } } } }',
      ['kps-prometheus:9091/-/ready', 'kps-alertmanager:9094/-/ready', 'kube-prometheus-stack-grafana:81/api/health'],
    ],
  ])('is ready with %s', (said, expected) => {
    const { readiness } = releaseOf(viewOf('guide', 'dev', `  releases: { ${name}: ${said} }`), name);
    expect(readiness[0]).toEqual({ kind: 'rollouts' });
    expect(
      readiness.flatMap(probe => (probe.kind === 'http' ? [`${probe.service}:${probe.port}${probe.path}`] : [])),
    ).toEqual(expected);
  });
});

describe('argo-cd', () => {
  const values = (example: Example, scope: string, layer = '') =>
    releaseOf(viewOf(example, scope, layer), 'argo-cd').values;

  test.each<[Example, string, string, boolean, boolean]>([
    ['minimal', 'dev', 'argocd-server.argocd.svc', false, false],
    ['guide', 'dev', 'argocd.dev.platform.contoso.com', false, false],
    ['guide', 'prod', 'argocd.prod.platform.contoso.com', true, false],
    // One node in each of three zones.
    ['private', 'dev', 'argocd.dev.platform.contoso.com', false, true],
    ['private', 'prod', 'argocd.prod.platform.contoso.com', true, true],
  ])('its copies, where they are, and its Redis: %s, %s', (example, scope, domain, production, redis) => {
    const found = values(example, scope);
    const scaled = production
      ? {
          // By memory there would be the most of them all the time.
          autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5, targetMemoryUtilizationPercentage: null },
          pdb: { enabled: true, maxUnavailable: 1 },
        }
      : { replicas: 1 };
    const apart = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(topologyKey => ({ topologyKey }));
    expect(found).toMatchObject({
      fullnameOverride: 'argocd',
      global: { domain, networkPolicy: { create: true }, ...(production ? { topologySpreadConstraints: apart } : {}) },
      controller: { replicas: 1 },
      server: scaled,
      repoServer: scaled,
      applicationSet: { replicas: production ? 2 : 1 },
      dex: { enabled: false },
    });
    expect(found['controller']).not.toHaveProperty('pdb');
    expect('redis' in found).toBe(!redis);
    expect(at(found, 'redis-ha', 'enabled')).toBe(redis ? true : undefined);
  });

  test('groups that administer the cluster administer it', () => {
    expect(at(values('guide', 'prod'), 'configs', 'rbac')).toEqual({
      'policy.csv': 'g, 66666666-6666-6666-6666-666666666666, role:admin\n',
    });
    expect(at(values('minimal', 'prod'), 'configs', 'rbac')).toEqual({});
  });

  test('Dex runs where somebody gives it something to do', () => {
    const layer = '  releases: { argo-cd: { values: { configs: { cm: { dex.config: "connectors: []" } } } } }';
    expect(at(values('guide', 'dev', layer), 'dex')).toMatchObject({
      enabled: true,
      readinessProbe: { enabled: true },
    });
  });

  test.each([
    ['{}', { port: '443', scheme: 'https' }],
    ['{ values: { configs: { params: { server.insecure: true } } } }', { port: '80', scheme: 'http' }],
    ['{ values: { configs: { params: { server.insecure: "true" } } } }', { port: '80', scheme: 'http' }],
    [
      '{ values: { fullnameOverride: cd, server: { service: { servicePortHttps: 8443 } } } }',
      { service: 'cd-server', port: '8443', scheme: 'https' },
    ],
  ])('answers as its server is told to: %s', (said, expected) => {
    const { readiness } = releaseOf(viewOf('guide', 'dev', `  releases: { argo-cd: ${said} }`), 'argo-cd');
    expect(readiness.at(-1)).toEqual({
      kind: 'http',
      namespace: 'argocd',
      service: 'argocd-server',
      path: '/healthz',
      ...expected,
    });
  });
});

describe('the smallest pool holds everything', () => {
  /**
   * What pods can ask for on a node: AKS keeps 100m of two cores and 140m of four, and 20 MB for each of 110 pods and 50 MB more or
   * a quarter of the memory, whichever is less (AKS: resource reservations), and 100 Mi before it evicts. Its own agents on
   * each node (network, disks, logs, Defender) are given 600m and 1000 Mi here.
   */
  const node = (cores: number, kept: number, gibibytes: number) => ({
    cores: 1000 * cores - kept - 600,
    memory: 1024 * gibibytes - Math.min(2250, 256 * gibibytes) - 100 - 1000,
  });
  const small = node(2, 100, 8);
  const usual = node(4, 140, 16);

  test.each<[string, Example, string, ReturnType<typeof node>, { readonly cores: number; readonly memory: number }]>([
    ['one Standard_D2s_v3', 'minimal', 'dev', small, { cores: 500, memory: 2592 }],
    ['one Standard_D2s_v3', 'guide', 'dev', small, { cores: 500, memory: 2592 }],
    ['one Standard_D4ds_v5', 'guide', 'prod', usual, { cores: 1600, memory: 8528 }],
  ])('%s: %s, %s', (_name, example, scope, room, expected) => {
    const sum = resolveReleases(inputOf(viewOf(example, scope)))
      .map(requestsOf)
      .reduce((a, b) => ({ cores: a.cores + b.cores, memory: a.memory + b.memory }), { cores: 0, memory: 0 });
    expect(sum).toEqual(expected);
    expect(sum.cores).toBeLessThan(room.cores);
    expect(sum.memory).toBeLessThan(room.memory);
  });
});
