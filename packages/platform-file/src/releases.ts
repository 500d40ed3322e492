import {
  resolveGpu,
  resolveJupyterHub,
  resolveLogin,
  resolveMlflow,
  resolveSecrets,
  type Surroundings,
} from './ai-releases.ts';
import { registryChart } from './charts.ts';
import { defaults } from './defaults.ts';
import { resolveEdge } from './edge.ts';
import type { Merged } from './layers.ts';
import { resolveObservability } from './observability.ts';
import type {
  Alerts,
  ArgoCdRelease,
  CertManagerRelease,
  Cluster,
  IssuersRelease,
  KnownRelease,
  MetricsRelease,
  OwnChart,
  OwnRelease,
  ReleaseSettings,
  Releases,
} from './resolved.ts';
import { block, type Said } from './said-release.ts';
import type { OwnReleaseSource } from './schema/releases.ts';
import { knownReleases } from './schema/releases.ts';
import { minutes } from './units.ts';

export const knownReleaseNames = Object.keys(knownReleases) as KnownRelease[];

export function isKnownRelease(name: string): name is KnownRelease {
  return Object.hasOwn(knownReleases, name);
}

/** Off until somebody asks for them; issuers come with cert-manager. */
const askedFor: ReadonlySet<KnownRelease> = new Set([
  'issuers',
  'loki',
  'alloy',
  'jaeger',
  'alerts',
  'dashboards',
  'jupyterhub',
  'mlflow',
  'gpu',
  'secrets',
]);

/** What is on, with every default filled in. */
export function resolveReleases(
  merged: Merged,
  cluster: Cluster,
  alerts: Alerts | undefined,
  production: boolean,
  around: Surroundings & { readonly hasHub: boolean },
): Releases {
  const said = merged.releases ?? {};
  const isOn = (name: KnownRelease) => (said[name] ?? !askedFor.has(name)) !== false;
  const certManager = isOn('cert-manager');
  return {
    operatorCrds: isOn('prometheus-operator-crds') ? common('prometheus-operator-crds', said) : undefined,
    certManager: certManager ? resolveCertManager(said, alerts) : undefined,
    // Without cert-manager nobody knows what an issuer is.
    issuers: (said.issuers ?? certManager) ? resolveIssuers(said) : undefined,
    metrics: isOn('kube-prometheus-stack') ? resolveMetrics(said, merged) : undefined,
    // Where a hub deploys, none of its own has anything to do.
    argoCd: (said['argo-cd'] ?? !around.hasHub) !== false ? resolveArgoCd(said, merged, cluster) : undefined,
    ...resolveEdge(said, production),
    ...resolveObservability({ said, isOn, common, production, nodes: nodesOf(cluster.pools.user, 'max') }),
    jupyterHub: resolveJupyterHub(merged, cluster),
    mlflow: resolveMlflow(merged, around),
    gpu: resolveGpu(merged),
    secrets: resolveSecrets(merged, isOn),
    own: Object.entries(said).flatMap(([name, settings]): OwnRelease[] => {
      if (isKnownRelease(name) || settings === false || settings === undefined) return [];
      return resolveOwn(name, settings === true ? {} : (settings as OwnReleaseSource));
    }),
  };
}

function common(name: KnownRelease, said: Said): ReleaseSettings {
  const { version, digest, values = {} }: OwnReleaseSource = block(name, said);
  return { version, digest, values, setting: `releases.${name}` };
}

function resolveCertManager(said: Said, alerts: Alerts | undefined): CertManagerRelease {
  return {
    ...common('cert-manager', said),
    email: block('cert-manager', said).email ?? alerts?.emails[0],
  };
}

function resolveIssuers(said: Said): IssuersRelease {
  return { ...common('issuers', said), challenge: block('issuers', said).challenge ?? defaults.releases.challenge };
}

function resolveMetrics(said: Said, merged: Merged): MetricsRelease {
  const { retention, storage, grafana } = block('kube-prometheus-stack', said);
  return {
    ...common('kube-prometheus-stack', said),
    retention: retention ?? defaults.releases.metrics.retention,
    storage: storage ?? defaults.releases.metrics.storage,
    grafana: grafana ?? true,
    login: resolveLogin('kube-prometheus-stack', merged),
  };
}

function resolveArgoCd(said: Said, merged: Merged, { pools }: Cluster): ArgoCdRelease {
  const wanted = block('argo-cd', said)['high-availability'] ?? defaults.releases.highAvailability;
  const has = nodesOf(pools.user, 'min');
  const scarce = wanted === 'auto' && has < redisNodes ? { wants: redisNodes, has } : undefined;
  return {
    ...common('argo-cd', said),
    highAvailability: wanted === 'auto' ? scarce === undefined : wanted,
    scarce,
    login: resolveLogin('argo-cd', merged),
  };
}

/** Its servers refuse to share a node. */
export const redisNodes = 3;

/** Nodes of the user pool, all of its zones together. */
export function nodesOf(pool: Cluster['pools']['user'], limit: 'min' | 'max'): number {
  if (pool === undefined) return 0;
  return pool[limit] * (pool.perZone ? pool.zones.length : 1);
}

/** A namespace has one level. Those of the platform's releases decide it for whoever joins them there. */
export const namespaceLevels: ReadonlyMap<string, OwnRelease['podSecurity']> = new Map([
  ['monitoring', 'privileged'],
  ['cert-manager', 'restricted'],
  ['argocd', 'restricted'],
  // Nobody but its chart knows how the controller's pods are: what every usual pod may.
  ['azure-alb-system', 'baseline'],
  ['gateway', 'restricted'],
  ['ai-tools', 'baseline'],
  ['gpu-operator', 'privileged'],
]);

/** Nothing for what lacks a part that it needs, which is refused when the file is read. */
function resolveOwn(name: string, said: OwnReleaseSource): OwnRelease[] {
  const chart = ownChart(said);
  const { namespace } = said;
  if (chart === undefined || namespace === undefined) return [];
  return [
    {
      name,
      chart,
      namespace,
      podSecurity: said['pod-security'] ?? namespaceLevels.get(namespace) ?? defaults.releases.podSecurity,
      needs: said.needs ?? [],
      values: said.values ?? {},
      ready: {
        conditions: (said.ready?.conditions ?? []).map(one => ({
          apiVersion: one['api-version'],
          kind: one.kind,
          namespace: one.namespace ?? namespace,
          name: one.name,
          condition: one.condition ?? 'Ready',
        })),
        http: (said.ready?.http ?? []).map(({ service, port, path = '/', scheme = 'http' }) => ({
          service,
          port: String(port),
          path,
          scheme,
        })),
      },
      timeoutMinutes: minutes(said.timeout ?? defaults.releases.timeout),
      isStateful: said.stateful ?? false,
      setting: `releases.${name}`,
    },
  ];
}

function ownChart({ chart, repository, version, digest }: OwnReleaseSource): OwnChart | undefined {
  if (chart === undefined) return undefined;
  if (chart.startsWith('./')) return { kind: 'folder', path: chart };
  return registryChart({ chart, repository, version, digest });
}
