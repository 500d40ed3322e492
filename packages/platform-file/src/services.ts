import { defaults } from './defaults.ts';
import type { Merged } from './layers.ts';
import {
  backupVaultName,
  budgetName,
  cacheName,
  databaseName,
  gatewayName,
  keyVaultName,
  registryName,
  resourceGroupName,
  storageName,
} from './names.ts';
import type {
  Alerts,
  Backup,
  Budget,
  Cache,
  Database,
  EnvironmentScope,
  EnvironmentVault,
  Gateway,
  Network,
  PrivateLink,
  Registry,
  ServiceAccount,
  Storage,
  Workload,
} from './resolved.ts';
import type { SecretEntry, SecretNamespace } from './resolved-ai.ts';
import type { PlatformSource } from './schema.ts';
import { days, hours } from './units.ts';

/** What an environment in one region is called and how it is meant. */
export interface Place {
  readonly platform: string;
  readonly scope: string;
  readonly region: string;
  readonly subscription: string;
  /** Place in the order of promotion, from 0. */
  readonly order: number;
  readonly production: boolean;
}

/** `true` switches on and says nothing more, as does saying nothing where it is on by default. */
function settings<T extends object>(said: T | boolean | undefined, byDefault: boolean): Partial<T> | undefined {
  if (said === false || (said === undefined && !byDefault)) return undefined;
  return typeof said === 'object' ? said : {};
}

/** An existing network without a subnet for it has no gateway. */
export function resolveGateway(place: Place, merged: Merged, network: Network): Gateway | undefined {
  const { platform, scope, region, order } = place;
  const said = settings(merged.gateway, true);
  if (said === undefined || (network.existing && network.subnets.dmz === undefined)) return undefined;
  const waf = said.waf ?? (order === 0 ? 'detection' : 'prevention');
  return {
    name: gatewayName(platform, scope, region),
    frontend: 'web',
    waf: waf === 'off' ? undefined : waf === 'detection' ? 'Detection' : 'Prevention',
  };
}

export function resolveRegistry(
  { platform, scope, region, subscription, production }: Place,
  merged: Merged,
): Registry {
  const { registry, existing } = merged;
  if (existing?.registry !== undefined) return { existing: true, id: existing.registry };
  return {
    existing: false,
    name: registryName(platform, scope, region, subscription),
    publicAccess: registry?.['public-access'] ?? !production,
    zoneRedundant: registry?.['zone-redundant'] ?? production,
    replicas: [...new Set(registry?.replicas)].sort(),
    retentionDays: registry?.retention === undefined ? undefined : days(registry.retention),
  };
}

/** Id of an environment's registry in the resource manager, whether or not it is there yet. */
export function registryIdOf({
  subscription,
  resourceGroup,
  registry,
}: Pick<EnvironmentScope, 'subscription' | 'resourceGroup' | 'registry'>): string {
  if (registry.existing) return registry.id;
  const group = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  return `${group}/providers/Microsoft.ContainerRegistry/registries/${registry.name}`;
}

export function resolveVault(source: PlatformSource, place: Place, merged: Merged): EnvironmentVault {
  const { scope, region, subscription, production } = place;
  if (merged.existing?.['key-vault'] !== undefined) {
    return { existing: true, shared: false, id: merged.existing['key-vault'] };
  }
  if (!hasOwnVault(merged, production)) return { existing: true, shared: true, id: sharedVaultId(source) };
  return {
    existing: false,
    name: keyVaultName(source.name, scope, region, subscription),
    publicAccess: merged['key-vault']?.['public-access'] ?? !production,
  };
}

export function hasOwnVault(merged: Merged, production: boolean): boolean {
  return merged['key-vault']?.own ?? production;
}

export function sharedVaultName({ name, shared }: PlatformSource): string {
  return keyVaultName(name, 'shared', shared.location, shared.subscription);
}

function sharedVaultId(source: PlatformSource): string {
  const { name, shared, existing } = source;
  if (existing?.['key-vault'] !== undefined) return existing['key-vault'];
  const group = resourceGroupName(name, 'shared', shared.location);
  return `/subscriptions/${shared.subscription}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${sharedVaultName(source)}`;
}

const replications = { lrs: 'LRS', zrs: 'ZRS', grs: 'GRS', gzrs: 'GZRS' } as const;

export function resolveStorage(place: Place, merged: Merged): Storage | undefined {
  const { platform, scope, region, subscription, production } = place;
  const said = settings(merged.storage, true);
  if (said === undefined) return undefined;
  return {
    name: storageName(platform, scope, region, subscription),
    publicAccess: said['public-access'] ?? !production,
    replication: replications[said.replication ?? (production ? 'zrs' : 'lrs')],
    softDeleteDays: days(said['soft-delete'] ?? defaults.storage.softDelete),
    containers: { loki: 'loki', mlflow: 'mlflow', backup: 'backup' },
  };
}

