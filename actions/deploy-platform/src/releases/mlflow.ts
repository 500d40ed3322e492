import { join } from 'node:path';
import { clouds } from '@suite/azure/clouds';
import { asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, Login, MlflowRelease } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { MadeUp, Release, ReleaseInput, TerraformOutputs } from '../release.ts';
import { mlflow as host, nameOf } from './ai-hosts.ts';
import { beforeBackup } from './backup-hooks.ts';
import { gatewaySources, type Source, throughApiServer } from './flows.ts';
import { signedInAs, useIdentity } from './identity.ts';
import { pinned } from './pins.ts';
import { secretsOf } from './secrets.ts';
import { storageClassOf } from './storage-class.ts';
import { type Draft, present, resources, type Size, withUserValues } from './values.ts';

const name = 'mlflow';
const support = 'mlflow-support';
const { namespace } = host;
const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/instance': name };

/** What its chart does not bring, and MLflow itself. */
export function mlflow(input: ReleaseInput): readonly Release[] {
  const { mlflow: settings, operatorCrds } = input.view.releases;
  if (settings === undefined) return [];
  const { setting } = settings;
  const apply = { forceConflicts: false, reason: 'Nobody else writes to what it renders; whoever does is shown.' };
  return [
    {
      name: support,
      namespace,
      podSecurity: 'baseline',
      chart: { kind: 'folder', path: join(input.chartsFolder, support) },
      needs: [],
      ...withUserValues(supportDraft(input, settings), {}),
      readiness: [{ kind: 'rollouts' }],
      isStateful: false,
      apply,
      timeoutSeconds: 300,
      setting,
    },
    {
      name,
      namespace,
      podSecurity: 'baseline',
      chart: pinned(name, settings),
      needs: [
        support,
        // It leaves its monitor out where the cluster does not know them, and says nothing.
        ...(operatorCrds === undefined ? [] : ['prometheus-operator-crds']),
        // Its client secret may come from the vault.
        ...secretsOf(input.view, namespace),
      ],
      ...withUserValues(draft(input, settings), settings.values),
      images,
      madeUp,
      readiness: [
        { kind: 'rollouts' },
        { kind: 'http', namespace, service: host.service, port: String(host.port), scheme: 'http', path: host.health },
      ],
      isStateful: settings.database === 'cluster' || settings.artifacts === 'cluster',
      apply,
      // The first start makes all tables.
      timeoutSeconds: 1200,
      setting,
    },
  ];
}

/** Passwords and keys that the charts make at random once, and look up in the cluster ever after. */
const madeUp: readonly MadeUp[] = [
  { kind: 'Secret', name: 'mlflow-flask-server-secret-key', path: ['data'] },
  { kind: 'Secret', name: 'mlflow-postgresql', path: ['data'] },
  { kind: 'Secret', name: 'mlflow-minio', path: ['data'] },
  {
    kind: 'Deployment',
    name: 'mlflow-minio',
    path: ['spec', 'template', 'metadata', 'annotations', 'checksum/secrets'],
  },
];

const images: readonly ImagePlace[] = [
  { path: ['image'], repository: 'burakince/mlflow', form: 'repository-tag-digest' },
  { path: ['initContainers'], repository: 'burakince/mlflow', form: 'containers' },
  { path: ['initImages', 'mlflowDbMigration'], repository: 'burakince/mlflow', form: 'repository-tag' },
  { path: ['initImages', 'dbchecker'], repository: 'library/busybox', form: 'repository-tag' },
  { path: ['minio', 'image'], repository: 'minio/minio', form: 'repository-tag' },
  { path: ['minio', 'mcImage'], repository: 'minio/mc', form: 'repository-tag' },
  { path: ['postgresql', 'image'], repository: 'bitnamilegacy/postgresql', form: 'registry-digest' },
];

type Part = 'mlflow' | 'small' | 'postgres' | 'minio';

const sizes: Readonly<Record<'dev' | 'production', Readonly<Record<Part, Size>>>> = {
  dev: { mlflow: [50, 768], small: [10, 64], postgres: [50, 256], minio: [50, 512] },
  production: { mlflow: [250, 1536], small: [10, 64], postgres: [250, 1024], minio: [100, 1024] },
};

/** Signs in to Azure: for its database, its artifacts, or both. */
function usesIdentity({ database, artifacts }: MlflowRelease): boolean {
  return database === 'flexible-server' || artifacts === 'blob';
}

