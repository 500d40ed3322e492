import { clouds } from '@suite/azure/clouds';
import type { JsonObject } from '@suite/foundation';
import type { ArgoCdRelease, EnvironmentScope, Login } from '@suite/platform-file';
import type { ImagePlace } from '../mirror/place.ts';
import type { Release, ReleaseInput } from '../release.ts';
import { urlOf } from './hosts.ts';
import { pinned } from './pins.ts';
import { secretsOf } from './secrets.ts';
import { at, type Draft, portOf, present, resources, type Size, spread, withUserValues } from './values.ts';

const namespace = 'argocd';

export function argoCd({ view }: ReleaseInput): Release | undefined {
  const { argoCd: settings, operatorCrds } = view.releases;
  if (settings === undefined) return undefined;
  const resolved = withUserValues(draft(view, settings), settings.values);
  const isPlain = isTrue(at(resolved.values, 'configs', 'params', 'server.insecure'));
  return {
    name: 'argo-cd',
    namespace,
    podSecurity: 'restricted',
    chart: pinned('argo-cd', settings),
    // It leaves its monitors out where the cluster does not know them, and says nothing.
    needs: [
      ...(operatorCrds === undefined ? [] : ['prometheus-operator-crds']),
      // The secret of its application in Entra may come from the vault, and those of repositories and connectors.
      ...secretsOf(view, namespace),
    ],
    ...resolved,
    images,
    readiness: [
      { kind: 'crds' },
      { kind: 'rollouts' },
      {
        kind: 'http',
        namespace,
        service: `${at(resolved.values, 'fullnameOverride')}-server`,
        port: isPlain
          ? portOf(resolved.values, ['server', 'service', 'servicePortHttp'], '80')
          : portOf(resolved.values, ['server', 'service', 'servicePortHttps'], '443'),
        scheme: isPlain ? 'http' : 'https',
        path: '/healthz',
      },
    ],
    isStateful: false,
    apply: {
      forceConflicts: false,
      reason: 'Certificates and keys that people add in Argo CD itself are theirs; a conflict over one is shown.',
    },
    timeoutSeconds: 900,
    setting: settings.setting,
  };
}

const components = [
  'controller',
  'server',
  'repoServer',
  'applicationSet',
  'notifications',
  'commitServer',
  'redisSecretInit',
] as const;
/** Components by themselves and not `global.image`, whose tag becomes the version in the labels of everything. */
const images: readonly ImagePlace[] = [...components.map(component => [component, 'image']), ['dex', 'initImage']]
  .map((path): ImagePlace => ({ path, repository: 'argoproj/argocd', form: 'repository-tag' }))
  .concat([
    { path: ['dex', 'image'], repository: 'dexidp/dex', form: 'repository-tag' },
    { path: ['redis', 'image'], repository: 'docker/library/redis', form: 'repository-tag' },
    { path: ['redis', 'exporter', 'image'], repository: 'oliver006/redis_exporter', form: 'repository-tag' },
    { path: ['redis-ha', 'image'], repository: 'docker/library/redis', form: 'repository-tag' },
    { path: ['redis-ha', 'haproxy', 'image'], repository: 'docker/library/haproxy', form: 'repository-tag' },
  ]);

type Part = 'controller' | 'server' | 'repoServer' | 'applicationSet' | 'notifications' | 'redis' | 'small';

const sizes: Readonly<Record<'dev' | 'production', Readonly<Record<Part, Size>>>> = {
  dev: {
    controller: [100, 384],
    server: [25, 96],
    repoServer: [50, 192],
    applicationSet: [10, 96],
    notifications: [10, 64],
    redis: [25, 64],
    small: [10, 64],
  },
  production: {
    controller: [250, 1024],
    server: [50, 128],
    repoServer: [100, 384],
    applicationSet: [25, 128],
    notifications: [20, 96],
    redis: [50, 128],
    small: [10, 64],
  },
};

function draft(view: EnvironmentScope, settings: ArgoCdRelease): Draft {
  const { production, releases } = view;
  const size = sizes[production ? 'production' : 'dev'];
  const monitored = releases.operatorCrds === undefined ? {} : { metrics };
  const { login } = settings;
  const hasLogin = login !== undefined || at(settings.values, 'configs', 'cm', 'dex.config') !== undefined;
  return {
    unknown: [],
    values: {
      // Else everything would be called argo-cd-argocd-….
      fullnameOverride: 'argocd',
      global: {
        domain: view.dns === undefined ? `argocd-server.${namespace}.svc` : `argocd.${view.dns.name}`,
        networkPolicy: { create: true },
        ...(production ? { topologySpreadConstraints: spread() } : {}),
      },
      configs: configs(view, login),
      // One replica, because more would share out clusters and there is one; a budget for it would block every drain.
      controller: { replicas: 1, resources: resources(size.controller), ...monitored },
      server: { ...scaled(production), resources: resources(size.server), ...monitored },
      repoServer: { ...scaled(production), resources: resources(size.repoServer), ...monitored },
      applicationSet: {
        replicas: production ? 2 : 1,
        ...budget(production),
        ...probes,
        resources: resources(size.applicationSet),
        ...monitored,
      },
      notifications: { ...probes, resources: resources(size.notifications), ...monitored },
      // Signing in with Entra is its work; without a connector it would only wait.
      dex: hasLogin ? { enabled: true, ...probes, resources: resources(size.small) } : { enabled: false },
      redisSecretInit: { resources: resources(size.small) },
      ...redis(settings.highAvailability, size),
    },
  };
}

