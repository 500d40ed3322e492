import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { asArray, asObject, UserError } from '@suite/foundation';
import { type ChartSource, type Helm, helmFailureOf, type ManifestObject, parseManifests } from '@suite/helm';
import { json, type ServedChart, startWorld, type World } from '@suite/sandbox';
import { helmNeeds, helmOnPath, openHelm } from '../support/helm.ts';

/** The real Helm pulls the sandbox's charts over its network, and renders them. */
const withHelm = helmOnPath === undefined ? describe.skip : describe;

withHelm(`the sandbox's charts and ${helmNeeds}`, () => {
  let folder: string;
  let world: World;
  let helm: Helm;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'charts-'));
    world = await startWorld({ directory: join(folder, 'world') });
    helm = openHelm(join(folder, 'helm'), world.networkEnvironment());
  });
  afterAll(async () => {
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  const oci = ({ url, version, digest }: ServedChart): ChartSource => ({ kind: 'oci', url, version, digest });
  const http = ({ url, name, version, digest }: ServedChart): ChartSource => ({
    kind: 'http',
    repository: url,
    name,
    version,
    digest,
  });
  const zeros = `sha256:${'0'.repeat(64)}`;

  const failureOfPull = async (source: ChartSource) => {
    const error = await helm.pull(source).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(UserError);
    return { message: (error as UserError).message, kind: helmFailureOf(error)?.kind };
  };

  test.each(['alb-controller', 'argo-cd', 'cert-manager', 'kube-prometheus-stack', 'loki', 'prometheus-operator-crds'])(
    '%s is pulled by its digest, and only once',
    async name => {
      const served = world.charts.find(name);
      const chart = await helm.pull(oci(served));
      expect([chart.name, chart.version]).toEqual([name, served.version]);
      const { hostname } = new URL(served.url.replace('oci:', 'https:'));
      const asked = () => world.ledger.requests.filter(({ host }) => host === hostname).length;
      const before = asked();
      expect(await helm.pull(oci(served))).toEqual(chart);
      expect(asked()).toBe(before);
    },
  );

  test('a repository over HTTPS', async () => {
    const served = world.charts.publish(repacked('jupyterhub', '4.4.0'));
    const chart = await helm.pull(http(served));
    expect(chart).toMatchObject({ name: 'jupyterhub', version: '4.4.0' });
  });

  test('another digest: both are named, and nothing is used', async () => {
    const argo = world.charts.find('argo-cd');
    expect(await failureOfPull(oci({ ...argo, digest: zeros }))).toEqual({
      kind: 'digest',
      message: `Chart argo-cd 10.1.1: the chart has the digest ${argo.digest} instead of ${zeros} and was not used. Find out why it was replaced; if that is meant, change the digest.`,
    });
    const hub = world.charts.publish(repacked('jupyterhub', '4.4.0'));
    const { message, kind } = await failureOfPull(http({ ...hub, digest: zeros }));
    expect([kind, message.includes(hub.digest), message.includes(zeros)]).toEqual(['digest', true, true]);
  });

  test('a chart that was replaced under its version is noticed', async () => {
    const pinned = world.charts.publish(repacked('mlflow', '1.11.5'));
    const now = world.charts.publish(repacked('mlflow', '1.11.5', 'description: another one\n'));
    const { message } = await failureOfPull(http(pinned));
    expect(message).toContain(`the chart has the digest ${now.digest} instead of ${pinned.digest}`);
  });

  test('a chart whose tag has moved since is still the one that is pinned', async () => {
    const ours = world.charts.archive('loki');
    const pinned = world.charts.publish(repacked('loki', '99.0.0'));
    const now = world.charts.publish(repacked('loki', '99.0.0', 'description: another one\n'));
    expect(now.digest).not.toBe(pinned.digest);
    expect((await helm.pull({ kind: 'oci', url: pinned.url, version: pinned.version, digest: undefined })).digest).toBe(
      now.digest,
    );
    expect(await helm.pull(oci(pinned))).toMatchObject({ name: 'loki', version: '99.0.0', digest: pinned.digest });
    world.charts.publish(ours);
  });

  test('a digest of another chart is noticed', async () => {
    const argo = world.charts.find('argo-cd');
    const { message } = await failureOfPull(oci({ ...argo, version: '10.0.0' }));
    expect(message).toBe(
      `Chart argo-cd 10.0.0: the digest ${argo.digest} is that of argo-cd 10.1.1. Let name, version and digest be of one chart.`,
    );
  });

  test.each<readonly [why: string, source: ChartSource, kind: string]>([
    [
      'no such chart',
      { kind: 'oci', url: 'oci://ghcr.io/nobody/nothing', version: '1.0.0', digest: zeros },
      'chart-not-found',
    ],
    [
      'no such version',
      {
        kind: 'http',
        repository: 'https://hub.jupyter.org/helm-chart/',
        name: 'jupyterhub',
        version: '9.9.9',
        digest: zeros,
      },
      'chart-not-found',
    ],
    [
      'no such repository',
      {
        kind: 'http',
        repository: 'https://hub.jupyter.org/other/',
        name: 'jupyterhub',
        version: '4.4.0',
        digest: zeros,
      },
      'chart-not-found',
    ],
    [
      'a host that nobody plays',
      { kind: 'oci', url: 'oci://registry.example.com/x/y', version: '1.0.0', digest: zeros },
      'registry-unreachable',
    ],
  ])('%s', async (_, source, kind) => {
    expect((await failureOfPull(source)).kind).toBe(kind);
  });

  test('a registry that refuses', async () => {
    const refused = { errors: [{ code: 'DENIED', message: 'requested access to the resource is denied' }] };
    world.addRoute({ host: 'private.example.com', handler: () => json(403, refused) });
    const source = { kind: 'oci', url: 'oci://private.example.com/x/y', version: '1.0.0', digest: zeros } as const;
    const { message, kind } = await failureOfPull(source);
    expect(kind).toBe('registry-denied');
    expect(message).toContain('requested access to the resource is denied');
  });

  const render = async (name: string, values: Record<string, unknown>, apiVersions: readonly string[] = []) => {
    const served = world.charts.find(name);
    const chart = await helm.pull(served.url.startsWith('oci:') ? oci(served) : http(served));
    const options = { chart, release: name, namespace: 'platform', values, kubeVersion: '1.34.4', apiVersions };
    return parseManifests(await helm.template(options));
  };
  const find = (objects: readonly ManifestObject[], kind: string, name: string) => {
    const found = objects.find(one => one.kind === kind && one.name === name);
    if (found === undefined) throw new Error(`There is no ${kind} ${name}.`);
    return asObject(found.object);
  };
  const names = (objects: readonly ManifestObject[], kind: string) =>
    objects.filter(one => one.kind === kind).map(({ name }) => name);

  test('prometheus-operator-crds: each kind can be left out', async () => {
    const { objects, duplicates } = await render('prometheus-operator-crds', {
      crds: { thanosrulers: { enabled: false } },
    });
    expect(names(objects, 'CustomResourceDefinition')).toHaveLength(9);
    expect(duplicates).toEqual([]);
  });

  test('cert-manager: what a platform sets arrives', async () => {
    const { objects, hooks } = await render('cert-manager', {
      crds: { enabled: true, keep: true },
      config: { enableGatewayAPI: true },
      podLabels: { 'azure.workload.identity/use': 'true' },
      serviceAccount: { annotations: { 'azure.workload.identity/client-id': 'id' } },
      replicaCount: 2,
      podDisruptionBudget: { enabled: true },
      webhook: {
        replicaCount: 3,
        validatingWebhookConfigurationAnnotations: { 'admissions.enforcer/disabled': 'true' },
      },
      global: { leaderElection: { namespace: 'platform' } },
      prometheus: { servicemonitor: { enabled: true } },
    });
    expect(objects.filter(({ keep }) => keep).map(({ name }) => name)).toContain('clusterissuers.cert-manager.io');
    expect(find(objects, 'Deployment', 'cert-manager')).toMatchObject({
      spec: { replicas: 2, template: { metadata: { labels: { 'azure.workload.identity/use': 'true' } } } },
    });
    expect(find(objects, 'Deployment', 'cert-manager-webhook')).toMatchObject({ spec: { replicas: 3 } });
    expect(find(objects, 'ValidatingWebhookConfiguration', 'cert-manager-webhook')).toMatchObject({
      metadata: { annotations: { 'admissions.enforcer/disabled': 'true' } },
      webhooks: [{ namespaceSelector: { matchExpressions: [{ operator: 'NotIn' }] } }],
    });
    expect(find(objects, 'Role', 'cert-manager:leaderelection')).toMatchObject({ metadata: { namespace: 'platform' } });
    expect(names(objects, 'PodDisruptionBudget')).toEqual(['cert-manager']);
    expect(names(objects, 'ServiceMonitor')).toEqual(['cert-manager']);
    expect(hooks.map(({ kind, events, weight }) => `${kind} ${events} ${weight}`)).toContain('Job post-install 1');
  });

  test('cert-manager rejects a key that it does not know, and the nearest one is named', async () => {
    const rendering = render('cert-manager', { webhook: { replicacount: 2 } });
    await expect(rendering).rejects.toThrow(
      'Chart cert-manager v1.21.1: cert-manager has no value `webhook.replicacount`. Did you mean `webhook.replicaCount`?',
    );
  });

  test('kube-prometheus-stack: what a platform sets arrives', async () => {
    const { objects } = await render('kube-prometheus-stack', {
      crds: { enabled: false },
      kubeControllerManager: { enabled: false },
      kubeScheduler: { enabled: false },
      kubeEtcd: { enabled: false },
      kubeProxy: { enabled: false },
      prometheus: {
        route: { main: { enabled: true, hostnames: ['p.example.com'], parentRefs: [{ name: 'gateway' }] } },
        prometheusSpec: {
          replicas: 2,
          retention: '30d',
          serviceMonitorSelectorNilUsesHelmValues: false,
          storageSpec: { volumeClaimTemplate: { spec: { storageClassName: 'managed-csi-premium' } } },
        },
      },
      prometheusOperator: { admissionWebhooks: { certManager: { enabled: true } } },
      grafana: {
        admin: { existingSecret: 'grafana-admin' },
        persistence: { enabled: true, storageClassName: 'managed-csi' },
        deploymentStrategy: { type: 'Recreate' },
        additionalDataSources: [{ name: 'Loki', type: 'loki', url: 'http://loki-gateway.monitoring.svc' }],
        'grafana.ini': { 'auth.azuread': { client_authentication: 'workload_identity' } },
        route: { main: { enabled: true, hostnames: ['g.example.com'], parentRefs: [{ name: 'gateway' }] } },
      },
    });
    expect(find(objects, 'Prometheus', 'kube-prometheus-stack-prometheus')).toMatchObject({
      spec: {
        replicas: 2,
        retention: '30d',
        serviceMonitorSelector: {},
        ruleSelector: { matchLabels: { release: 'kube-prometheus-stack' } },
        storage: { volumeClaimTemplate: { spec: { storageClassName: 'managed-csi-premium' } } },
      },
    });
    expect(names(objects, 'ServiceMonitor')).not.toContain('kube-prometheus-stack-kube-etcd');
    expect(names(objects, 'PrometheusRule')).not.toContain('kube-prometheus-stack-etcd');
    expect(names(objects, 'HTTPRoute')).toHaveLength(2);
    expect(names(objects, 'Certificate')).toHaveLength(2);
    expect(find(objects, 'PersistentVolumeClaim', 'kube-prometheus-stack-grafana')).toMatchObject({
      spec: { storageClassName: 'managed-csi' },
    });
    expect(names(objects, 'Secret')).not.toContain('kube-prometheus-stack-grafana');
    expect(
      String(asObject(find(objects, 'ConfigMap', 'kube-prometheus-stack-grafana')['data'])['grafana.ini']),
    ).toContain('client_authentication = workload_identity');
  });

  test('kube-prometheus-stack: without cert-manager, Jobs around the apply make its certificate', async () => {
    const { hooks } = await render('kube-prometheus-stack', { crds: { enabled: false } });
    expect(hooks.filter(({ kind }) => kind === 'Job').map(({ name, events }) => `${name} ${events}`)).toEqual([
      'kube-prometheus-stack-admission-create pre-install,pre-upgrade',
      'kube-prometheus-stack-admission-patch post-install,post-upgrade',
    ]);
    const patch = hooks.find(({ name }) => name === 'kube-prometheus-stack-admission-patch')?.object;
    expect(JSON.stringify(patch)).toContain('"--webhook-name=kube-prometheus-stack-admission"');
  });

  test('kube-prometheus-stack: what is to be over before Grafana starts goes on for ever, unless it only lists', async () => {
    const methods = async (datasources: Record<string, unknown>) => {
      const { objects } = await render('kube-prometheus-stack', { grafana: { sidecar: { datasources } } });
      const pod = asObject(asObject(find(objects, 'Deployment', 'kube-prometheus-stack-grafana')['spec'])['template']);
      const { initContainers, containers } = asObject(pod['spec']);
      return [initContainers, containers].map(list =>
        asArray(list).flatMap(container => {
          const { name, env } = asObject(container);
          const method = asArray(env).find(one => asObject(one)['name'] === 'METHOD');
          return method === undefined ? [] : [`${name} ${asObject(method)['value']}`];
        }),
      );
    };
    const dashboards = 'grafana-sc-dashboard WATCH';
    expect(await methods({})).toEqual([[], [dashboards, 'grafana-sc-datasources WATCH']]);
    expect(await methods({ initDatasources: true })).toEqual([['grafana-init-sc-datasources WATCH'], [dashboards]]);
    expect(await methods({ initDatasources: true, watchMethod: 'LIST' })).toEqual([
      ['grafana-init-sc-datasources LIST'],
      [dashboards],
    ]);
  });

  test('argo-cd: Redis in several pods takes what is said of each of its containers', async () => {
    const sized = (memory: string) => ({ resources: { requests: { memory } } });
    const { objects } = await render('argo-cd', {
      global: { networkPolicy: { create: true } },
      applicationSet: { metrics: { enabled: true } },
      'redis-ha': {
        enabled: true,
        redis: sized('1Mi'),
        sentinel: sized('2Mi'),
        splitBrainDetection: sized('3Mi'),
        init: sized('4Mi'),
        haproxy: { ...sized('5Mi'), init: sized('6Mi'), podDisruptionBudget: { maxUnavailable: 1 } },
      },
    });
    const memoryOf = (kind: string, name: string) => {
      const { initContainers, containers } = asObject(
        asObject(asObject(asObject(find(objects, kind, name)['spec'])['template'])['spec']),
      );
      return [...asArray(initContainers), ...asArray(containers)].map(container => {
        const { name: title, resources } = asObject(container);
        return `${title} ${asObject(asObject(resources)['requests'])['memory']}`;
      });
    };
    expect(memoryOf('StatefulSet', 'argo-cd-redis-ha-server')).toEqual([
      'config-init 4Mi',
      'redis 1Mi',
      'sentinel 2Mi',
      'split-brain-fix 3Mi',
    ]);
    expect(memoryOf('Deployment', 'argo-cd-redis-ha-haproxy')).toEqual(['config-init 6Mi', 'haproxy 5Mi']);
    expect(names(objects, 'PodDisruptionBudget')).toContain('argo-cd-redis-ha-haproxy-pdb');
    expect(find(objects, 'NetworkPolicy', 'argo-cd-argocd-applicationset-controller')).toMatchObject({
      spec: { ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 'metrics' }] }] },
    });
  });

  test('argo-cd: what a platform sets arrives', async () => {
    const { objects, hooks, tests } = await render('argo-cd', {
      global: { domain: 'argocd.example.com', nodeSelector: { 'node-type': 'user' } },
      'redis-ha': {
        enabled: true,
        nodeSelector: { 'node-type': 'user' },
        haproxy: { nodeSelector: { 'node-type': 'user' } },
      },
      controller: { replicas: 1, pdb: { enabled: true } },
      server: {
        autoscaling: { enabled: true, minReplicas: 2 },
        pdb: { enabled: true },
        httproute: { enabled: true, parentRefs: [{ name: 'gateway' }], hostnames: ['argocd.example.com'] },
      },
      repoServer: { autoscaling: { enabled: true, minReplicas: 2 } },
      applicationSet: { replicas: 2 },
      configs: {
        cm: { 'admin.enabled': false, 'dex.config': 'connectors: []\n' },
        params: { 'server.insecure': true },
        rbac: { 'policy.csv': 'g, admins, role:admin\n', scopes: '[groups]' },
      },
    });
    const deployment = (name: string) => asObject(find(objects, 'Deployment', name)['spec']);
    expect(deployment('argo-cd-argocd-server')['replicas']).toBeUndefined();
    expect(deployment('argo-cd-argocd-applicationset-controller')['replicas']).toBe(2);
    expect(deployment('argo-cd-argocd-server')).toMatchObject({
      template: { spec: { nodeSelector: { 'node-type': 'user' } } },
    });
    expect(find(objects, 'StatefulSet', 'argo-cd-redis-ha-server')).toMatchObject({
      spec: { replicas: 3, template: { spec: { nodeSelector: { 'node-type': 'user' } } } },
    });
    expect(names(objects, 'HorizontalPodAutoscaler')).toHaveLength(2);
    expect(find(objects, 'ConfigMap', 'argocd-cm')).toMatchObject({
      data: { url: 'https://argocd.example.com', 'admin.enabled': 'false', 'dex.config': 'connectors: []\n' },
    });
    expect(find(objects, 'ConfigMap', 'argocd-rbac-cm')).toMatchObject({
      data: { 'policy.csv': 'g, admins, role:admin\n' },
    });
    expect(find(objects, 'HTTPRoute', 'argo-cd-argocd-server')).toMatchObject({
      spec: { rules: [{ backendRefs: [{ port: 80 }] }] },
    });
    expect(names(objects, 'NetworkPolicy')).toContain('argo-cd-argocd-repo-server');
    expect(hooks.map(({ kind }) => kind)).toContain('Job');
    expect(tests).toEqual([]);
  });

  test('argo-cd: a typo is taken without a word', async () => {
    const { objects } = await render('argo-cd', { serverr: { replicas: 7 } });
    expect(find(objects, 'Deployment', 'argo-cd-argocd-server')).toMatchObject({ spec: { replicas: 1 } });
  });

  test('argo-cd: monitors are left out in silence where the cluster does not know them', async () => {
    const values = { server: { metrics: { enabled: true, serviceMonitor: { enabled: true } } } };
    const without = await render('argo-cd', values);
    expect(names(without.objects, 'ServiceMonitor')).toEqual([]);
    const known = await render('argo-cd', values, ['monitoring.coreos.com/v1']);
    expect(names(known.objects, 'ServiceMonitor')).toEqual(['argo-cd-argocd-server']);
  });

  const logs = {
    deploymentMode: 'Monolithic',
    write: { replicas: 0 },
    read: { replicas: 0 },
    backend: { replicas: 0 },
    singleBinary: { replicas: 3, podDisruptionBudget: { maxUnavailable: 1 } },
    loki: {
      storage: { type: 'azure', bucketNames: { chunks: 'c' }, azure: { accountName: 'a', useFederatedToken: true } },
      schemaConfig: { configs: [{ from: '2024-04-01' }] },
    },
  };

  test('loki: what a platform sets arrives, and its caches ask for a fifth more than they hold', async () => {
    const { objects } = await render('loki', { ...logs, monitoring: { serviceMonitor: { enabled: true } } });
    expect(find(objects, 'StatefulSet', 'loki')).toMatchObject({ spec: { replicas: 3 } });
    expect(names(objects, 'PodDisruptionBudget')).toEqual(['loki-single-binary']);
    expect(String(asObject(find(objects, 'ConfigMap', 'loki')['data'])['config.yaml'])).toContain('container_name: c');
    // The real chart's default: more than most nodes have.
    expect(JSON.stringify(find(objects, 'StatefulSet', 'loki-chunks-cache'))).toContain('"memory":"9830Mi"');
    expect(names(objects, 'ServiceMonitor')).toEqual(['loki']);
  });

  test.each<readonly [why: string, values: Record<string, unknown>, message: RegExp]>([
    ['servers of two modes', { ...logs, write: { replicas: 1 } }, /more than zero replicas/],
    ['no schema', { ...logs, loki: { ...logs.loki, schemaConfig: {} } }, /must provide a schema_config/],
    ['no container', { ...logs, loki: { ...logs.loki, storage: { type: 'azure' } } }, /bucketNames\.chunks/],
    ['MinIO', { ...logs, minio: { enabled: true } }, /MinIO dependency is deprecated/],
  ])('loki breaks off as the real one does: %s', async (_, values, message) => {
    await expect(render('loki', values)).rejects.toThrow(message);
  });

  test('alloy: a configuration goes through a template, and an empty list of rules beside others is no YAML any more', async () => {
    const content = 'logging { }\n// {{ .Release.Name }}';
    const { objects } = await render('alloy', { crds: { create: false }, alloy: { configMap: { content } } });
    expect(asObject(find(objects, 'ConfigMap', 'alloy')['data'])).toEqual({ 'config.alloy': 'logging { }\n// alloy' });
    await expect(render('alloy', { rbac: { clusterRules: [] } })).rejects.toThrow(/YAML/);
  });

  test('jaeger: a configuration of its own, and objects beside it', async () => {
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'traces' } };
    const { objects } = await render('jaeger', { userconfig: { service: {} }, extraObjects: [claim] });
    expect(names(objects, 'PersistentVolumeClaim')).toEqual(['traces']);
    expect(names(objects, 'ConfigMap')).toEqual(['user-config']);
    expect(find(objects, 'Deployment', 'jaeger')).toMatchObject({ spec: { strategy: { type: 'Recreate' } } });
  });

  test.each(['loki', 'alloy', 'jaeger'])('%s: a typo is taken without a word', async name => {
    const { objects } = await render(name, { ...(name === 'loki' ? logs : {}), replicaz: 7 });
    expect(objects.length).toBeGreaterThan(2);
  });

  test('the newest version within a range that a repository has', async () => {
    const repository = http(world.charts.publish(repacked('mlflow', '2.0.0')));
    if (repository.kind !== 'http') throw new Error('mlflow is in a repository.');
    expect(await helm.newest(repository, '>=1.11.5')).toBe('2.0.0');
    expect(await helm.newest(repository, '^2.0.0')).toBe('2.0.0');
    await expect(helm.newest(repository, '^1.11.5')).rejects.toThrow(UserError);
    world.faults.add({ match: ({ path }) => path.endsWith('/index.yaml'), answer: { status: 503, body: 'away' } });
    await expect(helm.newest(repository, '>=1.11.5')).rejects.toThrow(UserError);
    world.faults.clear();
  });

  /** A chart with nothing but a name, in the form of one of ours. */
  function repacked(name: string, version: string, more = ''): Buffer {
    return world.charts.pack(name, { 'Chart.yaml': `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}` });
  }
});
