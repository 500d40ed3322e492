import { describe, expect, test } from '@jest/globals';
import { asArray, asObject } from '@suite/foundation';
import { inputOf, releaseOf, requestsOf, viewOf } from './examples.fixture.ts';
import { resolveReleases } from './index.ts';
import { at } from './values.ts';

const all = '  releases: { loki: true, alloy: true, jaeger: true, alerts: true, dashboards: true }';
const outputs = {
  workload_identities: {
    'cert-manager': { client_id: 'c0ffee' },
    loki: { name: 'id-loki', client_id: '10c1', object_id: 'o' },
  },
};
const valuesOf = (scope: 'dev' | 'prod', name: string, layer = all) =>
  releaseOf(viewOf('guide', scope, layer), name, { outputs }).values;
const releasesOf = (layer: string) => resolveReleases(inputOf(viewOf('guide', 'dev', layer), { outputs }));

describe('edges', () => {
  test('each comes after what it needs', () => {
    const releases = releasesOf(all);
    expect(Object.fromEntries(releases.map(({ name, needs }) => [name, needs]))).toEqual({
      'prometheus-operator-crds': [],
      'cert-manager': ['prometheus-operator-crds'],
      issuers: ['cert-manager'],
      'argo-cd': ['prometheus-operator-crds'],
      loki: ['prometheus-operator-crds'],
      jaeger: ['prometheus-operator-crds'],
      alloy: ['prometheus-operator-crds', 'loki', 'jaeger'],
      alerts: ['prometheus-operator-crds'],
      'kube-prometheus-stack': ['prometheus-operator-crds', 'cert-manager', 'alerts'],
      dashboards: ['kube-prometheus-stack'],
    });
    const names = releases.map(({ name }) => name);
    for (const { name, needs } of releases) {
      for (const needed of needs) expect(names.indexOf(needed)).toBeLessThan(names.indexOf(name));
    }
  });

  test('a collector of traces alone waits for no logs', () => {
    const alloy = releasesOf('  releases: { jaeger: true, alloy: true }').find(({ name }) => name === 'alloy');
    expect(alloy?.needs).toEqual(['prometheus-operator-crds', 'jaeger']);
    const content = String(at(alloy?.values ?? {}, 'alloy', 'configMap', 'content'));
    expect(content).toContain('otelcol.receiver.otlp');
    expect(content).not.toContain('loki');
  });

  test('without the kinds of monitors nothing is monitored', () => {
    const layer =
      '  releases: { kube-prometheus-stack: false, prometheus-operator-crds: false, loki: true, jaeger: true, alloy: true }';
    const releases = releasesOf(layer);
    expect(releases.find(({ name }) => name === 'loki')?.needs).toEqual([]);
    expect(JSON.stringify(releases.map(({ values }) => values))).not.toContain('ServiceMonitor"');
    expect(JSON.stringify(releases.map(({ values }) => values))).not.toContain('"serviceMonitor":{"enabled":true');
  });

  test('all are in one namespace, whose level is that of node-exporter', () => {
    const ours = releasesOf(all).filter(({ namespace }) => namespace === 'monitoring');
    expect(ours.map(({ podSecurity }) => podSecurity)).toEqual(ours.map(() => 'privileged'));
    expect(ours).toHaveLength(7);
  });
});

test.each([
  ['loki', { kind: 'oci', url: 'oci://ghcr.io/grafana-community/helm-charts/loki', version: '18.11.0' }],
  ['alloy', { kind: 'http', repository: 'https://grafana.github.io/helm-charts', name: 'alloy', version: '1.11.1' }],
  [
    'jaeger',
    { kind: 'http', repository: 'https://jaegertracing.github.io/helm-charts', name: 'jaeger', version: '4.11.1' },
  ],
])('%s is pinned, and the platform file may say another version', (name, expected) => {
  expect(releaseOf(viewOf('guide', 'dev', all), name, { outputs }).chart).toEqual({ ...expected, digest: undefined });
  const digest = `sha256:${'b'.repeat(64)}`;
  const other = `  releases: { loki: true, alloy: true, jaeger: true, ${name}: { version: 99.0.0, digest: "${digest}" } }`;
  const layer = other.replace(`${name}: true, `, '');
  expect(releaseOf(viewOf('guide', 'dev', layer), name, { outputs }).chart).toEqual({
    ...expected,
    version: '99.0.0',
    digest,
  });
});

