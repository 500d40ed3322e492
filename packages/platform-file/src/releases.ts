import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import type {
  Alerts,
  ArgoCdRelease,
  CertManagerRelease,
  Cluster,
  KnownRelease,
  MetricsRelease,
  OwnChart,
  OwnRelease,
  ReleaseSettings,
  Releases,
} from './resolved.ts';
import type { OwnReleaseSource } from './schema/releases.ts';
import { knownReleases } from './schema/releases.ts';
import { minutes } from './units.ts';

export const knownReleaseNames = Object.keys(knownReleases) as KnownRelease[];

export function isKnownRelease(name: string): name is KnownRelease {
  return Object.hasOwn(knownReleases, name);
}

/** What is on, with every default filled in. */
export function resolveReleases(merged: Merged, cluster: Cluster, alerts: Alerts | undefined): Releases {
  const said = merged.releases ?? {};
  const isOn = (name: KnownRelease) => (said[name] ?? name !== 'issuers') !== false;
  const certManager = isOn('cert-manager');
  return {
    operatorCrds: isOn('prometheus-operator-crds') ? common('prometheus-operator-crds', said) : undefined,
    certManager: certManager ? resolveCertManager(said, alerts) : undefined,
    // Without cert-manager nobody knows what an issuer is.
    issuers: (said.issuers ?? certManager) ? common('issuers', said) : undefined,
    metrics: isOn('kube-prometheus-stack') ? resolveMetrics(said) : undefined,
    argoCd: isOn('argo-cd') ? resolveArgoCd(said, cluster) : undefined,
    own: Object.entries(said).flatMap(([name, settings]): OwnRelease[] => {
      if (isKnownRelease(name) || settings === false || settings === undefined) return [];
      return resolveOwn(name, settings === true ? {} : (settings as OwnReleaseSource));
    }),
  };
}

type Said = NonNullable<Merged['releases']>;

/** What somebody says of a release that is on; nothing where they only switch it on. */
function block<Name extends KnownRelease>(name: Name, said: Said): Partial<Exclude<Said[Name], boolean | undefined>> {
  const settings: Said[Name] = said[name];
  return (typeof settings === 'object' ? settings : {}) as Partial<Exclude<Said[Name], boolean | undefined>>;
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

function resolveMetrics(said: Said): MetricsRelease {
  const { retention, storage, grafana } = block('kube-prometheus-stack', said);
  return {
    ...common('kube-prometheus-stack', said),
    retention: retention ?? defaults.releases.metrics.retention,
    storage: storage ?? defaults.releases.metrics.storage,
    grafana: grafana ?? true,
  };
}

function resolveArgoCd(said: Said, { pools }: Cluster): ArgoCdRelease {
  const wanted = block('argo-cd', said)['high-availability'] ?? defaults.releases.highAvailability;
  return {
    ...common('argo-cd', said),
    highAvailability: wanted === 'auto' ? nodesOf(pools.user, 'min') >= redisNodes : wanted,
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
      timeoutMinutes: minutes(said.timeout ?? defaults.releases.timeout),
      isStateful: said.stateful ?? false,
      setting: `releases.${name}`,
    },
  ];
}

function ownChart({ chart, repository, version, digest }: OwnReleaseSource): OwnChart | undefined {
  if (chart === undefined) return undefined;
  if (chart.startsWith('./')) return { kind: 'folder', path: chart };
  if (version === undefined || digest === undefined) return undefined;
  if (chart.startsWith('oci://')) return { kind: 'oci', url: chart, version, digest };
  return repository === undefined ? undefined : { kind: 'http', repository, name: chart, version, digest };
}