const metrics = { enabled: true, serviceMonitor: { enabled: true } } as const;
/** The chart leaves them off. */
const probes = { livenessProbe: { enabled: true }, readinessProbe: { enabled: true } } as const;

/** Entra groups that administer the cluster administer its applications, once people sign in with Entra. */
function rbac(admins: readonly string[], readers: readonly string[]): JsonObject {
  const lines = [
    ...admins.map(group => `g, ${group}, role:admin\n`),
    ...readers.filter(group => !admins.includes(group)).map(group => `g, ${group}, role:readonly\n`),
  ];
  return lines.length === 0 ? {} : { 'policy.csv': lines.join('') };
}

/**
 * Dex asks Entra as it would ask any provider of OpenID Connect: the groups stand in the token (bootstrap asks for that), where Dex's
 * own connector for Microsoft would want to read the directory. Nobody has a password then.
 */
function signIn({ tenant, cloud, dns }: EnvironmentScope, { clientId, secret }: Login): JsonObject {
  const connector = {
    type: 'oidc',
    id: 'entra',
    name: 'Microsoft Entra',
    config: present({
      issuer: `${clouds[cloud].signIn}/${tenant}/v2.0`,
      clientID: clientId,
      // Argo CD looks it up: a Secret of this name, and a key of it.
      clientSecret: `$${secret}:client-secret`,
      redirectURI: dns === undefined ? undefined : `https://argocd.${dns.name}/api/dex/callback`,
      scopes: ['openid', 'profile', 'email'],
      userNameKey: 'preferred_username',
      // Entra does not say whether it has verified an address.
      insecureSkipEmailVerified: true,
      insecureEnableGroups: true,
    }),
  };
  return { 'admin.enabled': false, 'dex.config': JSON.stringify({ connectors: [connector] }, undefined, 2) };
}

function configs(view: EnvironmentScope, login: Login | undefined): JsonObject {
  const { cm = {}, ...rest } = reachedAt(urlOf(view, 'argocd'));
  if (login === undefined)
    return { rbac: rbac(view.admins, []), ...rest, ...(Object.keys(cm).length > 0 ? { cm } : {}) };
  return { rbac: rbac(login.admins, login.allowed), ...rest, cm: { ...cm, ...signIn(view, login) } };
}

/** The gateway is where HTTPS ends: a server that wants it too would send every request back to where it came from. */
function reachedAt(url: string | undefined): { readonly cm?: JsonObject; readonly params?: JsonObject } {
  return url === undefined ? {} : { cm: { url }, params: { 'server.insecure': true } };
}

function scaled(production: boolean): JsonObject {
  if (!production) return { replicas: 1 };
  return {
    autoscaling: {
      enabled: true,
      minReplicas: 2,
      maxReplicas: 5,
      // Each holds all there is to hold, so that more of them need no less each: by the chart's half of a request there would always be five.
      targetMemoryUtilizationPercentage: null,
    },
    ...budget(true),
  };
}

function budget(production: boolean): JsonObject {
  return production ? { pdb: { enabled: true, maxUnavailable: 1 } } : {};
}

function redis(highAvailability: boolean, size: Readonly<Record<Part, Size>>): JsonObject {
  if (!highAvailability) return { redis: { ...probes, resources: resources(size.redis) } };
  const podDisruptionBudget = { maxUnavailable: 1 };
  return {
    'redis-ha': {
      enabled: true,
      // It does not look at `global.nodeSelector`; its proxy takes this one too.
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      podDisruptionBudget,
      redis: { resources: resources(size.redis) },
      sentinel: { resources: resources(size.small) },
      splitBrainDetection: { resources: resources(size.small) },
      init: { resources: resources(size.small) },
      haproxy: {
        podDisruptionBudget,
        resources: resources(size.small),
        init: { resources: resources(size.small) },
      },
    },
  };
}

/** Values of Argo CD's parameters are texts in its ConfigMap, however they are written. */
function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
