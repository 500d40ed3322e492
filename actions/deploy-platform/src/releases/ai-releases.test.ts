import { describe, expect, test } from '@jest/globals';
import { asArray } from '@suite/foundation';
import type { EnvironmentScope, GpuPool } from '@suite/platform-file';
import type { TerraformOutputs } from '../release.ts';
import { inputOf, releaseOf, requestsOf, viewOf } from './examples.fixture.ts';
import { interfacesOf } from './hosts.ts';
import { resolveReleases } from './index.ts';
import { at } from './values.ts';

const client = '99999999-9999-9999-9999-999999999999';
const admin = '66666666-6666-6666-6666-666666666666';
const login = `login: { client-id: ${client} }`;
const identity = (name: string) => ({
  name: `id-${name}`,
  client_id: `client of ${name}`,
  object_id: `object of ${name}`,
});
const outputs: TerraformOutputs = {
  workload_identities: Object.fromEntries(
    ['cert-manager', 'mlflow', 'secrets-ai-tools', 'secrets-argocd'].map(name => [name, identity(name)]),
  ),
  database: { fqdn: 'psql-contoso.postgres.database.azure.com', port: 6432 },
  storage: { name: 'stcontoso' },
};
const view = (scope: 'dev' | 'prod', releases: string) => viewOf('guide', scope, `  releases: { ${releases} }`);
const valuesOf = (one: EnvironmentScope, name: string) => releaseOf(one, name, { outputs }).values;
const needsOf = (one: EnvironmentScope) =>
  Object.fromEntries(resolveReleases(inputOf(one, { outputs })).map(({ name, needs }) => [name, needs]));

describe('edges', () => {
  test('notebooks come after MLflow, and both after their secrets', () => {
    const said = `jupyterhub: { login: { client-id: ${client}, vault-secret: a } }, mlflow: { ${login} }`;
    expect(needsOf(view('dev', said))).toMatchObject({
      secrets: [],
      'mlflow-support': [],
      mlflow: ['mlflow-support', 'prometheus-operator-crds', 'secrets'],
      jupyterhub: ['secrets', 'mlflow'],
      'argo-cd': ['prometheus-operator-crds'],
    });
  });

  test.each([
    ['monitoring', ['alloy', 'jaeger', 'kube-prometheus-stack', 'loki']],
    ['argocd', ['argo-cd']],
    ['ai-tools', ['jupyterhub', 'mlflow']],
  ])('whoever may read secrets of %s waits for them, and nobody else', (namespace, expected) => {
    const entries = `secrets: { entries: { a: { namespace: ${namespace}, keys: { b: c } } } }`;
    const others = `loki: true, jaeger: true, alloy: true, alerts: true, jupyterhub: { ${login} }, mlflow: true`;
    const waiting = Object.entries(needsOf(view('dev', `${entries}, ${others}`)));
    expect(waiting.flatMap(([name, needs]) => (needs.includes('secrets') ? [name] : [])).sort()).toEqual(expected);
  });

  test.each([
    ['gpu: true', ['gpu-operator']],
    ['gpu: { stack: device-plugin }', ['nvidia-device-plugin', 'dcgm-exporter']],
  ])('an own release that needs GPUs waits for what %s stands for', (said, expected) => {
    const own = 'own: { chart: ./own, namespace: own, needs: [gpu] }';
    expect(needsOf(view('dev', `${said}, ${own}`))['own']).toEqual(expected);
  });
});

