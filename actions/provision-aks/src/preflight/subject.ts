import { type EnvironmentScope, type Pool, placeOf, poolInstances, type ScopeView } from '@suite/platform-file';
import { predictId } from '../resource-ids.ts';
import type { NodeSubnet, PlannedNetwork } from './addresses.ts';
import type { NameNeed } from './names.ts';
import type { SubnetNeed } from './network.ts';
import type { TypeNeed } from './policy.ts';
import type { FeatureNeed, ProviderNeed } from './providers.ts';
import { type CountedPool, surgeOf } from './quota.ts';
import type { Place } from './right-needs.ts';
import type { SizedPool } from './sizes.ts';
import type { VersionNeed } from './versions.ts';

/** Everything that preflight asks about one scope in one region. The only place that knows the resolved view. */
export interface Subject extends Place {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly runner: string;
  readonly applyIdentity: { readonly name: string; readonly clientId: string };
  readonly cluster: ClusterSubject | undefined;
  readonly providers: readonly ProviderNeed[];
  readonly features: readonly FeatureNeed[];
  readonly names: readonly NameNeed[];
  readonly types: readonly TypeNeed[];
  readonly subnets: readonly SubnetNeed[];
  readonly network: PlannedNetwork | undefined;
  /** Networks that the platform's other environments make. */
  readonly otherNetworks: readonly PlannedNetwork[];
  readonly nodes: NodeSubnet | undefined;
}

export interface ClusterSubject {
  readonly id: string;
  readonly private: boolean;
  readonly version: VersionNeed;
  readonly pools: readonly (SizedPool & CountedPool)[];
}

export function subjectOf(view: ScopeView, otherNetworks: readonly PlannedNetwork[]): Subject {
  const { region, tags, runner } = view;
  return {
    location: region,
    ...placeOfResources(view),
    tags,
    runner,
    applyIdentity: { name: `apply identity of ${placeOf(view)}`, clientId: view.identities.apply },
    otherNetworks,
    providers: providersOf(view),
    names: namesOf(view),
    types: typesOf(view),
    ...(view.kind === 'shared'
      ? { cluster: undefined, features: [], subnets: [], network: undefined, nodes: undefined }
      : environmentParts(view)),
  };
}

/** Where what a scope makes lies: in its own group, and what it uses together with others in the shared scope's. */
export function placeOfResources(view: ScopeView): Place {
  const { subscription, resourceGroup } = view;
  const groupId = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  if (view.kind === 'shared') return { subscription, groupId, otherGroups: {} };
  const { dns, logs, vault } = view;
  const others = [
    ...(dns?.existing === false ? [dns.parent] : []),
    ...(logs.existing ? [] : [logs]),
    ...(vault.existing ? groupIn(vault.id) : []),
    ...(dns?.existing === true ? groupIn(dns.id) : []),
  ];
  const otherGroups = Object.fromEntries(
    others.map(other => [other.resourceGroup, other.subscription] as const).filter(([name]) => name !== resourceGroup),
  );
  return { subscription, groupId, otherGroups };
}

function groupIn(id: string): { readonly subscription: string; readonly resourceGroup: string }[] {
  const [, , subscription, , resourceGroup] = id.split('/');
  return subscription === undefined || resourceGroup === undefined ? [] : [{ subscription, resourceGroup }];
}

function environmentParts(
  view: EnvironmentScope,
): Pick<Subject, 'cluster' | 'features' | 'subnets' | 'network' | 'nodes'> {
  const cluster = clusterOf(view);
  const nodes = nodesOf(cluster.pools);
  const { network, scope, region } = view;
  return {
    cluster,
    features: featuresOf(cluster.pools),
    subnets: network.existing ? subnetsOf(view, nodes.most + nodes.surge) : [],
    network: network.existing ? undefined : { scope, region, addressSpace: network.addressSpace },
    nodes: network.existing ? undefined : { cidr: network.subnets.compute.cidr, ...nodes },
  };
}