describe('loki', () => {
  test('of the guide in production: three servers that keep every line three times', () => {
    const values = valuesOf('prod', 'loki');
    expect(values).toMatchObject({
      deploymentMode: 'Monolithic',
      write: { replicas: 0 },
      read: { replicas: 0 },
      backend: { replicas: 0 },
      loki: {
        auth_enabled: false,
        commonConfig: { replication_factor: 3 },
        storage: {
          type: 'azure',
          bucketNames: { chunks: 'loki' },
          azure: { accountName: viewOf('guide', 'prod').storage?.name, useFederatedToken: true },
        },
        limits_config: { retention_period: '720h' },
        compactor: { retention_enabled: true, delete_request_store: 'azure' },
      },
      serviceAccount: {
        name: 'loki',
        labels: { 'azure.workload.identity/use': 'true' },
        annotations: { 'azure.workload.identity/client-id': '10c1' },
      },
      singleBinary: {
        replicas: 3,
        podLabels: { 'azure.workload.identity/use': 'true' },
        podDisruptionBudget: { maxUnavailable: 1 },
        persistence: { size: '10Gi', storageClass: 'managed-csi-premium' },
      },
      chunksCache: { allocatedMemory: 1024 },
      resultsCache: { allocatedMemory: 256 },
      gateway: { replicas: 2, podDisruptionBudget: { maxUnavailable: 1 }, affinity: null },
      monitoring: { serviceMonitor: { enabled: true } },
    });
    // Only pods that sign in ask for a token.
    expect(at(values, 'loki', 'podLabels')).toBeUndefined();
  });

  test('of dev: one server, no budget, no cache', () => {
    const values = valuesOf('dev', 'loki');
    expect(values).toMatchObject({
      loki: { commonConfig: { replication_factor: 1 } },
      singleBinary: { replicas: 1, persistence: { storageClass: 'managed-csi' } },
      chunksCache: { enabled: false },
      resultsCache: { enabled: false },
      gateway: { replicas: 1 },
    });
    expect(JSON.stringify(values)).not.toMatch(/podDisruptionBudget|topologySpread|memcached/);
  });

  test.each([
    ['all on', all, false],
    ['without a collector', '  releases: { loki: true }', true],
  ])('its canary pushes its lines only where nobody collects them: %s', (_name, layer, push) => {
    expect(at(valuesOf('dev', 'loki', layer), 'lokiCanary', 'push')).toBe(push);
  });

  test('what hangs on Terraform is left out and named before the first apply', () => {
    const { values, unknownValues } = releaseOf(viewOf('guide', 'prod', all), 'loki', { outputs: undefined });
    expect(unknownValues).toEqual(['serviceAccount.annotations.azure\\.workload\\.identity/client-id']);
    expect(at(values, 'serviceAccount')).not.toHaveProperty('annotations');
  });

  test('is ready when it answers, and holds data with a volume', () => {
    expect(releaseOf(viewOf('guide', 'prod', all), 'loki', { outputs })).toMatchObject({
      isStateful: true,
      readiness: [{ kind: 'rollouts' }, { kind: 'http', service: 'loki', port: 'http-metrics', path: '/ready' }],
    });
  });
});