describe('jupyterhub', () => {
  const hub = valuesOf(view('dev', `jupyterhub: { ${login} }, mlflow: true, gpu: true`), 'jupyterhub');

  test('people sign in with Entra, and the secret is named', () => {
    expect(at(hub, 'hub', 'config')).toEqual({
      JupyterHub: { authenticator_class: 'azuread' },
      AzureAdOAuthenticator: {
        tenant_id: '11111111-1111-1111-1111-111111111111',
        client_id: client,
        authorize_url: 'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/authorize',
        token_url: 'https://login.microsoftonline.com/11111111-1111-1111-1111-111111111111/oauth2/v2.0/token',
        scope: ['openid', 'profile', 'email'],
        oauth_callback_url: 'https://hub.dev.platform.contoso.com/hub/oauth_callback',
        username_claim: 'preferred_username',
        manage_groups: true,
        allowed_groups: [admin],
        admin_groups: [admin],
      },
    });
    expect(at(hub, 'hub', 'extraEnv', 'OAUTH_CLIENT_SECRET')).toEqual({
      valueFrom: { secretKeyRef: { name: 'jupyterhub-entra', key: 'client-secret' } },
    });
  });

  test('no public load balancer, no privileged container, nothing that pulls onto every node', () => {
    expect(at(hub, 'proxy', 'service')).toEqual({ type: 'ClusterIP' });
    expect(at(hub, 'singleuser', 'cloudMetadata')).toEqual({ blockWithIptables: false });
    expect(hub['prePuller']).toEqual({ hook: { enabled: false }, continuous: { enabled: false } });
  });

  test('profiles go to the pools as Terraform makes them, and wait for a node that has to be made', () => {
    expect(at(hub, 'singleuser', 'startTimeout')).toBe(1200);
    expect(at(hub, 'singleuser', 'profileList')).toMatchObject([
      {
        slug: 'small',
        default: true,
        kubespawner_override: { node_selector: { 'node-type': 'user' }, tolerations: [] },
      },
      {
        slug: 'gpu',
        kubespawner_override: {
          node_selector: { 'node-type': 'ai' },
          tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          extra_resource_limits: { 'nvidia.com/gpu': '1' },
          mem_limit: '8G',
        },
      },
    ]);
  });

  test('notebooks reach MLflow, whose address is private', () => {
    expect(at(hub, 'singleuser', 'extraEnv')).toEqual({ MLFLOW_TRACKING_URI: 'http://mlflow.ai-tools.svc' });
    expect(at(hub, 'singleuser', 'networkPolicy', 'egress')).toMatchObject([{ ports: [{ port: 5000 }] }]);
    const alone = valuesOf(view('dev', `jupyterhub: { ${login} }`), 'jupyterhub');
    expect(at(alone, 'singleuser')).not.toHaveProperty('networkPolicy');
  });

  test.each([
    ['dev', 'managed-csi', false],
    ['prod', 'managed-csi-premium', true],
  ] as const)('%s: disks and scheduler', (scope, storageClass, packs) => {
    const values = valuesOf(view(scope, `jupyterhub: { ${login} }`), 'jupyterhub');
    expect(at(values, 'hub', 'db', 'pvc', 'storageClassName')).toBe(storageClass);
    expect(at(values, 'singleuser', 'storage', 'dynamic', 'storageClass')).toBe(storageClass);
    expect(at(values, 'scheduling', 'userScheduler', 'enabled')).toBe(packs);
  });

  test('another way in is left alone', () => {
    const own =
      'jupyterhub: { values: { hub: { config: { JupyterHub: { authenticator_class: nativeauthenticator.NativeAuthenticator } } } } }';
    expect(at(valuesOf(view('dev', own), 'jupyterhub'), 'hub', 'config')).toEqual({
      JupyterHub: { authenticator_class: 'nativeauthenticator.NativeAuthenticator' },
    });
  });
});

