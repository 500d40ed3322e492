import { type EnvironmentScope, parsePlatform, resolveUnlocked, type Unlocked } from '@suite/platform-file';

/** The example platform with production that has every part that another one does not exclude. */
export const platformFile = `
version: 1
name: contoso
tenant: 11111111-1111-1111-1111-111111111111
domain: platform.contoso.com
shared:
  subscription: 22222222-2222-2222-2222-222222222222
  location: westeurope
environments:
  dev: { subscription: 33333333-3333-3333-3333-333333333333, location: westeurope }
  staging: { subscription: 44444444-4444-4444-4444-444444444444, location: westeurope }
  prod:
    subscription: 55555555-5555-5555-5555-555555555555
    location: westeurope
    runner: aks-prod-runners
    admins: [66666666-6666-6666-6666-666666666666]
    alerts: { email: [oncall@contoso.com], webhook: ['https://alerts.contoso.com/azure'] }
    budget: { amount: 5000, notify: [costs@contoso.com] }
    network: { bastion: true, flow-logs: { retention: 30d } }
    registry: { replicas: [northeurope], retention: 30d }
    database: true
    cache: true
    cluster:
      vnet-integration: true
      maintenance: { day: saturday, start: "02:00", hours: 6, zone: Europe/Berlin }
      disk-encryption:
        key: https://kv-contoso-keys.vault.azure.net/keys/disks/0123456789abcdef0123456789abcdef
        vault: /subscriptions/55555555-5555-5555-5555-555555555555/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-contoso-keys
      pools: { user: { disk: 128 } }
      features: { prometheus: true, defender-plan: true, safeguards: warn, cost-analysis: true }
`;

const views = resolveUnlocked(parsePlatform(platformFile, 'platform.yaml'));
const view = views.find(
  (each): each is Unlocked<EnvironmentScope> => each.scope === 'prod' && each.kind === 'environment',
);
if (view === undefined || view.registry.existing || view.vault.existing) throw new Error('Production makes its own.');
const { registry, vault, storage, database, cache } = view;
const sharedVault = views.find(({ scope }) => scope === 'shared')?.vault;
if (sharedVault === undefined || !('name' in sharedVault)) throw new Error('The shared scope makes its own vault.');

/** What belongs to production is called after it. */
export const suffix = 'contoso-prod-westeurope';

export const subscription = '/subscriptions/55555555-5555-5555-5555-555555555555';
export const group = `${subscription}/resourceGroups/rg-${suffix}`;
export const nodeGroup = `${group}-nodes`;
const sharedGroup = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-contoso-shared-westeurope';

export const network = `${group}/providers/Microsoft.Network`;
export const insights = `${group}/providers/Microsoft.Insights`;
export const identities = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`;

export const ids = {
  network: `${network}/virtualNetworks/vnet-${suffix}`,
  nat: `${network}/natGateways/ng-${suffix}`,
  gateway: `${group}/providers/Microsoft.ServiceNetworking/trafficControllers/agc-${suffix}`,
  firewall: `${network}/applicationGatewayWebApplicationFirewallPolicies/waf-agc-${suffix}`,
  zone: `${network}/dnsZones/prod.platform.contoso.com`,
  cluster: `${group}/providers/Microsoft.ContainerService/managedClusters/aks-${suffix}`,
  encryption: `${group}/providers/Microsoft.Compute/diskEncryptionSets/des-${suffix}`,
  keys: `${subscription}/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-contoso-keys`,
  registry: `${group}/providers/Microsoft.ContainerRegistry/registries/${registry.name}`,
  vault: `${group}/providers/Microsoft.KeyVault/vaults/${vault.name}`,
  storage: `${group}/providers/Microsoft.Storage/storageAccounts/${storage?.name}`,
  database: `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${database?.name}`,
  cache: `${group}/providers/Microsoft.Cache/redisEnterprise/${cache?.name}`,
  backup: `${group}/providers/Microsoft.DataProtection/backupVaults/bvault-${suffix}`,
  metrics: `${group}/providers/Microsoft.Monitor/accounts/amw-aks-${suffix}`,
  logs: `${sharedGroup}/providers/Microsoft.OperationalInsights/workspaces/log-contoso`,
  sharedZone: `${sharedGroup}/providers/Microsoft.Network/dnsZones/platform.contoso.com`,
  sharedVault: `${sharedGroup}/providers/Microsoft.KeyVault/vaults/${sharedVault.name}`,
} as const;

export const subnet = (name: string) => `${ids.network}/subnets/${name}`;

/** Somebody else's resource of the same type. */
export const another = (id: string) => id.replace(/[^/]+$/, 'another');
