import { clouds } from '@suite/azure/clouds';
import type { JsonObject } from '@suite/foundation';
import type { EnvironmentScope, JupyterHubRelease, Login, NotebookProfile } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { MadeUp, Release, ReleaseInput } from '../release.ts';
import { hub, mlflow, nameOf } from './ai-hosts.ts';
import { beforeBackup } from './backup-hooks.ts';
import { pinned } from './pins.ts';
import { gpuNodes, gpuToleration, poolTolerations, userNodes } from './pools.ts';
import { secretsOf } from './secrets.ts';
import { storageClassOf } from './storage-class.ts';
import { type Draft, present, resources, type Size, spread, withUserValues } from './values.ts';

const name = 'jupyterhub';
const { namespace } = hub;

export function jupyterHub({ view }: ReleaseInput): Release | undefined {
  const { jupyterHub: settings, mlflow: tracking } = view.releases;
  if (settings === undefined) return undefined;
  return {
    name,
    namespace,
    podSecurity: 'baseline',
    chart: pinned(name, settings),
    needs: [
      // Its client secret may come from the vault.
      ...secretsOf(view, namespace),
      // Notebooks are told where it is.
      ...(tracking === undefined ? [] : ['mlflow']),
    ],
    ...withUserValues(draft(view, settings), settings.values),
    images,
    madeUp,
    readiness: [
      { kind: 'rollouts' },
      { kind: 'http', namespace, service: hub.service, port: String(hub.port), scheme: 'http', path: hub.health },
    ],
    // Who is who, and what people have running.
    isStateful: true,
    apply: { forceConflicts: false, reason: 'Nobody else writes to what it renders; whoever does is shown.' },
    timeoutSeconds: 900,
    setting: settings.setting,
  };
}

/** Tokens and keys that the chart makes at random once, and looks up in the cluster ever after. */
const madeUp: readonly MadeUp[] = [
  ...[
    'hub.config.ConfigurableHTTPProxy.auth_token',
    'hub.config.JupyterHub.cookie_secret',
    'hub.config.CryptKeeper.keys',
  ].map((key): MadeUp => ({ kind: 'Secret', name: 'hub', path: ['data', key] })),
  { kind: 'Deployment', name: 'hub', path: ['spec', 'template', 'metadata', 'annotations', 'checksum/secret'] },
  { kind: 'Deployment', name: 'proxy', path: ['spec', 'template', 'metadata', 'annotations', 'checksum/auth-token'] },
];

const images: readonly ImagePlace[] = (
  [
    [['hub', 'image'], 'jupyterhub/k8s-hub'],
    [['proxy', 'chp', 'image'], 'jupyterhub/configurable-http-proxy'],
    [['scheduling', 'userScheduler', 'image'], 'kube-scheduler'],
  ] as const
).map(([path, repository]): ImagePlace => ({ path, repository, form: 'name-tag' }));

type Part = 'hub' | 'proxy' | 'scheduler';

const sizes: Readonly<Record<'dev' | 'production', Readonly<Record<Part, Size>>>> = {
  dev: { hub: [50, 256], proxy: [10, 64], scheduler: [10, 64] },
  production: { hub: [200, 512], proxy: [50, 128], scheduler: [20, 96] },
};

function draft(view: EnvironmentScope, settings: JupyterHubRelease): Draft {
  const { production } = view;
  const size = sizes[production ? 'production' : 'dev'];
  const storageClass = storageClassOf(view);
  return {
    unknown: [],
    values: {
      hub: present({
        ...(settings.login === undefined ? {} : signIn(view, settings.login)),
        // There is one hub: it keeps its state on a disk, and a second one would not share it.
        db: { type: 'sqlite-pvc', pvc: { storageClassName: storageClass } },
        annotations: beforeBackup(view, 'hub', copyDatabase),
        resources: resources(size.hub),
      }),
      proxy: {
        // The chart's default is a public load balancer, past the gateway.
        service: { type: 'ClusterIP' },
        chp: { resources: resources(size.proxy) },
      },
      singleuser: {
        // The default is a privileged container, which baseline refuses; the network policy keeps the metadata server closed.
        cloudMetadata: { blockWithIptables: false },
        startTimeout: settings.startTimeoutSeconds,
        storage: { capacity: settings.storage, dynamic: { storageClass } },
        profileList: settings.profiles.map((profile, index) => profileOf(profile, index === 0, view)),
        ...tracking(view),
      },
      scheduling: {
        userPlaceholder: { enabled: false },
        // Packs notebooks onto few nodes, so that others can go. Of two, one works.
        userScheduler: production
          ? {
              enabled: true,
              replicas: 2,
              resources: resources(size.scheduler),
              extraPodSpec: { topologySpreadConstraints: spread({ component: 'user-scheduler', release: name }) },
            }
          : { enabled: false },
      },
      // Both would pull images of several GB onto every node; the hook makes each upgrade wait for it.
      prePuller: { hook: { enabled: false }, continuous: { enabled: false } },
      // Notebooks that nobody uses hold nodes, with GPUs above all.
      cull: { enabled: true, timeout: 3600, every: 300 },
    },
  };
}