describe('mlflow', () => {
  test('in the cluster: both stores, one pod, no identity', () => {
    const one = view('dev', 'mlflow: true');
    const values = valuesOf(one, 'mlflow');
    expect(values).toMatchObject({
      replicaCount: 1,
      postgresql: { enabled: true, primary: { persistence: { storageClass: 'managed-csi', size: '20Gi' } } },
      minio: { enabled: true, users: [], persistence: { storageClass: 'managed-csi', size: '20Gi' } },
      artifactRoot: { proxiedArtifactStorage: true, s3: { enabled: true, bucket: 'mlflow' } },
      backendStore: { databaseMigration: true },
    });
    expect(values).not.toHaveProperty('extraPodLabels');
    expect(values).not.toHaveProperty('initContainers');
    expect(values).not.toHaveProperty('oidcAuth');
    expect(releaseOf(one, 'mlflow').isStateful).toBe(true);
    expect(valuesOf(one, 'mlflow-support')).toMatchObject({ identity: false, databaseRole: '', budget: false });
  });

  test("in production: Azure's, by identity, with a lock around the migration", () => {
    const one = view('prod', `mlflow: { ${login} }`);
    const values = valuesOf(one, 'mlflow');
    expect(values).toMatchObject({
      replicaCount: 2,
      serviceAccount: { name: 'mlflow', annotations: { 'azure.workload.identity/client-id': 'client of mlflow' } },
      extraPodLabels: { 'azure.workload.identity/use': 'true' },
      backendStore: {
        databaseMigration: false,
        postgres: { enabled: true, host: 'psql-contoso.postgres.database.azure.com', port: 6432, database: 'mlflow' },
        existingDatabaseSecret: { name: 'mlflow-database' },
      },
      artifactRoot: {
        proxiedArtifactStorage: true,
        azureBlob: { enabled: true, container: 'mlflow', storageAccount: 'stcontoso' },
      },
      initContainers: [{ name: 'database-password', restartPolicy: 'Always' }, { name: 'migrate' }],
      extraEnvVars: { PGSSLMODE: 'require', PGPASSFILE: '/run/database/password', PYTHONPATH: '/opt/platform' },
      oidcAuth: {
        clientId: client,
        redirectUri: 'https://mlflow.prod.platform.contoso.com/callback',
        existingSecret: { name: 'mlflow-entra', clientSecretKey: 'client-secret' },
        groupName: [admin],
        adminGroupName: [admin],
        database: { uri: 'postgresql://' },
      },
      serverAllowedHosts: [
        'mlflow.prod.platform.contoso.com',
        'mlflow.ai-tools.svc',
        'mlflow.ai-tools.svc.cluster.local',
        'mlflow',
        expect.stringMatching(/^10\.\d+\.\*\[0-9\]:5000$/),
      ],
    });
    expect(releaseOf(one, 'mlflow').isStateful).toBe(false);
    expect(valuesOf(one, 'mlflow-support')).toMatchObject({ identity: true, databaseRole: 'id-mlflow', budget: true });
  });

  test('no credential is in the values', () => {
    for (const scope of ['dev', 'prod'] as const) {
      const text = JSON.stringify(valuesOf(view(scope, `mlflow: { ${login} }`), 'mlflow'));
      expect(text).not.toMatch(
        /"(?:password|rootPassword|accessKey|connectionString|clientSecret|flaskServerSecretKey)":/,
      );
    }
  });

  test('what hangs on Terraform is left out and named', () => {
    const one = view('prod', 'mlflow: true');
    const of = (name: string) => releaseOf(one, name, { outputs: undefined }).unknownValues;
    expect(of('mlflow')).toEqual([
      'serviceAccount.annotations.azure\\.workload\\.identity/client-id',
      'backendStore.postgres.host',
      'backendStore.postgres.port',
      'artifactRoot.azureBlob.storageAccount',
    ]);
    expect(of('mlflow-support')).toEqual(['databaseRole']);
    // Without a host the chart could not be rendered; a name that nobody can have is none that is meant.
    const { values } = releaseOf(one, 'mlflow', { outputs: undefined });
    expect(at(values, 'backendStore', 'postgres')).toMatchObject({ host: 'known-after-apply.invalid', port: 5432 });
  });

  // What a pattern of a shell takes: MLflow asks Python's fnmatch.
  const isTaken = (asked: string, pattern: string) =>
    new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`).test(asked);
  test.each([
    ['10.244.0.0/16', '10.244.7.21:5000', true],
    ['10.244.0.0/17', '10.244.7.21:5000', true],
    ['172.16.0.0/12', '172.31.0.4:5000', true],
    ['10.244.0.0/16', '10.245.7.21:5000', false],
    ['10.244.0.0/16', '10.244.attacker.example:5000', false],
    ['10.244.0.0/16', '10.244.7.21:5001', false],
  ])('Prometheus asks pods by their address, and is answered: %s, %s', (podCidr, asked, expected) => {
    const one = view('dev', 'mlflow: true');
    const values = valuesOf({ ...one, cluster: { ...one.cluster, podCidr } }, 'mlflow');
    const hosts = asArray(values['serverAllowedHosts']).map(String);
    expect(hosts.some(pattern => isTaken(asked, pattern))).toBe(expected);
  });

  test('an API server in the network asks whether it is ready, from its subnet', () => {
    const layer = '  cluster: { vnet-integration: true }\n  releases: { mlflow: true }';
    const from = at(valuesOf(viewOf('minimal', 'dev', layer), 'mlflow-support'), 'from');
    expect(from).toContainEqual({ ipBlock: { cidr: expect.stringMatching(/\/28$/) } });
    const existing = viewOf('existing', 'dev', '  releases: { mlflow: true }');
    const integrated = {
      ...existing,
      gateway: undefined,
      cluster: { ...existing.cluster, vnetIntegration: true },
    };
    expect(at(valuesOf(integrated, 'mlflow-support'), 'networkPolicy')).toBe(false);
  });

  test('only what may reach it does, and nobody is shut out where its addresses are not known', () => {
    expect(at(valuesOf(view('dev', 'mlflow: true'), 'mlflow-support'), 'from')).toEqual([
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } },
      { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
      { ipBlock: { cidr: expect.stringMatching(/^10\./) } },
    ]);
    const existing = viewOf('existing', 'dev', '  releases: { mlflow: true }');
    expect(at(valuesOf(existing, 'mlflow-support'), 'networkPolicy')).toBe(false);
  });
});

describe('gpu', () => {
  const withPool = (said: string, change: Partial<GpuPool>): EnvironmentScope => {
    const one = view('prod', said);
    const { gpu } = one.cluster.pools;
    if (gpu === undefined) throw new Error('The guide has a GPU pool.');
    return { ...one, cluster: { ...one.cluster, pools: { ...one.cluster.pools, gpu: { ...gpu, ...change } } } };
  };

  test.each<[string, Partial<GpuPool>, object]>([
    [
      "AKS's driver: all three values",
      { driver: 'Install' },
      {
        driver: { enabled: false },
        toolkit: { enabled: false },
        operator: { runtimeClass: 'nvidia-container-runtime' },
      },
    ],
    [
      "the operator's: the toolkit reads containerd's file",
      { driver: 'None' },
      {
        driver: { enabled: true },
        toolkit: { enabled: true, env: [{ name: 'RUNTIME_CONFIG_SOURCE', value: 'file' }] },
      },
    ],
  ])('%s', (_name, pool, expected) => {
    const values = valuesOf(withPool('gpu: true', pool), 'gpu-operator');
    expect(values).toMatchObject({ ...expected, dcgmExporter: { serviceMonitor: { enabled: true } } });
    expect(at(values, 'operator', 'runtimeClass') === undefined).toBe(pool.driver === 'None');
  });

  test('is ready when the policy is, and nodes offer GPUs', () => {
    expect(releaseOf(view('dev', 'gpu: true'), 'gpu-operator')).toMatchObject({
      namespace: 'gpu-operator',
      podSecurity: 'privileged',
      readiness: [
        { kind: 'crds' },
        { kind: 'rollouts' },
        { kind: 'condition', objectKind: 'ClusterPolicy', condition: 'Ready' },
        { kind: 'allocatable', resource: 'nvidia.com/gpu', labels: { 'node-type': 'ai' } },
      ],
    });
  });

  test('the device plugin alone finds its nodes, on spot machines and behind taints of a team too', () => {
    const taints = [{ key: 'team', value: 'ml', effect: 'NoExecute' as const }];
    const one = withPool('gpu: { stack: device-plugin }', { spot: true, taints });
    const plugin = valuesOf(one, 'nvidia-device-plugin');
    // Null, because an empty block would leave the default as it is.
    expect(plugin['affinity']).toBeNull();
    for (const values of [plugin, valuesOf(one, 'dcgm-exporter')]) {
      expect(values).toMatchObject({
        nodeSelector: { 'node-type': 'ai' },
        tolerations: [
          { key: 'nvidia.com/gpu', operator: 'Exists' },
          { key: 'team', operator: 'Equal', value: 'ml', effect: 'NoExecute' },
          { key: 'kubernetes.azure.com/scalesetpriority', value: 'spot' },
        ],
      });
    }
  });

  test('nobody monitors where nobody knows monitors', () => {
    const without = view(
      'dev',
      'gpu: { stack: device-plugin }, kube-prometheus-stack: false, prometheus-operator-crds: false',
    );
    expect(valuesOf(without, 'dcgm-exporter')).toMatchObject({ serviceMonitor: { enabled: false } });
  });
});

describe('secrets', () => {
  test('each namespace reads the vault as itself', () => {
    const said = ['argo-cd', 'mlflow'].map(
      name => `${name}: { login: { client-id: ${client}, vault-secret: of-${name} } }`,
    );
    const release = releaseOf(view('dev', said.join(', ')), 'secrets', { outputs });
    expect(release.unknownValues).toEqual([]);
    expect(release.values).toMatchObject({
      tenant: '11111111-1111-1111-1111-111111111111',
      namespaces: {
        'ai-tools': {
          clientId: 'client of secrets-ai-tools',
          secrets: [{ name: 'mlflow-entra', keys: { 'client-secret': 'of-mlflow' } }],
        },
        argocd: {
          clientId: 'client of secrets-argocd',
          secrets: [{ name: 'argo-cd-entra', labels: { 'app.kubernetes.io/part-of': 'argocd' } }],
        },
      },
    });
  });
});

describe('sign-in of the others', () => {
  test('Argo CD through Dex, by groups in the token', () => {
    const values = valuesOf(
      view('dev', `argo-cd: { login: { client-id: ${client}, allowed: [${client}] } }`),
      'argo-cd',
    );
    expect(at(values, 'dex', 'enabled')).toBe(true);
    expect(at(values, 'configs', 'rbac', 'policy.csv')).toBe(`g, ${admin}, role:admin\ng, ${client}, role:readonly\n`);
    expect(JSON.parse(String(at(values, 'configs', 'cm', 'dex.config')))).toMatchObject({
      connectors: [
        {
          type: 'oidc',
          config: {
            clientSecret: '$argo-cd-entra:client-secret',
            redirectURI: 'https://argocd.dev.platform.contoso.com/api/dex/callback',
            insecureEnableGroups: true,
          },
        },
      ],
    });
  });

  test('Grafana with the token of its pod', () => {
    const values = valuesOf(view('dev', `kube-prometheus-stack: { ${login} }`), 'kube-prometheus-stack');
    expect(values['grafana']).toMatchObject({
      serviceAccount: { name: 'grafana' },
      podLabels: { 'azure.workload.identity/use': 'true' },
      env: { AZURE_CLIENT_ID: client },
      'grafana.ini': {
        server: { root_url: 'https://grafana.dev.platform.contoso.com' },
        'auth.azuread': { client_authentication: 'workload_identity', allowed_groups: admin },
      },
    });
    expect(at(values, 'grafana', 'grafana.ini', 'auth.anonymous')).toBeUndefined();
  });
});

test('databases on disks are made fit for a snapshot, where there are backups', () => {
  const commandsOf = (scope: 'dev' | 'prod', said: string) => {
    const one = view(scope, `jupyterhub: { ${login} }, mlflow: ${said}`);
    return [
      at(valuesOf(one, 'jupyterhub'), 'hub', 'annotations'),
      at(valuesOf(one, 'mlflow'), 'postgresql', 'primary', 'podAnnotations'),
    ];
  };
  const run = (container: string, command: RegExp) => ({
    'pre.hook.backup.velero.io/container': container,
    'pre.hook.backup.velero.io/command': expect.stringMatching(command),
    'pre.hook.backup.velero.io/on-error': 'Continue',
    'pre.hook.backup.velero.io/timeout': '2m',
  });
  const copy = run('hub', /^\["python3",.*jupyterhub\.sqlite/);
  expect(commandsOf('prod', '{ database: cluster }')).toEqual([copy, run('postgresql', /^\["bash",.*CHECKPOINT/)]);
  // Its database is Azure's there.
  expect(commandsOf('prod', 'true')).toEqual([copy, undefined]);
  // There is no backup there.
  expect(commandsOf('dev', '{ database: cluster }')).toEqual([undefined, undefined]);
});

test('only who has a sign-in is reached from outside', () => {
  const routed = (said: string) =>
    interfacesOf(view('dev', said))
      .filter(({ namespace, isRouted }) => namespace === 'ai-tools' && isRouted)
      .map(({ name, service, port, health }) => [name, service, port, health]);
  expect(routed(`jupyterhub: { ${login} }, mlflow: true`)).toEqual([['hub', 'proxy-public', 80, '/hub/health']]);
  expect(routed(`mlflow: { ${login} }`)).toEqual([['mlflow', 'mlflow', 80, '/health']]);
  expect(routed(`mlflow: { ${login}, values: { oidcAuth: { enabled: false } } }`)).toEqual([]);
});

test.each([
  // Of a node of 4 cores and 16 GiB, beside AKS's own.
  ['dev', 3260, 12_934],
  ['prod', 2 * 3260, 2 * 12_934],
] as const)('%s: the pools of the guide hold everything', (scope, cores, memory) => {
  const all = resolveReleases(
    inputOf(view(scope, `jupyterhub: { ${login} }, mlflow: { ${login} }, gpu: true`), { outputs }),
  );
  const sum = all.map(requestsOf).reduce((a, b) => ({ cores: a.cores + b.cores, memory: a.memory + b.memory }));
  expect(sum.cores).toBeLessThan(cores);
  expect(sum.memory).toBeLessThan(memory);
});