function clusterOf(view: EnvironmentScope): ClusterSubject {
  const { cluster } = view;
  const setting = (kind: string) => `cluster.pools.${kind}`;
  const common = (name: string, kind: 'system' | 'user' | 'gpu', pool: Pool) => ({
    name,
    setting: setting(kind),
    size: pool.size,
    min: pool.min,
    max: pool.max,
    surge: pool.surge,
    gpu: kind === 'gpu',
    hostEncryption: pool.hostEncryption,
    ephemeral: pool.osDiskType === 'Ephemeral',
    osDiskGb: pool.osDiskGb,
  });
  const { system } = cluster.pools;
  const pools = [
    { ...common(system.name, 'system', system), zones: system.zones, spot: false },
    ...poolInstances(cluster).map(({ name, kind, zones, pool }) => ({
      ...common(name, kind, pool),
      zones,
      spot: pool.spot,
    })),
  ];
  const values = { resource_group_name: view.resourceGroup, name: cluster.name };
  return {
    id: predictId('azurerm_kubernetes_cluster', values, view.subscription) ?? '',
    private: cluster.private,
    version: {
      minor: cluster.version,
      azureChooses: cluster.upgrades.cluster === 'stable' || cluster.upgrades.cluster === 'rapid',
      // The modules ask for no other one.
      supportPlan: 'KubernetesOfficial',
      tier: cluster.tier,
      pools: pools.map(({ name, surge }) => ({ name, surge })),
    },
    pools,
  };
}

function nodesOf(pools: ClusterSubject['pools']): { readonly most: number; readonly surge: number } {
  return {
    most: pools.reduce((sum, { max }) => sum + max, 0),
    surge: pools.reduce((largest, { max, surge, spot }) => Math.max(largest, spot ? 0 : surgeOf(surge, max)), 0),
  };
}

function featuresOf(pools: ClusterSubject['pools']): FeatureNeed[] {
  const encrypted = pools.filter(({ hostEncryption }) => hostEncryption);
  const [first] = encrypted;
  if (first === undefined) return [];
  return [
    {
      namespace: 'Microsoft.Compute',
      name: 'EncryptionAtHost',
      because: `the pool \`${first.name}\` encrypts at the host`,
      setting: `${first.setting}.host-encryption`,
      otherwise: 'set `host-encryption: false`',
    },
  ];
}

function subnetsOf({ network, gateway, cluster }: EnvironmentScope, nodes: number): SubnetNeed[] {
  if (!network.existing) return [];
  const { compute, dmz, data, management, apiServer } = network.subnets;
  const plain = { data, management };
  return [
    { zone: 'compute', id: compute, nodes, egress: network.egress.kind },
    ...(dmz === undefined
      ? []
      : [
          gateway === undefined
            ? { zone: 'dmz', id: dmz }
            : { zone: 'dmz', id: dmz, exactly24: true, delegation: 'Microsoft.ServiceNetworking/trafficControllers' },
        ]),
    ...Object.entries(plain).flatMap(([zone, id]) => (id === undefined ? [] : [{ zone, id }])),
    ...(apiServer === undefined || !cluster.vnetIntegration
      ? []
      : [{ zone: 'api-server', id: apiServer, delegation: 'Microsoft.ContainerService/managedClusters' }]),
  ];
}

function namesOf(view: ScopeView): NameNeed[] {
  const { subscription, resourceGroup } = view;
  const id = (type: string, name: string) =>
    `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/${type}/${name}`;
  const names: NameNeed[] = [];
  if (view.kind === 'environment' && !view.registry.existing) {
    const { name } = view.registry;
    const type = 'azurerm_container_registry';
    const at = id('Microsoft.ContainerRegistry/registries', name);
    names.push({ service: 'registry', name, what: 'registry', type, id: at, setting: 'registry' });
  }
  if (view.vault !== undefined && !view.vault.existing) {
    const { name } = view.vault;
    const at = id('Microsoft.KeyVault/vaults', name);
    names.push({ service: 'vault', name, what: 'vault', type: 'azurerm_key_vault', id: at, setting: 'key-vault' });
  }
  if (view.kind === 'environment' && view.storage !== undefined) {
    const { name } = view.storage;
    const type = 'azurerm_storage_account';
    const at = id('Microsoft.Storage/storageAccounts', name);
    names.push({ service: 'storage', name, what: 'storage account', type, id: at, setting: 'storage' });
  }
  return names;
}

