import type { JsonObject } from '@suite/foundation';
import type { ArgoCdRelease, EnvironmentScope } from '@suite/platform-file';
import type { Release, ReleaseInput } from '../release.ts';
import { pinned } from './pins.ts';
import { at, type Draft, portOf, resources, type Size, spread, withUserValues } from './values.ts';

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
    needs: operatorCrds === undefined ? [] : ['prometheus-operator-crds'],
    ...resolved,
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
  const hasLogin = at(settings.values, 'configs', 'cm', 'dex.config') !== undefined;
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
      configs: { rbac: rbac(view.admins) },
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
function rbac(admins: readonly string[]): JsonObject {
  return admins.length === 0 ? {} : { 'policy.csv': admins.map(group => `g, ${group}, role:admin\n`).join('') };
}

function scaled(production: boolean): JsonObject {
  if (!production) return { replicas: 1 };
  return { autoscaling: { enabled: true, minReplicas: 2, maxReplicas: 5 }, ...budget(true) };
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
