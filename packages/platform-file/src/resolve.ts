import { nearest, sentenceList, UserError } from '@suite/foundation';
import { formatAddress, formatCidr, parseCidr, type Range } from './cidr.ts';
import { type Merged, mergeLayers } from './layers.ts';
import { type Lock, lockOf } from './lock.ts';
import {
  clusterName,
  networkName,
  nodeResourceGroupName,
  registryName,
  resourceGroupName,
  stateKey,
  subnetName,
  workspaceName,
} from './names.ts';
import { type Platform, regionsOf } from './platform.ts';
import type {
  Cluster,
  EnvironmentScope,
  Features,
  LogsReference,
  Network,
  Pool,
  Registry,
  ScopeView,
  SharedScope,
  Zone,
} from './resolved.ts';
import type { PlatformSource, PoolSource } from './schema.ts';

/**
 * Everything about one scope and region, defaults filled in. The region may be left out where there is one. Throws a
 * UserError when there is no such scope or region, or when the lock does not know it.
 */
export function resolveScope(
  platform: Platform,
  lock: Lock,
  wanted: { readonly scope: string; readonly region?: string },
): ScopeView {
  const { source } = platform;
  if (wanted.scope === 'shared') {
    const region = chooseRegion(wanted, [source.shared.location]);
    return { ...resolveShared(source, region), ...locked(lock, source.name, 'shared', region) };
  }
  const environments = Object.keys(source.environments);
  if (!environments.includes(wanted.scope)) {
    const all = ['shared', ...environments];
    throw unknownInput('scope', wanted.scope, all, 'The platform file has');
  }
  const region = chooseRegion(wanted, regionsOf(source, wanted.scope));
  return {
    ...resolveEnvironment(source, wanted.scope, region),
    ...locked(lock, source.name, wanted.scope, region),
  };
}

type Unlocked<T> = Omit<T, 'identities' | 'state'>;

function locked(lock: Lock, platform: string, scope: string, region: string): Pick<ScopeView, 'identities' | 'state'> {
  const { identities, state } = lockOf(lock, scope, region);
  return { identities, state: { ...state, key: stateKey(platform, scope, region) } };
}

function chooseRegion({ scope, region }: { scope: string; region?: string }, regions: readonly string[]): string {
  const [only] = regions;
  if (region === undefined) {
    if (only !== undefined && regions.length === 1) return only;
    throw new UserError({
      message: `is needed: ${scope} has the regions ${sentenceList(regions)}.`,
      location: { kind: 'input', name: 'region' },
      remedy: 'Give one of them.',
    });
  }
  if (regions.includes(region)) return region;
  throw unknownInput('region', region, regions, `${scope} has`);
}