/** What a scope makes, as far as policies use to look at it. */
function typesOf(view: ScopeView): TypeNeed[] {
  const all: TypeNeed[] = [
    {
      type: 'Microsoft.Resources/subscriptions/resourceGroups',
      terraform: 'azurerm_resource_group',
      what: 'resource group',
    },
    ...namesOf(view).map(({ type, what }) => ({ type: armTypes[type] ?? '', terraform: type, what })),
  ];
  if (view.kind === 'shared') {
    if (!view.logs.existing) {
      const type = 'Microsoft.OperationalInsights/workspaces';
      all.push({ type, terraform: 'azurerm_log_analytics_workspace', what: 'log workspace' });
    }
    return all;
  }
  if (!view.network.existing) {
    all.push({ type: 'Microsoft.Network/virtualNetworks', terraform: 'azurerm_virtual_network', what: 'network' });
    const type = 'Microsoft.Network/networkSecurityGroups';
    all.push({ type, terraform: 'azurerm_network_security_group', what: 'security groups' });
  }
  if (!view.network.existing && view.network.egress.kind === 'nat-gateway') {
    const type = 'Microsoft.Network/publicIPAddresses';
    all.push({ type, terraform: 'azurerm_public_ip', what: 'public address' });
  }
  const type = 'Microsoft.ContainerService/managedClusters';
  all.push({ type, terraform: 'azurerm_kubernetes_cluster', what: 'cluster' });
  if (view.gateway !== undefined) {
    const controllers = 'Microsoft.ServiceNetworking/trafficControllers';
    all.push({ type: controllers, terraform: 'azurerm_application_load_balancer', what: 'gateway' });
  }
  if (view.database !== undefined) {
    const servers = 'Microsoft.DBforPostgreSQL/flexibleServers';
    all.push({ type: servers, terraform: 'azurerm_postgresql_flexible_server', what: 'database' });
  }
  return all;
}

const armTypes: Readonly<Record<string, string>> = {
  azurerm_container_registry: 'Microsoft.ContainerRegistry/registries',
  azurerm_key_vault: 'Microsoft.KeyVault/vaults',
  azurerm_storage_account: 'Microsoft.Storage/storageAccounts',
};

function providersOf(view: ScopeView): ProviderNeed[] {
  const when = (on: boolean, need: ProviderNeed) => (on ? [need] : []);
  const need = (namespace: string, ...types: string[]): ProviderNeed => ({ namespace, types });
  if (view.kind === 'shared') {
    return [
      ...when(!view.logs.existing, need('Microsoft.OperationalInsights', 'azurerm_log_analytics_workspace')),
      ...when(view.vault !== undefined && !view.vault.existing, need('Microsoft.KeyVault', 'azurerm_key_vault')),
      ...when(view.dns !== undefined && !view.dns.existing, need('Microsoft.Network', 'azurerm_dns_zone')),
    ];
  }
  const { features } = view.cluster;
  return [
    need('Microsoft.ContainerService', 'azurerm_kubernetes_cluster', 'azurerm_kubernetes_cluster_node_pool'),
    need('Microsoft.Compute', 'azurerm_kubernetes_cluster', 'azurerm_kubernetes_cluster_node_pool'),
    need('Microsoft.Network', 'azurerm_virtual_network', 'azurerm_kubernetes_cluster', 'azurerm_public_ip'),
    need('Microsoft.ManagedIdentity', 'azurerm_user_assigned_identity'),
    ...when(!view.registry.existing, need('Microsoft.ContainerRegistry', 'azurerm_container_registry')),
    ...when(!view.vault.existing, need('Microsoft.KeyVault', 'azurerm_key_vault')),
    ...when(view.storage !== undefined, need('Microsoft.Storage', 'azurerm_storage_account')),
    ...when(view.gateway !== undefined, {
      ...need('Microsoft.ServiceNetworking', 'azurerm_application_load_balancer'),
      located: { type: 'trafficControllers', what: 'Application Gateway for Containers', setting: 'gateway' },
    }),
    ...when(features.monitoring || features.diagnostics, need('Microsoft.Insights', ...insights)),
    ...when(features.monitoring, need('Microsoft.OperationalInsights', 'azurerm_monitor_data_collection_rule')),
    ...when(features.prometheus, need('Microsoft.Monitor', 'azurerm_monitor_workspace')),
    ...when(features.policy, need('Microsoft.PolicyInsights', 'azurerm_resource_group_policy_assignment')),
    ...when(features.defender, need('Microsoft.Security', 'azurerm_security_center_subscription_pricing')),
    ...when(view.database !== undefined, need('Microsoft.DBforPostgreSQL', 'azurerm_postgresql_flexible_server')),
    ...when(view.cache !== undefined, need('Microsoft.Cache', 'azurerm_managed_redis')),
    ...when(view.backup !== undefined, need('Microsoft.DataProtection', 'azurerm_data_protection_backup_vault')),
    ...when(
      view.backup !== undefined,
      need('Microsoft.KubernetesConfiguration', 'azurerm_kubernetes_cluster_extension'),
    ),
    ...when(view.budget !== undefined, need('Microsoft.Consumption', 'azurerm_consumption_budget_subscription')),
  ];
}

const insights = [
  'azurerm_monitor_data_collection_rule',
  'azurerm_monitor_diagnostic_setting',
  'azurerm_monitor_action_group',
];