export function resolveDatabase(place: Place, merged: Merged): Database | undefined {
  const { platform, scope, region, subscription, order, production } = place;
  const said = settings(merged.database, order > 0);
  if (said === undefined) return undefined;
  const fallback = defaults.database;
  const size = said.size ?? (production ? fallback.productionSize : fallback.size);
  return {
    name: databaseName(platform, scope, region, subscription),
    size,
    storageGb: said.storage ?? fallback.storageGb,
    version: said.version ?? fallback.version,
    highAvailability: said['high-availability'] ?? (production && !size.startsWith('B_')),
    backupDays: days(said.backup ?? fallback.backup),
    geoBackup: said['geo-backup'] ?? false,
    databases: ['mlflow'],
  };
}

export function resolveCache({ platform, scope, region, subscription }: Place, merged: Merged): Cache | undefined {
  const said = settings(merged.cache, false);
  if (said === undefined) return undefined;
  return { name: cacheName(platform, scope, region, subscription), size: said.size ?? defaults.cache.size };
}

/** Backups of volumes lie in the storage account, so without it there are none. */
export function resolveBackup(place: Place, merged: Merged, storage: Storage | undefined): Backup | undefined {
  const said = settings(merged.backup, place.production && storage !== undefined);
  if (said === undefined) return undefined;
  return {
    vault: backupVaultName(place.platform, place.scope, place.region),
    retentionDays: days(said.retention ?? defaults.backup.retention),
    everyHours: hours(said.every ?? defaults.backup.every),
  };
}

export function resolveBudget({ platform, scope, region }: Place, { budget }: Merged): Budget | undefined {
  if (budget === undefined) return undefined;
  return { name: budgetName(platform, scope, region), amount: budget.amount, notify: budget.notify };
}

/** Alerts that reach nobody are not made. */
export function resolveAlerts({ alerts }: Merged): Alerts | undefined {
  const { email: emails = [], webhook: webhooks = [] } = alerts ?? {};
  return emails.length + webhooks.length === 0 ? undefined : { emails, webhooks };
}

export function resolvePrivateLink({ existing }: Merged, network: Network): PrivateLink | undefined {
  if (network.existing && network.subnets.data === undefined) return undefined;
  const { registry, 'key-vault': vault, storage, database, cache } = existing?.['private-dns-zones'] ?? {};
  const given = { registry, vault, storage, database, cache };
  return { zones: Object.fromEntries(Object.entries(given).filter(([, id]) => id !== undefined)) };
}

/** The charts' own namespaces and service accounts; `deploy-platform` gives them exactly these names. */
const accounts: Readonly<Record<Workload, ServiceAccount>> = {
  'alb-controller': { namespace: 'azure-alb-system', name: 'alb-controller-sa' },
  'cert-manager': { namespace: 'cert-manager', name: 'cert-manager' },
  loki: { namespace: 'monitoring', name: 'loki' },
  mlflow: { namespace: 'ai-tools', name: 'mlflow' },
  'external-secrets': { namespace: 'external-secrets', name: 'external-secrets' },
  // Read the key vault for a namespace, and hold what they read as Secrets there.
  'secrets-ai-tools': { namespace: 'ai-tools', name: 'secrets' },
  'secrets-argocd': { namespace: 'argocd', name: 'secrets' },
  'secrets-monitoring': { namespace: 'monitoring', name: 'secrets' },
};

export interface Needs {
  readonly workloadIdentity: boolean;
  readonly gateway: boolean;
  readonly dns: boolean;
  readonly storage: boolean;
  /** Secrets of the key vault that are brought to the cluster. */
  readonly secrets: readonly Pick<SecretEntry, 'namespace'>[];
}

/** Nobody gets an identity for what is not there. */
export function resolveWorkloads({
  workloadIdentity,
  gateway,
  dns,
  storage,
  secrets,
}: Needs): Readonly<Partial<Record<Workload, ServiceAccount>>> {
  const wants = (namespace: SecretNamespace) => secrets.some(secret => secret.namespace === namespace);
  const needed: Readonly<Record<Workload, boolean>> = {
    'alb-controller': gateway,
    'cert-manager': dns,
    loki: storage,
    mlflow: storage,
    'external-secrets': true,
    'secrets-ai-tools': wants('ai-tools'),
    'secrets-argocd': wants('argocd'),
    'secrets-monitoring': wants('monitoring'),
  };
  return Object.fromEntries(
    Object.entries(accounts).filter(([workload]) => workloadIdentity && needed[workload as Workload]),
  );
}
