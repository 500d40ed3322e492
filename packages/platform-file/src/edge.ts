import { defaults } from './defaults.ts';
import type {
  EdgeRelease,
  EdgeReleases,
  NamespaceLimit,
  NamespaceQuota,
  NamespacesRelease,
  OwnChartSettings,
} from './edge-releases.ts';
import type { Merged } from './layers.ts';
import type { ReleaseSettings } from './resolved.ts';

type Said = NonNullable<Merged['releases']>;
type Settings<Name extends EdgeRelease> = Partial<Exclude<Said[Name], boolean | undefined>>;

/** What is on of the edge: nothing that nobody asks for, and with each release what it cannot do without. */
export function resolveEdge(said: Said, production: boolean): EdgeReleases {
  const isOn = (name: EdgeRelease, otherwise: boolean) => (said[name] ?? otherwise) !== false;
  const routes = isOn('routes', false);
  const gateway = isOn('gateway', routes);
  const albController = isOn('alb-controller', gateway);
  const gatewayApi = isOn('gateway-api-crds', albController);
  const block = <Name extends EdgeRelease>(name: Name) => settingsOf(name, said);
  return {
    gatewayApi: gatewayApi
      ? { ...own('gateway-api-crds', said), owner: block('gateway-api-crds').owner ?? defaults.releases.gatewayApi }
      : undefined,
    albController: albController ? pinned('alb-controller', said) : undefined,
    gateway: gateway
      ? {
          ...own('gateway', said),
          issuer: block('gateway').issuer ?? defaults.releases.issuer,
          namespaces: block('gateway').namespaces ?? [],
        }
      : undefined,
    routes: routes
      ? {
          ...own('routes', said),
          argoCd: block('routes')['argo-cd'] ?? true,
          grafana: block('routes').grafana ?? 'auto',
          prometheus: block('routes').prometheus ?? false,
          jaeger: block('routes').jaeger ?? false,
        }
      : undefined,
    namespaces: isOn('namespaces', false) ? resolveNamespaces(said) : undefined,
    networkPolicies: isOn('network-policies', false)
      ? { ...own('network-policies', said), namespaces: block('network-policies').namespaces ?? [] }
      : undefined,
    storageClasses: isOn('storage-classes', false)
      ? { ...own('storage-classes', said), retain: block('storage-classes').retain ?? production }
      : undefined,
  };
}

/** What somebody says of a release that is on; nothing where they only switch it on. */
function settingsOf<Name extends EdgeRelease>(name: Name, said: Said): Settings<Name> {
  const settings: Said[Name] = said[name];
  return (typeof settings === 'object' ? settings : {}) as Settings<Name>;
}

function own(name: EdgeRelease, said: Said): OwnChartSettings {
  return { values: settingsOf(name, said).values ?? {}, setting: `releases.${name}` };
}

function pinned(name: 'alb-controller', said: Said): ReleaseSettings {
  const { version, digest } = settingsOf(name, said);
  return { version, digest, ...own(name, said) };
}

function resolveNamespaces(said: Said): NamespacesRelease {
  const { quotas = {}, limits = {} } = settingsOf('namespaces', said);
  return {
    ...own('namespaces', said),
    usual: limitOf({}),
    quotas: mapped(quotas, quotaOf),
    limits: mapped(limits, limitOf),
  };
}

type NamespacesSource = Settings<'namespaces'>;

function quotaOf({
  cores,
  memory,
  pods,
  gpus,
  storage,
  claims,
}: NonNullable<NamespacesSource['quotas']>[string]): NamespaceQuota {
  return { cores, memory, pods, gpus, storage, claims };
}

function limitOf(said: NonNullable<NamespacesSource['limits']>[string]): NamespaceLimit {
  const { cpu, memory } = defaults.releases.requests;
  return { cpu: said.cpu ?? cpu, memory: said.memory ?? memory, memoryLimit: said['memory-limit'] };
}

function mapped<From, To>(given: Readonly<Record<string, From>>, change: (one: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(given).map(([name, one]) => [name, change(one)]));
}
