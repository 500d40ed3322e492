import { createHash } from 'node:crypto';

/**
 * Names of Azure resources, derived in one place so that every action finds what another one made. The region is always
 * part of a name: adding a second region later renames nothing.
 */
export function resourceGroupName(platform: string, scope: string, region: string): string {
  return `rg-${platform}-${scope}-${region}`;
}

export function clusterName(platform: string, environment: string, region: string): string {
  return `aks-${platform}-${environment}-${region}`;
}

/** The group in which AKS keeps nodes and load balancers. */
export function nodeResourceGroupName(resourceGroup: string): string {
  return `${resourceGroup}-nodes`;
}

/** The control plane's own. */
export function clusterIdentityName(cluster: string): string {
  return `id-${cluster}`;
}

export function networkName(platform: string, environment: string, region: string): string {
  return `vnet-${platform}-${environment}-${region}`;
}

export function subnetName(zone: string): string {
  return `snet-${zone}`;
}

export function workspaceName(platform: string): string {
  return `log-${platform}`;
}

export function gatewayName(platform: string, environment: string, region: string): string {
  return `agc-${platform}-${environment}-${region}`;
}

/** Names of vaults, storage accounts, databases and caches are unique in all of Azure and short, hence the hash. */
export function keyVaultName(platform: string, scope: string, region: string, subscription: string): string {
  const readable = `kv-${platform}-${scope}`.slice(0, 17).replace(/-$/, '');
  return `${readable}-${hashOf(subscription, scope, region)}`;
}

export function storageName(platform: string, environment: string, region: string, subscription: string): string {
  const readable = `st${platform}${environment}`.replaceAll('-', '').slice(0, 18);
  return `${readable}${hashOf(subscription, environment, region)}`;
}

export function databaseName(platform: string, environment: string, region: string, subscription: string): string {
  return `psql-${platform}-${environment}-${hashOf(subscription, environment, region)}`;
}

export function cacheName(platform: string, environment: string, region: string, subscription: string): string {
  return `redis-${platform}-${environment}-${hashOf(subscription, environment, region)}`;
}

export function backupVaultName(platform: string, environment: string, region: string): string {
  return `bvault-${platform}-${environment}-${region}`;
}

export function budgetName(platform: string, environment: string, region: string): string {
  return `budget-${platform}-${environment}-${region}`;
}

function hashOf(subscription: string, scope: string, region: string): string {
  return createHash('sha256').update(`${subscription}/${scope}/${region}`).digest('hex').slice(0, 6);
}

/** Registry names are letters and digits only and unique in all of Azure, hence the hash. */
export function registryName(platform: string, environment: string, region: string, subscription: string): string {
  const readable = `cr${platform}${environment}`.replaceAll('-', '').slice(0, 44);
  return `${readable}${hashOf(subscription, environment, region)}`;
}

/** What bootstrap makes of a scope lies in a group of its own, which no Terraform owns. */
export function stateGroupName(platform: string, scope: string, region: string): string {
  return `rg-${platform}-state-${scope}-${region}`;
}

/** Storage accounts are letters and digits only, at most 24, and unique in all of Azure. */
export function stateAccountName(platform: string, scope: string, region: string, subscription: string): string {
  const readable = `tf${platform}${scope}`.replaceAll('-', '').slice(0, 18);
  return `${readable}${hashOf(subscription, `${platform}/${scope}`, region)}`;
}

export type IdentityKind = 'plan' | 'apply';

export function identityName(platform: string, scope: string, region: string, kind: IdentityKind): string {
  return `${platform}-${scope}-${region}-${kind}`;
}

export function stateKey(platform: string, scope: string, region: string): string {
  return `${platform}/${scope}/${region}.tfstate`;
}

/** Azure's shortest limit on what is made of these parts: DNS prefixes of AKS have at most 54 characters. */
export const longestClusterName = 54;