/** More than one only where nothing of it is in the pod, or on a disk that one node has. */
function replicasOf({ production }: EnvironmentScope, { database, artifacts }: MlflowRelease): number {
  return production && database === 'flexible-server' && artifacts === 'blob' ? 2 : 1;
}

function supportDraft({ view, outputs }: ReleaseInput, settings: MlflowRelease): Draft {
  const role = settings.database === 'flexible-server' ? roleOf(outputs) : '';
  const from = allowedFrom(view);
  return {
    unknown: role === undefined ? [['databaseRole']] : [],
    values: present({
      identity: usesIdentity(settings),
      databaseRole: role,
      budget: replicasOf(view, settings) > 1,
      networkPolicy: from !== undefined,
      from: from ?? [],
    }),
  };
}

/** PostgreSQL knows an identity by its name (terraform/modules/database). */
function roleOf(outputs: TerraformOutputs): string | undefined {
  return asString(asObject(asObject(outputs?.['workload_identities'])['mlflow'])['name']);
}

/** Undefined where nobody says what addresses the gateway or the API server has: a policy would shut them out. */
function allowedFrom(view: EnvironmentScope): readonly JsonObject[] | undefined {
  const gateway = view.gateway === undefined ? [] : gatewaySources(view);
  const apiServer = throughApiServer(view);
  if (gateway === undefined || apiServer === undefined) return undefined;
  return [...apiServer, { namespace: 'monitoring' }, ...gateway].map(peerOf);
}

/** As a NetworkPolicy has it. */
function peerOf(source: Source): JsonObject {
  if ('cidr' in source) return { ipBlock: { cidr: source.cidr } };
  return { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': source.namespace } } };
}

function draft({ view, outputs }: ReleaseInput, settings: MlflowRelease): Draft {
  const size = sizes[view.production ? 'production' : 'dev'];
  const identity = usesIdentity(settings)
    ? signedInAs(view, outputs, 'mlflow', ['serviceAccount', 'annotations'])
    : { annotations: {}, unknown: [] };
  const database = databaseOf(view, settings, outputs, size);
  const artifacts = artifactsOf(view, settings, outputs, size);
  const name = nameOf(host, view);
  const replicas = replicasOf(view, settings);
  const inside = [`${host.service}.${namespace}.svc`, `${host.service}.${namespace}.svc.cluster.local`, host.service];
  return {
    unknown: [...identity.unknown, ...database.unknown, ...artifacts.unknown],
    values: {
      replicaCount: replicas,
      // The chart's default starts as many pods again during an upgrade.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      serviceAccount: { name: 'mlflow', annotations: identity.annotations },
      ...(usesIdentity(settings) ? { extraPodLabels: useIdentity } : {}),
      resources: resources(size.mlflow),
      extraArgs: { workers: view.production ? '4' : '2' },
      // Whatever else is asked for is refused: the gateway's name, those inside of the cluster, and pods, as Prometheus asks them.
      serverAllowedHosts: [...(name === undefined ? [] : [name]), ...inside, podAddresses(view)],
      ...(name === undefined ? {} : { corsAllowedOrigins: [`https://${name}`] }),
      affinity: apart(),
      serviceMonitor: {
        enabled: view.releases.operatorCrds !== undefined,
        namespace,
        useServicePort: true,
        telemetryPath: '/metrics',
      },
      ...(settings.login === undefined ? {} : signIn(view, settings.login)),
      ...volumes(view, settings),
      ...artifacts.values,
      ...database.values,
      extraEnvVars: {
        ...(usesIdentity(settings) ? { PYTHONPATH: pythonPath } : {}),
        ...(settings.login === undefined ? {} : { OIDC_ALEMBIC_VERSION_TABLE: 'alembic_version_oidc' }),
        ...asObject(database.values['extraEnvVars']),
      },
    },
  };
}

/**
 * `10.244.*[0-9]:5000`. MLflow's patterns are those of a shell (its security_utils.py), by whole parts of an address here. A digit at
 * the end, so that no name of somebody's own that begins alike is taken.
 */
function podAddresses({ cluster }: EnvironmentScope): string {
  const [address = '', bits] = cluster.podCidr.split('/');
  const known = address.split('.').slice(0, Math.floor(Number(bits) / 8));
  return `${known.map(part => `${part}.`).join('')}*[0-9]:${host.targetPort}`;
}

/** On nodes and zones of their own where there are some: the chart has no key for spreading. */
function apart(): JsonObject {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(
        topologyKey => ({ weight: 50, podAffinityTerm: { topologyKey, labelSelector: { matchLabels: labels } } }),
      ),
    },
  };
}