/** Beside the database, on the same disk: a copy that is whole, while the hub may be writing to the file itself. */
const copyDatabase = [
  'python3',
  '-c',
  [
    'from sqlite3 import connect',
    'database = "/srv/jupyterhub/jupyterhub.sqlite"',
    // Where there is none, as with a server that somebody gave the hub, none is made.
    'connect(f"file:{database}?mode=rw", uri=True).backup(connect(f"{database}.backup"))',
  ].join('\n'),
];

function signIn(view: EnvironmentScope, { clientId, secret, allowed, admins }: Login): JsonObject {
  const entra = `${clouds[view.cloud].signIn}/${view.tenant}/oauth2/v2.0`;
  return {
    config: {
      JupyterHub: { authenticator_class: 'azuread' },
      AzureAdOAuthenticator: present({
        tenant_id: view.tenant,
        client_id: clientId,
        // Of the second version, whose tokens have the claims below.
        authorize_url: `${entra}/authorize`,
        token_url: `${entra}/token`,
        scope: ['openid', 'profile', 'email'],
        oauth_callback_url: callbackOf(view),
        // The authenticator's own choice is the display name, which two people can share, and their notebooks with it.
        username_claim: 'preferred_username',
        manage_groups: true,
        allowed_groups: [...new Set([...allowed, ...admins])],
        admin_groups: admins,
      }),
    },
    extraEnv: {
      OAUTH_CLIENT_SECRET: { valueFrom: { secretKeyRef: { name: secret, key: 'client-secret' } } },
    },
  };
}

/** As bootstrap tells it to Entra. */
function callbackOf(view: EnvironmentScope): string | undefined {
  const host = nameOf(hub, view);
  return host === undefined ? undefined : `https://${host}/hub/oauth_callback`;
}

/** The policy of the chart lets notebooks reach no private address. */
function tracking({ releases }: EnvironmentScope): JsonObject {
  if (releases.mlflow === undefined) return {};
  return {
    extraEnv: { MLFLOW_TRACKING_URI: `http://${mlflow.service}.${mlflow.namespace}.svc` },
    networkPolicy: {
      egress: [
        {
          to: [
            {
              podSelector: {
                matchLabels: { 'app.kubernetes.io/name': 'mlflow', 'app.kubernetes.io/instance': 'mlflow' },
              },
            },
          ],
          ports: [{ port: 5000, protocol: 'TCP' }],
        },
      ],
    },
  };
}

function profileOf(
  { name: title, description, cpu, memory, gpus, image }: NotebookProfile,
  isDefault: boolean,
  { cluster }: EnvironmentScope,
): JsonObject {
  const { user, gpu } = cluster.pools;
  const hasGpus = gpus > 0;
  const pool = hasGpus ? gpu : user;
  return present({
    display_name: title,
    slug: title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, ''),
    description:
      description ?? `${cpu} cores, ${memory}${hasGpus ? `, ${gpus === 1 ? 'one GPU' : `${gpus} GPUs`}` : ''}`,
    ...(isDefault ? { default: true } : {}),
    kubespawner_override: present({
      image,
      cpu_guarantee: cpu,
      mem_guarantee: unitOf(memory),
      mem_limit: unitOf(memory),
      node_selector: hasGpus ? gpuNodes : userNodes,
      tolerations: [...(hasGpus ? [gpuToleration] : []), ...poolTolerations(pool)],
      ...(hasGpus ? { extra_resource_limits: { 'nvidia.com/gpu': String(gpus) } } : {}),
    }),
  });
}

/** KubeSpawner knows K, M, G and T, each a power of 1024. */
function unitOf(quantity: string): string {
  return quantity.replace(/i$/, '');
}