describe('alloy', () => {
  const config = (scope: 'dev' | 'prod') => String(at(valuesOf(scope, 'alloy'), 'alloy', 'configMap', 'content'));

  test('reads what pods on its node write, and sends it to Loki', () => {
    const text = config('prod');
    expect(text).toContain('field = "spec.nodeName=" + sys.env("K8S_NODE_NAME")');
    expect(text).toContain('url = "http://loki-gateway.monitoring.svc/loki/api/v1/push"');
    expect(text).toContain('environment = "prod",');
    expect(text).toContain('endpoint = "jaeger.monitoring.svc:4317"');
    // The chart puts it through a template.
    expect(text).not.toContain('{{');
  });

  test('every component that it names is there', () => {
    const text = config('dev');
    const made = [...text.matchAll(/^([a-z_.]+) "([a-z]+)" \{$/gm)].map(([, kind, label]) => `${kind}.${label}`);
    const used = [...text.matchAll(/\b((?:discovery|local|loki|otelcol)\.[a-z_.]+)\b/g)]
      .map(([, name = '']) => name)
      .filter(name => !made.some(one => one.startsWith(`${name}.`)));
    expect(made.length).toBeGreaterThan(8);
    for (const name of used) expect(made.filter(one => name.startsWith(`${one}.`) || name === one)).toHaveLength(1);
    const count = (sign: string) => text.split(sign).length;
    expect(count('{')).toBe(count('}'));
  });

  test('runs on every node, asks for little and may read pods alone', () => {
    expect(valuesOf('dev', 'alloy')).toMatchObject({
      crds: { create: false },
      controller: { tolerations: [{ operator: 'Exists' }] },
      alloy: {
        mounts: { varlog: true },
        extraPorts: [
          { name: 'otlp-grpc', port: 4317 },
          { name: 'otlp-http', port: 4318 },
        ],
      },
      rbac: { rules: [{ resources: ['pods'] }], clusterRules: [{ nonResourceURLs: ['/metrics'] }] },
    });
    expect(JSON.stringify(valuesOf('dev', 'alloy'))).not.toContain('secrets');
  });
});

describe('jaeger', () => {
  const disk = '  releases: { jaeger: { storage: disk, size: 20Gi, retention: 72h } }';

  test('in memory', () => {
    const values = valuesOf('dev', 'jaeger');
    expect(at(values, 'userconfig', 'extensions', 'jaeger_storage')).toEqual({
      backends: { traces: { memory: { max_traces: 50_000 } } },
    });
    expect(asArray(values['extraObjects']).map(object => asObject(object)['kind'])).toEqual(['ServiceMonitor']);
    expect(releaseOf(viewOf('guide', 'dev', all), 'jaeger', { outputs }).isStateful).toBe(false);
  });

  test('on disk', () => {
    const values = valuesOf('prod', 'jaeger', disk);
    expect(at(values, 'userconfig', 'extensions', 'jaeger_storage', 'backends', 'traces', 'badger')).toEqual({
      directories: { keys: '/badger/keys', values: '/badger/values' },
      ephemeral: false,
      ttl: { spans: '72h' },
    });
    const [claim] = asArray(values['extraObjects']).map(asObject);
    expect(claim).toMatchObject({
      kind: 'PersistentVolumeClaim',
      spec: { storageClassName: 'managed-csi-premium', resources: { requests: { storage: '20Gi' } } },
    });
    expect(at(values, 'jaeger', 'extraVolumes')).toEqual([
      { name: 'traces', persistentVolumeClaim: { claimName: asObject(claim?.['metadata'])['name'] } },
    ]);
    expect(releaseOf(viewOf('guide', 'prod', disk), 'jaeger', { outputs }).isStateful).toBe(true);
  });

  test('another configuration starts it anew', () => {
    const labels = [
      all,
      disk,
      '  releases: { jaeger: { values: { userconfig: { processors: { batch: null } } } } }',
    ].map(layer => at(valuesOf('prod', 'jaeger', layer), 'jaeger', 'podLabels', 'checksum/config'));
    expect(labels).toEqual(labels.map(() => expect.stringMatching(/^[0-9a-f]{16}$/)));
    expect(new Set(labels).size).toBe(3);
  });

  test('what its pipeline names is configured', () => {
    const config = asObject(valuesOf('dev', 'jaeger')['userconfig']);
    const service = asObject(config['service']);
    const { receivers, processors, exporters } = asObject(asObject(service['pipelines'])['traces']);
    const named: Readonly<Record<string, unknown>> = {
      receivers,
      processors,
      exporters,
      extensions: service['extensions'],
    };
    for (const [part, names] of Object.entries(named)) {
      expect(Object.keys(asObject(config[part])).sort()).toEqual([...asArray(names)].sort());
    }
  });
});

describe('kube-prometheus-stack beside them', () => {
  test('Grafana has their data sources, and Alertmanager their configuration', () => {
    const values = valuesOf('prod', 'kube-prometheus-stack');
    expect(at(values, 'grafana', 'additionalDataSources')).toEqual([
      { name: 'Loki', uid: 'loki', type: 'loki', access: 'proxy', url: 'http://loki-gateway.monitoring.svc' },
      expect.objectContaining({ uid: 'jaeger', type: 'jaeger', url: 'http://jaeger.monitoring.svc:16686' }),
    ]);
    expect(at(values, 'alertmanager', 'alertmanagerSpec', 'alertmanagerConfiguration')).toEqual({ name: 'platform' });
  });

  test('Grafana reads data sources before it starts, once, and starts anew for other ones', () => {
    const grafana = (layer: string, ...path: readonly string[]) =>
      at(valuesOf('prod', 'kube-prometheus-stack', layer), 'grafana', ...path);
    // By the chart's own method the container before the start would never end.
    expect(grafana(all, 'sidecar', 'datasources')).toEqual({
      initDatasources: true,
      watchMethod: 'LIST',
      skipReload: true,
    });
    const own =
      '  releases: { kube-prometheus-stack: { values: { grafana: { additionalDataSources: [{ name: mine }] } } } }';
    const checksums = [all, '  releases: { loki: true }', own].map(layer =>
      grafana(layer, 'podAnnotations', 'checksum/data-sources'),
    );
    expect(checksums).toEqual(checksums.map(() => expect.stringMatching(/^[0-9a-f]{16}$/)));
    expect(new Set(checksums).size).toBe(3);
    expect(grafana('', 'podAnnotations')).toBeUndefined();
  });

  test('alone it has neither', () => {
    const values = valuesOf('prod', 'kube-prometheus-stack', '');
    expect(at(values, 'grafana')).not.toHaveProperty('additionalDataSources');
    expect(at(values, 'alertmanager', 'alertmanagerSpec')).not.toHaveProperty('alertmanagerConfiguration');
  });
});

describe('alerts and dashboards', () => {
  test('leave out what is about what is not there', () => {
    const layer =
      '  cluster: { pools: { gpu: false } }\n  releases: { argo-cd: false, alerts: true, dashboards: true }';
    const small = (name: string) => releaseOf(viewOf('minimal', 'dev', layer), name).values;
    expect(small('alerts')['rules']).toEqual({
      gpu: false,
      'argo-cd': false,
      certificates: true,
      loki: false,
    });
    expect(small('dashboards')['dashboards']).toEqual({ gpu: false, 'argo-cd': false, logs: false });
    expect(valuesOf('dev', 'alerts')['rules']).toEqual({ gpu: true, 'argo-cd': true, certificates: true, loki: true });
  });

  test('receivers name Secrets', () => {
    const layer = `  releases: { alerts: { receivers: [
      { name: hook, type: webhook, secret: s, severity: critical }, { name: team, type: teams, secret: s },
      { name: duty, type: pagerduty, secret: s, resolved: false },
      { name: mail, type: email, to: [a@contoso.com, b@contoso.com], from: c@contoso.com, smarthost: "m:25", username: u, secret: s }] } }`;
    expect(valuesOf('dev', 'alerts', layer)['receivers']).toEqual([
      {
        name: 'hook',
        severities: 'critical',
        config: { webhookConfigs: [{ sendResolved: true, urlSecret: { name: 's', key: 'url' } }] },
      },
      {
        name: 'team',
        severities: 'critical|warning',
        config: { msteamsv2Configs: [{ sendResolved: true, webhookURL: { name: 's', key: 'url' } }] },
      },
      {
        name: 'duty',
        severities: 'critical|warning',
        config: { pagerdutyConfigs: [{ sendResolved: false, routingKey: { name: 's', key: 'routing-key' } }] },
      },
      {
        name: 'mail',
        severities: 'critical|warning',
        config: {
          emailConfigs: ['a@contoso.com', 'b@contoso.com'].map(to => ({
            sendResolved: true,
            to,
            from: 'c@contoso.com',
            smarthost: 'm:25',
            authUsername: 'u',
            authPassword: { name: 's', key: 'password' },
          })),
        },
      },
    ]);
  });
});

test('in dev they ask for less than half of a node of the user pool', () => {
  const asked = releasesOf(all)
    .filter(({ name }) => ['loki', 'alloy', 'jaeger'].includes(name))
    .map(requestsOf);
  const sum = (of: 'cores' | 'memory') => asked.reduce((total, one) => total + one[of], 0);
  // Standard_D4ds_v5: 3,860 millicores and some 13 GiB for pods.
  expect(sum('cores')).toBeLessThan(1930);
  expect(sum('memory')).toBeLessThan(6500);
});