function signIn(view: EnvironmentScope, { clientId, secret, allowed, admins }: Login): JsonObject {
  const name = nameOf(host, view);
  return {
    oidcAuth: present({
      enabled: true,
      discoveryUrl: `${clouds[view.cloud].signIn}/${view.tenant}/v2.0/.well-known/openid-configuration`,
      clientId,
      existingSecret: { name: secret, clientSecretKey: 'client-secret' },
      redirectUri: name === undefined ? undefined : `https://${name}/callback`,
      providerDisplayName: 'Sign in with Microsoft Entra',
      // Entra puts the ids of groups into the token (bootstrap asks it to).
      groupsAttribute: 'groups',
      groupName: allowed,
      adminGroupName: admins,
      // The chart's default lets everybody change and delete the work of others.
      defaultPermission: 'READ',
      // Beside the tables of MLflow, in the same database and as the same user: libpq takes both from its variables.
      database: { uri: 'postgresql://' },
    }),
  };
}

/** The image has no `azure.identity`; this folder has one, before all others. */
const pythonPath = '/opt/platform';
const passwordFile = '/run/database/password';
const scripts = { name: 'platform', mountPath: pythonPath, readOnly: true } as const;
const passwords = { name: 'database', mountPath: '/run/database' } as const;

/** What the chart's own volumes lack. The file system of its container is closed for writing. */
function volumes({ releases }: EnvironmentScope, settings: MlflowRelease): JsonObject {
  const all = [
    ...(usesIdentity(settings) ? [{ volume: scriptVolume, mount: scripts }] : []),
    ...(settings.database === 'flexible-server'
      ? [{ volume: passwordVolume, mount: { ...passwords, readOnly: true } }]
      : []),
    // Workers share their counters through files.
    ...(releases.operatorCrds === undefined ? [] : [{ volume: metricsVolume, mount: metrics }]),
  ];
  return { extraVolumes: all.map(({ volume }) => volume), extraVolumeMounts: all.map(({ mount }) => mount) };
}

const metrics = { name: 'metrics', mountPath: '/mlflow/metrics' } as const;
const metricsVolume: JsonObject = { name: metrics.name, emptyDir: { sizeLimit: '64Mi' } };
const passwordVolume: JsonObject = { name: passwords.name, emptyDir: { medium: 'Memory', sizeLimit: '1Mi' } };
const scriptVolume: JsonObject = {
  name: scripts.name,
  configMap: {
    name: support,
    items: [
      { key: 'identity.py', path: 'azure/identity/__init__.py' },
      { key: 'password.py', path: 'password.py' },
      { key: 'migrate.py', path: 'migrate.py' },
    ],
  },
};

/**
 * PostgreSQL writes what it has in memory to its disk, so that a start from the snapshot has little of the log to go through. The chart
 * gives the administrator's password as a file, or as a variable (`auth.usePasswordFiles`).
 */
const checkpoint = [
  'bash',
  '-ec',
  [
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's.
    'export PGPASSWORD="${POSTGRES_POSTGRES_PASSWORD:-$(cat "$POSTGRES_POSTGRES_PASSWORD_FILE")}"',
    'psql --username=postgres --command=CHECKPOINT',
  ].join('\n'),
];

/** The chart refuses to be rendered without a host, and the plan of a new environment is made before there is one. */
const hostToCome = 'known-after-apply.invalid';
const usualPort = 5432;