function unknownInput(input: string, value: string, known: readonly string[], has: string): UserError {
  const near = nearest(value, known);
  return new UserError({
    message: `is \`${value}\`, which the platform file does not know.`,
    location: { kind: 'input', name: input },
    remedy: `${has} ${sentenceList(known)}.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
  });
}

const defaultRunner = 'ubuntu-24.04';

function baseTags(platform: string, scope: string, own: Readonly<Record<string, string>> | undefined) {
  return { ...own, platform, environment: scope, 'managed-by': 'provision-aks' };
}

function resolveShared(source: PlatformSource, region: string): Unlocked<SharedScope> {
  const { shared, existing } = source;
  return {
    kind: 'shared',
    platform: source.name,
    scope: 'shared',
    region,
    tenant: source.tenant,
    subscription: shared.subscription,
    runner: shared.runner ?? defaultRunner,
    // What all environments hang on deserves production's care.
    production: true,
    allow: shared.allow ?? [],
    tags: baseTags(source.name, 'shared', shared.tags),
    resourceGroup: resourceGroupName(source.name, 'shared', region),
    logs:
      existing?.logs === undefined
        ? { existing: false, name: workspaceName(source.name), retentionDays: amount(shared.logs?.retention ?? '30d') }
        : { existing: true, id: existing.logs },
  };
}

/** Without identities and state: what the platform file alone says. */
export function resolveEnvironment(source: PlatformSource, scope: string, region: string): Unlocked<EnvironmentScope> {
  const own = source.environments[scope];
  const order = Object.keys(source.environments).indexOf(scope);
  const merged = mergeLayers(source, scope, region);
  const production = own?.production ?? order === Object.keys(source.environments).length - 1;
  const subscription = own?.subscription ?? '';
  return {
    kind: 'environment',
    platform: source.name,
    scope,
    region,
    order,
    tenant: source.tenant,
    subscription,
    runner: merged.runner ?? defaultRunner,
    production,
    allow: own?.allow ?? [],
    tags: baseTags(source.name, scope, merged.tags),
    resourceGroup: resourceGroupName(source.name, scope, region),
    admins: merged.admins ?? [],
    logs: resolveLogs(source),
    network: resolveNetwork(source, merged, scope, region, order),
    registry: resolveRegistry(source.name, merged, scope, region, subscription, production),
    cluster: resolveCluster(source.name, merged, scope, region, production),
  };
}

function resolveLogs({ name, shared, existing }: PlatformSource): LogsReference {
  if (existing?.logs !== undefined) return { existing: true, id: existing.logs };
  return {
    existing: false,
    name: workspaceName(name),
    resourceGroup: resourceGroupName(name, 'shared', shared.location),
    subscription: shared.subscription,
  };
}

function resolveNetwork(source: PlatformSource, merged: Merged, scope: string, region: string, order: number): Network {
  const { existing } = merged;
  if (existing?.network !== undefined) {
    const { id, subnets } = existing.network;
    const { compute, dmz, data, management } = subnets;
    return {
      existing: true,
      id,
      subnets: {
        compute,
        ...(dmz === undefined ? {} : { dmz }),
        ...(data === undefined ? {} : { data }),
        ...(management === undefined ? {} : { management }),
      },
    };
  }
  const index = regionsOf(source, scope).indexOf(region);
  // A /16 for each environment and region, clear of the ranges of pods and services.
  const addressSpace = merged.network?.['address-space'] ?? `10.${10 * (order + 1) + index}.0.0/16`;
  const cut = cutZones(addressSpace);
  const subnet = (zone: Zone) => ({
    name: subnetName(zone),
    cidr: merged.network?.zones?.[zone] ?? cut?.[zone] ?? addressSpace,
  });
  return {
    existing: false,
    name: networkName(source.name, scope, region),
    addressSpace,
    subnets: { dmz: subnet('dmz'), compute: subnet('compute'), data: subnet('data'), management: subnet('management') },
  };
}

/**
 * The four zones inside of an address space: compute takes its second quarter, the others lie at the beginning. Application
 * Gateway for Containers needs exactly a /24 and a bastion at least a /26. Undefined when the space is too small.
 */
export function cutZones(addressSpace: string): Record<Zone, string> | undefined {
  const space = parseCidr(addressSpace);
  if (space === undefined || space.bits > 20) return undefined;
  const at = (offset: number, bits: number): string => formatCidr({ first: space.first + offset, bits });
  const quarter = 2 ** (32 - space.bits - 2);
  return {
    dmz: at(0, 24),
    data: at(256, 24),
    management: at(512, 26),
    compute: at(quarter, space.bits + 2),
  };
}

function resolveRegistry(
  platform: string,
  merged: Merged,
  scope: string,
  region: string,
  subscription: string,
  production: boolean,
): Registry {
  if (merged.existing?.registry !== undefined) return { existing: true, id: merged.existing.registry };
  return {
    existing: false,
    name: registryName(platform, scope, region, subscription),
    publicAccess: merged.registry?.['public-access'] ?? !production,
    zoneRedundant: merged.registry?.['zone-redundant'] ?? false,
  };
}

const tiers = { free: 'Free', standard: 'Standard', premium: 'Premium' } as const;
const nodeUpgrades = {
  none: 'None',
  unmanaged: 'Unmanaged',
  'security-patch': 'SecurityPatch',
  'node-image': 'NodeImage',
} as const;

function resolveCluster(platform: string, merged: Merged, scope: string, region: string, production: boolean): Cluster {
  const { cluster, network } = merged;
  const name = clusterName(platform, scope, region);
  const serviceCidr = network?.services ?? '10.0.0.0/16';
  const { user, gpu } = cluster?.pools ?? {};
  return {
    name,
    dnsPrefix: name,
    nodeResourceGroup: nodeResourceGroupName(platform, scope, region),
    version: cluster?.version ?? '1.35',
    tier: tiers[cluster?.tier ?? 'standard'],
    private: cluster?.private ?? production,
    runCommand: cluster?.['run-command'] ?? !production,
    authorizedRanges: cluster?.['authorized-ranges'] ?? [],
    podCidr: network?.pods ?? '10.244.0.0/16',
    serviceCidr,
    dnsServiceIp: tenthAddress(parseCidr(serviceCidr)),
    networkPolicy: network?.policy ?? 'cilium',
    upgrades: {
      cluster: cluster?.upgrades?.cluster ?? 'patch',
      nodes: nodeUpgrades[cluster?.upgrades?.nodes ?? 'node-image'],
    },
    pools: {
      system: resolvePool(cluster?.pools?.system, { size: 'Standard_D4ds_v5', min: 2, max: 10 }),
      user: user === false ? undefined : resolvePool(user, { size: 'Standard_D4ds_v5', min: 1, max: 10 }),
      gpu:
        gpu === false
          ? undefined
          : {
              ...resolvePool(gpu, { size: 'Standard_NC4as_T4_v3', min: 0, max: 2 }),
              driver: gpu?.driver === 'none' ? 'None' : 'Install',
            },
    },
    features: resolveFeatures(cluster?.features),
  };
}

function tenthAddress(range: Range | undefined): string {
  return range === undefined ? '' : formatAddress(range.first + 10);
}

function resolvePool(pool: PoolSource | undefined, fallback: Pick<Pool, 'size' | 'min' | 'max'>): Pool {
  return {
    size: pool?.size ?? fallback.size,
    min: pool?.min ?? fallback.min,
    max: pool?.max ?? Math.max(fallback.max, pool?.min ?? 0),
    zones: pool?.zones ?? [],
    osDiskGb: pool?.disk,
  };
}

function resolveFeatures(features: NonNullable<Merged['cluster']>['features']): Features {
  const secrets = features?.['key-vault-secrets'];
  const cleaner = features?.['image-cleaner'];
  const { blob = true, disk = true, file = true, snapshot = true } = features?.csi ?? {};
  return {
    monitoring: features?.monitoring ?? true,
    defender: features?.defender ?? true,
    policy: features?.policy ?? true,
    secretsProvider: secrets === false ? undefined : { rotationInterval: secrets?.rotation ?? '2m' },
    imageCleaner: cleaner === false ? undefined : { intervalHours: hours(cleaner?.interval ?? '48h') },
    csi: { blob, disk, file, snapshot },
    workloadIdentity: features?.['workload-identity'] ?? true,
  };
}

function amount(duration: string): number {
  return Number(duration.slice(0, -1));
}

function hours(duration: string): number {
  return duration.endsWith('d') ? 24 * amount(duration) : amount(duration);
}
