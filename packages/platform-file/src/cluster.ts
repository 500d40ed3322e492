import { formatAddress, parseCidr } from './cidr.ts';
import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import { clusterName, nodeResourceGroupName } from './names.ts';
import type { Cluster, Features, Pool } from './resolved.ts';
import type { PoolSource } from './schema.ts';
import { hours } from './units.ts';

const tiers = { free: 'Free', standard: 'Standard', premium: 'Premium' } as const;
const drivers = { install: 'Install', none: 'None' } as const;
const nodeUpgrades = {
  none: 'None',
  unmanaged: 'Unmanaged',
  'security-patch': 'SecurityPatch',
  'node-image': 'NodeImage',
} as const;

export function resolveCluster(
  platform: string,
  merged: Merged,
  environment: string,
  region: string,
  production: boolean,
): Cluster {
  const { cluster, network } = merged;
  const name = clusterName(platform, environment, region);
  const serviceCidr = network?.services ?? defaults.network.services;
  return {
    name,
    dnsPrefix: name,
    nodeResourceGroup: nodeResourceGroupName(platform, environment, region),
    version: cluster?.version ?? defaults.version,
    tier: tiers[cluster?.tier ?? defaults.tier],
    private: cluster?.private ?? production,
    runCommand: cluster?.['run-command'] ?? !production,
    authorizedRanges: cluster?.['authorized-ranges'] ?? [],
    podCidr: network?.pods ?? defaults.network.pods,
    serviceCidr,
    dnsServiceIp: tenthAddress(serviceCidr),
    networkPolicy: network?.policy ?? defaults.network.policy,
    upgrades: {
      cluster: cluster?.upgrades?.cluster ?? defaults.upgrades.cluster,
      nodes: nodeUpgrades[cluster?.upgrades?.nodes ?? defaults.upgrades.nodes],
    },
    pools: resolvePools(cluster?.pools),
    features: resolveFeatures(cluster?.features),
  };
}

/** Where AKS puts its DNS service by habit. Empty for what is no range, which is refused when the file is read. */
function tenthAddress(cidr: string): string {
  const range = parseCidr(cidr);
  return range === undefined ? '' : formatAddress(range.first + 10);
}

function resolvePools(pools: NonNullable<Merged['cluster']>['pools']): Cluster['pools'] {
  const { system, user = true, gpu = true } = pools ?? {};
  const fallback = defaults.pools;
  return {
    system: resolvePool(system, fallback.system),
    user: user === false ? undefined : resolvePool(settings(user), fallback.user),
    gpu:
      gpu === false
        ? undefined
        : {
            ...resolvePool(settings(gpu), fallback.gpu),
            driver: drivers[settings(gpu)?.driver ?? fallback.gpu.driver],
          },
  };
}

/** `true` switches on and says nothing more. */
function settings<T>(given: T | boolean): T | undefined {
  return typeof given === 'boolean' ? undefined : given;
}

function resolvePool(pool: PoolSource | undefined, fallback: Pick<Pool, 'size' | 'min' | 'max'>): Pool {
  return {
    size: pool?.size ?? fallback.size,
    min: pool?.min ?? Math.min(fallback.min, pool?.max ?? fallback.min),
    max: pool?.max ?? Math.max(fallback.max, pool?.min ?? fallback.max),
    zones: [...new Set(pool?.zones?.map(String))].sort(),
    osDiskGb: pool?.disk,
  };
}

function resolveFeatures(features: NonNullable<Merged['cluster']>['features']): Features {
  const { 'key-vault-secrets': secrets = true, 'image-cleaner': cleaner = true } = features ?? {};
  const { blob = true, disk = true, file = true, snapshot = true } = features?.csi ?? {};
  return {
    monitoring: features?.monitoring ?? true,
    defender: features?.defender ?? true,
    policy: features?.policy ?? true,
    secretsProvider:
      secrets === false ? undefined : { rotationInterval: settings(secrets)?.rotation ?? defaults.features.rotation },
    imageCleaner:
      cleaner === false
        ? undefined
        : { intervalHours: hours(settings(cleaner)?.interval ?? defaults.features.interval) },
    csi: { blob, disk, file, snapshot },
    workloadIdentity: features?.['workload-identity'] ?? true,
  };
}