function databaseOf(
  view: EnvironmentScope,
  { database, storage }: MlflowRelease,
  outputs: TerraformOutputs,
  size: Readonly<Record<Part, Size>>,
): Draft {
  if (database === 'cluster') {
    const persistence = { storageClass: storageClassOf(view), size: storage };
    return {
      unknown: [],
      values: {
        postgresql: {
          enabled: true,
          auth: { username: 'mlflow', database: 'mlflow' },
          primary: present({
            persistence: { enabled: true, ...persistence },
            resources: resources(size.postgres),
            podAnnotations: beforeBackup(view, 'postgresql', checkpoint),
          }),
        },
        // One pod, so nobody else migrates at the same time.
        backendStore: { databaseMigration: true, databaseConnectionCheck: false },
      },
    };
  }
  const { fqdn, port } = asObject(outputs?.['database']);
  // Of the public cloud, where nobody says it.
  const scope = view.cloud === 'public' ? undefined : clouds[view.cloud].databaseScope;
  const [knownHost, knownPort] = [asString(fqdn), typeof port === 'number' ? port : undefined];
  const postgres = { host: knownHost ?? hostToCome, port: knownPort ?? usualPort };
  return {
    unknown: [
      ...(knownHost === undefined ? [['backendStore', 'postgres', 'host']] : []),
      ...(knownPort === undefined ? [['backendStore', 'postgres', 'port']] : []),
    ],
    values: {
      backendStore: {
        // Several pods begin together, and the chart lets each migrate: ours takes a lock before.
        databaseMigration: false,
        databaseConnectionCheck: false,
        postgres: { enabled: true, ...postgres, database: 'mlflow' },
        existingDatabaseSecret: { name: 'mlflow-database', usernameKey: 'username', passwordKey: 'password' },
      },
      extraEnvVars: { PGSSLMODE: 'require', PGPASSFILE: passwordFile },
      initContainers: initContainers(postgres, scope, size),
    },
  };
}

/** A sidecar that keeps the password file, and the migration, which needs it. */
function initContainers(
  postgres: { readonly host: string; readonly port: number },
  scope: string | undefined,
  size: Readonly<Record<Part, Size>>,
): readonly JsonObject[] {
  const common = {
    image: mlflowImage,
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1001,
      runAsGroup: 1001,
    },
  };
  const variables = (values: JsonObject) =>
    Object.entries(present(values)).map(([key, value]) => ({ name: key, value: String(value) }));
  const user = { secretKeyRef: { name: 'mlflow-database', key: 'username' } };
  return [
    {
      ...common,
      name: 'database-password',
      // A sidecar: it stays while the pod runs.
      restartPolicy: 'Always',
      command: ['python', `${pythonPath}/password.py`],
      env: variables({ PYTHONPATH: pythonPath, PGPASSFILE: passwordFile, DATABASE_SCOPE: scope }),
      startupProbe: {
        exec: { command: ['python', `${pythonPath}/password.py`, 'check'] },
        periodSeconds: 2,
        timeoutSeconds: 10,
        failureThreshold: 60,
      },
      livenessProbe: {
        exec: { command: ['python', `${pythonPath}/password.py`, 'check'] },
        periodSeconds: 60,
        timeoutSeconds: 10,
      },
      resources: resources(size.small),
      volumeMounts: [scripts, passwords],
    },
    {
      ...common,
      name: 'migrate',
      command: ['python', `${pythonPath}/migrate.py`],
      env: [
        ...variables({
          PYTHONPATH: pythonPath,
          PGPASSFILE: passwordFile,
          PGSSLMODE: 'require',
          PGHOST: postgres.host,
          PGPORT: postgres.port,
          PGDATABASE: 'mlflow',
        }),
        { name: 'PGUSER', valueFrom: user },
      ],
      resources: resources(size.mlflow),
      volumeMounts: [scripts, { ...passwords, readOnly: true }, { name: 'tmp', mountPath: '/tmp' }],
    },
  ];
}

/** As the pinned chart names it: its own init containers have no key of their own. */
const mlflowImage = 'burakince/mlflow:3.15.1';

function artifactsOf(
  view: EnvironmentScope,
  { artifacts, storage }: MlflowRelease,
  outputs: TerraformOutputs,
  size: Readonly<Record<Part, Size>>,
): Draft {
  if (artifacts === 'cluster') {
    return {
      unknown: [],
      values: {
        minio: {
          enabled: true,
          mode: 'standalone',
          resources: resources(size.minio),
          persistence: { enabled: true, storageClass: storageClassOf(view), size: storage },
          buckets: [{ name: 'mlflow', policy: 'none', purge: false }],
          makeBucketJob: { resources: resources(size.small) },
          // The chart makes a user whose password everybody knows.
          users: [],
        },
        artifactRoot: { proxiedArtifactStorage: true, s3: { enabled: true, bucket: 'mlflow' } },
      },
    };
  }
  const account = asString(asObject(outputs?.['storage'])['name']);
  return {
    unknown: account === undefined ? [['artifactRoot', 'azureBlob', 'storageAccount']] : [],
    values: {
      artifactRoot: {
        // Clients send artifacts through MLflow: they have no rights on the account.
        proxiedArtifactStorage: true,
        azureBlob: present({
          enabled: true,
          container: view.storage?.containers.mlflow,
          storageAccount: account,
          path: 'artifacts',
        }),
      },
    },
  };
}
