import { formatAddress, parseCidr } from './cidr.ts';
import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import { clusterIdentityName, clusterName, nodeResourceGroupName, resourceGroupName } from './names.ts';
import { parseTaint } from './node-marks.ts';
import type { Cluster, Features, GpuPool, Maintenance, Pool, SystemPool, WorkerPool } from './resolved.ts';
import type { PoolSource, UserPoolSource } from './schema.ts';
import { hours, minutes } from './units.ts';

const tiers = { free: 'Free', standard: 'Standard', premium: 'Premium' } as const;
const drivers = { install: 'Install', none: 'None' } as const;
const nodeUpgrades = {
  none: 'None',
  unmanaged: 'Unmanaged',
  'security-patch': 'SecurityPatch',
  'node-image': 'NodeImage',
} as const;

/** The group that an environment's own resources lie in. */
export function environmentGroup(platform: string, { names }: Merged, environment: string, region: string): string {
  return names?.['resource-group'] ?? resourceGroupName(platform, environment, region);
}

export function resolveCluster(
  platform: string,
  merged: Merged,
  environment: string,
  region: string,
  production: boolean,
  ownsSubscription: boolean,
): Cluster {
  const { cluster, network, names } = merged;
  const name = names?.cluster ?? clusterName(platform, environment, region);
  const serviceCidr = network?.services ?? defaults.network.services;
  return {
    name,
    dnsPrefix: names?.['dns-prefix'] ?? name,
    nodeResourceGroup:
      names?.['node-resource-group'] ?? nodeResourceGroupName(environmentGroup(platform, merged, environment, region)),
    identity: names?.identity ?? clusterIdentityName(name),
    roleAssignments: resolveAssignments(names?.['role-assignments']),
    version: cluster?.version ?? defaults.version,
    tier: tiers[cluster?.tier ?? defaults.tier],
    private: cluster?.private ?? production,
    runCommand: cluster?.['run-command'] ?? !production,
    authorizedRanges: cluster?.['authorized-ranges'] ?? [],
    podCidr: network?.pods ?? defaults.network.pods,
    serviceCidr,
    dnsServiceIp: tenthAddress(serviceCidr),
    networkPolicy: network?.policy ?? defaults.network.policy,
    privateDns: privateDns(cluster?.['private-dns'] ?? defaults.privateDns),
    vnetIntegration: cluster?.['vnet-integration'] ?? false,
    diskEncryption: cluster?.['disk-encryption'],
    maintenance: resolveMaintenance(cluster?.maintenance),
    defenderPlan: ownsSubscription && (cluster?.features?.['defender-plan'] ?? false),
    upgrades: {
      cluster: cluster?.upgrades?.cluster ?? defaults.upgrades.cluster,
      nodes: nodeUpgrades[cluster?.upgrades?.nodes ?? defaults.upgrades.nodes],
    },
    pools: resolvePools(cluster?.pools, production),
    poolsLeftAlone: cluster?.pools?.['left-alone'] ?? [],
    features: resolveFeatures(cluster?.features, cluster?.tier === 'free'),
  };
}

function resolveAssignments(
  said: NonNullable<NonNullable<Merged['names']>['role-assignments']> = {},
): Cluster['roleAssignments'] {
  const known = {
    cluster_network: said['cluster-network'],
    registry_pull: said['registry-pull'],
    secrets_provider: said['secrets-provider'],
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([purpose, name]) => (name === undefined ? [] : [[purpose, name]])),
  );
}

function privateDns(said: string): string {
  return said === 'system' ? 'System' : said === 'none' ? 'None' : said;
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);

function resolveMaintenance(said: NonNullable<Merged['cluster']>['maintenance']): Maintenance | undefined {
  if (said === false) return undefined;
  const fallback = defaults.maintenance;
  const given = said === undefined ? undefined : settings(said);
  const {
    day = fallback.day,
    start = fallback.start,
    hours: length = fallback.hours,
    zone = fallback.zone,
  } = given ?? {};
  return { day: capital(day), start, hours: length, utcOffset: winterOffset(zone) };
}

/** The offset outside of daylight saving time: the smaller one of January's and July's. */
function winterOffset(zone: string): string {
  // The default. What Intl loads for its first zone takes as long as reading a whole platform file.
  if (zone === 'UTC') return '+00:00';
  const minutes = [0, 6].map(month => {
    const at = Date.UTC(2026, month, 15);
    const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at);
    const [, sign, hour, minute] =
      /^GMT(?:([+-])(\d\d):(\d\d))?$/.exec(parts.find(part => part.type === 'timeZoneName')?.value ?? '') ?? [];
    return sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (60 * Number(hour) + Number(minute));
  });
  const least = Math.min(...minutes);
  const pad = (number: number) => String(number).padStart(2, '0');
  return `${least < 0 ? '-' : '+'}${pad(Math.floor(Math.abs(least) / 60))}:${pad(Math.abs(least) % 60)}`;
}

/** Where AKS puts its DNS service by habit. Empty for what is no range, which is refused when the file is read. */
function tenthAddress(cidr: string): string {
  const range = parseCidr(cidr);
  return range === undefined ? '' : formatAddress(range.first + 10);
}

function resolvePools(pools: NonNullable<Merged['cluster']>['pools'], production: boolean): Cluster['pools'] {
  const { system, user = true, gpu = true } = pools ?? {};
  const fallback = defaults.pools;
  const zones = production ? fallback.productionZones : [];
  return {
    system: resolveSystem(system, zones, production),
    user:
      user === false
        ? undefined
        : withReplacement(settings(user), pool => resolveWorkers('user', pool, fallback.user, zones, production)),
    gpu: gpu === false ? undefined : withReplacement(settings(gpu), pool => resolveGpu(pool, production)),
  };
}

type SystemSource = NonNullable<NonNullable<NonNullable<Merged['cluster']>['pools']>['system']>;

function resolveSystem(pool: SystemSource | undefined, zones: readonly string[], production: boolean): SystemPool {
  const resolved = resolvePool(pool, defaults.pools.system, zones, production);
  return { ...resolved, name: pool?.name ?? 'system', dedicated: pool?.dedicated ?? true };
}

function resolveGpu(pool: PoolSource | undefined, production: boolean): GpuPool {
  // A location rarely has a GPU size in all of its zones.
  const workers = resolveWorkers('gpu', pool, defaults.pools.gpu, [], production);
  return { ...workers, driver: drivers[pool?.driver ?? defaults.pools.gpu.driver] };
}

/** The replacement is the pool in the other color, with what it says of its own. */
function withReplacement<Source extends UserPoolSource, Pool extends WorkerPool>(
  source: Source | undefined,
  resolve: (source: Source | undefined) => Pool,
): Pool {
  const pool = resolve(source);
  if (source?.replacement === undefined) return pool;
  const { replacement, ...rest } = source;
  const color = pool.color === 'blue' ? 'green' : 'blue';
  return { ...pool, replacement: resolve({ ...rest, ...replacement, color } as Source) };
}

/** `true` switches on and says nothing more. */
function settings<T>(given: T | boolean): T | undefined {
  return typeof given === 'boolean' ? undefined : given;
}

function resolveWorkers(
  kind: 'user' | 'gpu',
  pool: UserPoolSource | undefined,
  fallback: Pick<Pool, 'size' | 'min' | 'max' | 'surge'>,
  zones: readonly string[],
  production: boolean,
): WorkerPool {
  return {
    ...resolvePool(pool, fallback, zones, production),
    name: pool?.name ?? kind,
    taints: (pool?.taints ?? []).flatMap(text => parseTaint(text) ?? []),
    spot: pool?.spot ?? false,
    perZone: pool?.['per-zone'] ?? false,
    color: pool?.color ?? defaults.pools.color,
    replacement: undefined,
  };
}

type SystemPoolSource = Omit<UserPoolSource, 'name' | 'taints' | 'spot' | 'per-zone' | 'color' | 'replacement'>;

function resolvePool(
  pool: SystemPoolSource | undefined,
  fallback: Pick<Pool, 'size' | 'min' | 'max' | 'surge'>,
  zones: readonly string[],
  production: boolean,
): Pool {
  return {
    size: pool?.size ?? fallback.size,
    min: pool?.min ?? Math.min(fallback.min, pool?.max ?? fallback.min),
    max: pool?.max ?? Math.max(fallback.max, pool?.min ?? fallback.max),
    zones: [...new Set(pool?.zones?.map(String) ?? zones)].sort(),
    osDiskGb: pool?.disk,
    osDiskType: (pool?.['disk-type'] ?? defaults.pools.diskType) === 'ephemeral' ? 'Ephemeral' : 'Managed',
    hostEncryption: pool?.['host-encryption'] ?? production,
    maxPods: pool?.['max-pods'] ?? defaults.pools.maxPods,
    surge: pool?.surge ?? fallback.surge,
    drainMinutes: minutes(pool?.drain ?? defaults.pools.drain),
    soakMinutes: minutes(pool?.soak ?? defaults.pools.soak),
    labels: pool?.labels ?? {},
  };
}

function resolveFeatures(features: NonNullable<Merged['cluster']>['features'], free: boolean): Features {
  const { 'key-vault-secrets': secrets = true, 'image-cleaner': cleaner = true } = features ?? {};
  const { blob = true, disk = true, file = true, snapshot = true } = features?.csi ?? {};
  const policy = features?.policy ?? true;
  const podSecurity = features?.['pod-security'] ?? defaults.features.podSecurity;
  const safeguards = features?.safeguards ?? defaults.features.safeguards;
  return {
    monitoring: features?.monitoring ?? true,
    diagnostics: features?.diagnostics ?? true,
    prometheus: features?.prometheus ?? false,
    defender: features?.defender ?? true,
    policy,
    // Without the add-on nobody looks.
    podSecurity: policy && podSecurity !== 'off' ? podSecurity : undefined,
    safeguards: policy && safeguards !== 'off' ? (safeguards === 'warn' ? 'Warn' : 'Enforce') : undefined,
    costAnalysis: features?.['cost-analysis'] ?? !free,
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
