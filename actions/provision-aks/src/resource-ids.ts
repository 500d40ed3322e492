import { asObject, asString, type JsonObject } from '@suite/foundation';
import type { ScopeView } from '@suite/platform-file';

/** A resource that a plan creates: its address, its type and Terraform's `after`, in which unknown values are absent. */
export interface PlannedCreate {
  readonly address: string;
  readonly type: string;
  readonly values: unknown;
}

/** Where a planned resource would be in Azure, and how to find out whether it is there already. */
export interface PredictedResource {
  readonly address: string;
  readonly type: string;
  /** ARM id, begins with `/subscriptions/`. */
  readonly id: string;
  /** Subscription in which the platform file has it made. */
  readonly place: string;
  /** For a GET of the id; the one that azurerm 5.2.0 uses itself. */
  readonly apiVersion: string;
  /** Says of the body of a successful GET whether it holds the resource; some are only a property of another one. */
  readonly heldBy: (body: unknown) => boolean;
  /** The command by which a person takes it out of Azure. */
  readonly removal: string;
}

/** `attribute` of a resource is the id of the resource at `address`; `{key}` stands for the instance key, `["x"]`. */
export interface Parent {
  readonly attribute: string;
  readonly address: string;
  /** What follows the id. */
  readonly suffix?: string;
}

/**
 * The ids that the creates of a plan will have, as far as they can be known. An apply that was killed leaves resources
 * that its state does not hold; the next plan wants to create them again, and its apply would fail at the first. The
 * ids tell which, before anything is applied. Pass pure creates only: what is replaced exists by definition.
 *
 * @param subscription where the resources are made
 * @param elsewhere those that are made in another one, by address without instance key
 * @param parents which resource an id refers to that is unknown until then, by address with or without instance key
 */
export function predictResources(
  creates: readonly PlannedCreate[],
  subscription: string,
  elsewhere: Readonly<Record<string, string>> = {},
  parents: Readonly<Record<string, Parent>> = ownParents,
): PredictedResource[] {
  const byAddress = new Map(creates.map(create => [create.address, create]));
  const placeOf = ({ address }: PlannedCreate) => elsewhere[withoutKey(address)] ?? subscription;
  const idOf = (create: PlannedCreate): string | undefined => {
    const [resource, key] = splitKey(create.address);
    const place = placeOf(create);
    const parent = parents[create.address] ?? parents[resource];
    const values = asObject(create.values);
    if (parent === undefined || values[parent.attribute] !== undefined) {
      return predictId(create.type, values, place);
    }
    const owner = byAddress.get(parent.address.replace('{key}', key));
    const ownerId = owner === undefined ? undefined : idOf(owner);
    const value = ownerId === undefined ? undefined : ownerId + (parent.suffix ?? '');
    return predictId(create.type, { ...values, [parent.attribute]: value }, place);
  };
  return creates.flatMap(create => {
    const kind = kinds[create.type];
    const id = idOf(create);
    if (kind === undefined || id === undefined) return [];
    const { apiVersion, heldBy = () => true, removal = removeById } = kind;
    const { address, type } = create;
    return [{ address, type, id, place: placeOf(create), apiVersion, heldBy, removal: removal(id) }];
  });
}

/** The ARM id of one resource, or undefined when its type is not ours or a part of the id is unknown. */
export function predictId(type: string, values: JsonObject, subscription: string): string | undefined {
  const kind = kinds[type];
  if (kind === undefined) return undefined;
  const parts = kind.attributes.map(attribute => asString(values[attribute]) ?? '').filter(part => part !== '');
  return parts.length === kind.attributes.length ? kind.id(subscription, ...parts) : undefined;
}

/** The API version that azurerm 5.2.0 uses for a type of ours. Throws for others. */
export function apiVersionOf(type: string): string {
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`${type} is no type of the modules`);
  return kind.apiVersion;
}

/** How to look a resource of a type up by its id; undefined for types that are not ours. */
export function lookupOf(type: string): Pick<PredictedResource, 'apiVersion' | 'heldBy'> | undefined {
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  return kind === undefined ? undefined : { apiVersion: kind.apiVersion, heldBy: kind.heldBy ?? (() => true) };
}

/** Of Microsoft.OperationalInsights. */
export const workspaceApi = '2025-07-01';

export function workspaceId(resourceGroup: string, name: string, subscription: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
}

interface Kind {
  readonly apiVersion: string;
  /** What the id is made of, in the order that `id` takes them. */
  readonly attributes: readonly string[];
  readonly id: (subscription: string, ...parts: string[]) => string;
  readonly heldBy?: (body: unknown) => boolean;
  readonly removal?: (id: string) => string;
}

const removeById = (id: string) => `az resource delete --ids ${id}`;

const inGroup = (provider: string): Pick<Kind, 'attributes' | 'id'> => ({
  attributes: ['resource_group_name', 'name'],
  id: (subscription, group, name) =>
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/${provider}/${name}`,
});

const below = (attribute: string, collection: string): Pick<Kind, 'attributes' | 'id'> => ({
  attributes: [attribute, 'name'],
  id: (_subscription, parent, name) => `${parent}/${collection}/${name}`,
});

/** What is only a property of another resource: where that is, what holds it, and how it is taken out. */
const partOf = (
  attribute: string,
  holder: string,
  property: string,
): Pick<Kind, 'attributes' | 'id' | 'heldBy' | 'removal'> => ({
  attributes: [attribute],
  id: (_subscription, owner = '') => owner,
  heldBy: body => isSaid(asObject(asObject(body)['properties'])[property]),
  removal: owner => `az network ${holder} update --ids ${owner} --remove ${property}`,
});

const isSaid = (value: unknown) => (Array.isArray(value) ? value.length > 0 : asObject(value)['id'] !== undefined);

/** At the end of the id of another resource, under a provider of its own. */
const extending = (attribute: string, type: string) => below(attribute, `providers/${type}`);

/** There is one, with a fixed name. */
const only = (attribute: string, path: string): Pick<Kind, 'attributes' | 'id'> => ({
  attributes: [attribute],
  id: (_subscription, parent) => `${parent}/${path}`,
});

const record = (type: string): Pick<Kind, 'attributes' | 'id'> => ({
  attributes: ['resource_group_name', 'zone_name', 'name'],
  id: (subscription, group, zone, name) =>
    `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/dnsZones/${zone}/${type}/${name}`,
});

const network = '2025-01-01';
const serviceNetworking = '2025-01-01';
const privateDns = '2024-06-01';
const dns = '2018-05-01';
const containerService = '2025-10-01';
const insights = '2023-03-11';
const storage = '2025-08-01';
const postgres = '2025-08-01';
const dataProtection = '2025-07-01';
const identity = '2024-11-30';

/**
 * The types of our modules, but for two of which Azure always has one, so that their create takes over what is there:
 * configurations of a database server, and Defender's plan of a subscription.
 */
const kinds: Readonly<Record<string, Kind>> = {
  azurerm_resource_group: {
    apiVersion: '2023-07-01',
    attributes: ['name'],
    id: (subscription, name) => `/subscriptions/${subscription}/resourceGroups/${name}`,
    removal: id => {
      const [, , subscription, , name] = id.split('/');
      return `az group delete --subscription ${subscription} --name ${name}`;
    },
  },

  azurerm_virtual_network: { apiVersion: network, ...inGroup('Microsoft.Network/virtualNetworks') },
  azurerm_subnet: {
    apiVersion: network,
    attributes: ['resource_group_name', 'virtual_network_name', 'name'],
    id: (subscription, group, parent, name) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${parent}/subnets/${name}`,
  },
  azurerm_network_security_group: { apiVersion: network, ...inGroup('Microsoft.Network/networkSecurityGroups') },
  azurerm_subnet_network_security_group_association: {
    apiVersion: network,
    ...partOf('subnet_id', 'vnet subnet', 'networkSecurityGroup'),
  },
  azurerm_public_ip: { apiVersion: network, ...inGroup('Microsoft.Network/publicIPAddresses') },
  azurerm_nat_gateway: { apiVersion: network, ...inGroup('Microsoft.Network/natGateways') },
  azurerm_nat_gateway_public_ip_association: {
    apiVersion: network,
    ...partOf('nat_gateway_id', 'nat gateway', 'publicIpAddresses'),
  },
  azurerm_subnet_nat_gateway_association: {
    apiVersion: network,
    ...partOf('subnet_id', 'vnet subnet', 'natGateway'),
  },
  azurerm_route_table: { apiVersion: network, ...inGroup('Microsoft.Network/routeTables') },
  azurerm_subnet_route_table_association: {
    apiVersion: network,
    ...partOf('subnet_id', 'vnet subnet', 'routeTable'),
  },
  azurerm_bastion_host: { apiVersion: network, ...inGroup('Microsoft.Network/bastionHosts') },
  azurerm_network_watcher_flow_log: {
    apiVersion: network,
    attributes: ['resource_group_name', 'network_watcher_name', 'name'],
    id: (subscription, group, watcher, name) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/networkWatchers/${watcher}/flowLogs/${name}`,
  },
  azurerm_private_endpoint: { apiVersion: network, ...inGroup('Microsoft.Network/privateEndpoints') },
  azurerm_private_dns_zone: { apiVersion: privateDns, ...inGroup('Microsoft.Network/privateDnsZones') },
  azurerm_private_dns_zone_virtual_network_link: {
    apiVersion: privateDns,
    ...below('private_dns_zone_id', 'virtualNetworkLinks'),
  },
  azurerm_dns_zone: { apiVersion: dns, ...inGroup('Microsoft.Network/dnsZones') },
  azurerm_dns_cname_record: { apiVersion: dns, ...record('CNAME') },
  azurerm_dns_ns_record: { apiVersion: dns, ...record('NS') },

  azurerm_application_load_balancer: {
    apiVersion: serviceNetworking,
    ...inGroup('Microsoft.ServiceNetworking/trafficControllers'),
  },
  azurerm_application_load_balancer_frontend: {
    apiVersion: serviceNetworking,
    ...below('application_load_balancer_id', 'frontends'),
  },
  azurerm_application_load_balancer_subnet_association: {
    apiVersion: serviceNetworking,
    ...below('application_load_balancer_id', 'associations'),
  },
  azurerm_application_load_balancer_security_policy: {
    apiVersion: serviceNetworking,
    ...below('application_load_balancer_id', 'securityPolicies'),
  },
  azurerm_web_application_firewall_policy: {
    apiVersion: network,
    ...inGroup('Microsoft.Network/applicationGatewayWebApplicationFirewallPolicies'),
  },

  azurerm_container_registry: { apiVersion: '2025-11-01', ...inGroup('Microsoft.ContainerRegistry/registries') },
  azurerm_key_vault: { apiVersion: '2026-02-01', ...inGroup('Microsoft.KeyVault/vaults') },
  azurerm_storage_account: { apiVersion: storage, ...inGroup('Microsoft.Storage/storageAccounts') },
  azurerm_storage_container: {
    apiVersion: storage,
    ...below('storage_account_id', 'blobServices/default/containers'),
  },
  azurerm_storage_management_policy: {
    apiVersion: storage,
    ...only('storage_account_id', 'managementPolicies/default'),
  },
  azurerm_postgresql_flexible_server: {
    apiVersion: postgres,
    ...inGroup('Microsoft.DBforPostgreSQL/flexibleServers'),
  },
  azurerm_postgresql_flexible_server_database: { apiVersion: postgres, ...below('server_id', 'databases') },
  azurerm_postgresql_flexible_server_active_directory_administrator: {
    apiVersion: postgres,
    attributes: ['resource_group_name', 'server_name', 'object_id'],
    id: (subscription, group, server, principal) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${server}/administrators/${principal}`,
  },
  azurerm_managed_redis: { apiVersion: '2025-07-01', ...inGroup('Microsoft.Cache/redisEnterprise') },
  azurerm_disk_encryption_set: { apiVersion: '2022-03-02', ...inGroup('Microsoft.Compute/diskEncryptionSets') },

  azurerm_data_protection_backup_vault: {
    apiVersion: dataProtection,
    ...inGroup('Microsoft.DataProtection/backupVaults'),
  },
  azurerm_data_protection_backup_policy_kubernetes_cluster: {
    apiVersion: dataProtection,
    attributes: ['resource_group_name', 'vault_name', 'name'],
    id: (subscription, group, vault, name) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.DataProtection/backupVaults/${vault}/backupPolicies/${name}`,
  },
  azurerm_data_protection_backup_instance_kubernetes_cluster: {
    apiVersion: dataProtection,
    ...below('vault_id', 'backupInstances'),
  },

  azurerm_user_assigned_identity: {
    apiVersion: identity,
    ...inGroup('Microsoft.ManagedIdentity/userAssignedIdentities'),
  },
  azurerm_federated_identity_credential: {
    apiVersion: identity,
    ...below('user_assigned_identity_id', 'federatedIdentityCredentials'),
  },
  azurerm_role_assignment: {
    apiVersion: '2022-04-01',
    ...extending('scope', 'Microsoft.Authorization/roleAssignments'),
    removal: id => `az role assignment delete --ids ${id}`,
  },
  azurerm_management_lock: {
    apiVersion: '2020-05-01',
    ...extending('scope', 'Microsoft.Authorization/locks'),
    removal: id => `az lock delete --ids ${id}`,
  },
  azurerm_resource_group_policy_assignment: {
    apiVersion: '2022-06-01',
    ...extending('resource_group_id', 'Microsoft.Authorization/policyAssignments'),
  },
  azurerm_consumption_budget_subscription: {
    apiVersion: '2019-10-01',
    ...extending('subscription_id', 'Microsoft.Consumption/budgets'),
  },

  azurerm_kubernetes_cluster: {
    apiVersion: containerService,
    ...inGroup('Microsoft.ContainerService/managedClusters'),
  },
  azurerm_kubernetes_cluster_node_pool: {
    apiVersion: containerService,
    ...below('kubernetes_cluster_id', 'agentPools'),
  },
  azurerm_kubernetes_cluster_trusted_access_role_binding: {
    apiVersion: containerService,
    ...below('kubernetes_cluster_id', 'trustedAccessRoleBindings'),
  },
  azurerm_kubernetes_cluster_extension: {
    apiVersion: '2024-11-01',
    ...extending('cluster_id', 'Microsoft.KubernetesConfiguration/extensions'),
  },
  azurerm_kubernetes_cluster_deployment_safeguard: {
    apiVersion: '2025-07-01',
    ...only('kubernetes_cluster_id', 'providers/Microsoft.ContainerService/deploymentSafeguards/default'),
  },

  azurerm_log_analytics_workspace: {
    apiVersion: workspaceApi,
    ...inGroup('Microsoft.OperationalInsights/workspaces'),
  },
  azurerm_monitor_workspace: { apiVersion: '2023-04-03', ...inGroup('Microsoft.Monitor/accounts') },
  azurerm_monitor_data_collection_endpoint: {
    apiVersion: insights,
    ...inGroup('Microsoft.Insights/dataCollectionEndpoints'),
  },
  azurerm_monitor_data_collection_rule: { apiVersion: insights, ...inGroup('Microsoft.Insights/dataCollectionRules') },
  azurerm_monitor_data_collection_rule_association: {
    apiVersion: insights,
    ...extending('target_resource_id', 'Microsoft.Insights/dataCollectionRuleAssociations'),
  },
  azurerm_monitor_diagnostic_setting: {
    apiVersion: '2021-05-01-preview',
    ...extending('target_resource_id', 'Microsoft.Insights/diagnosticSettings'),
  },
  azurerm_monitor_action_group: { apiVersion: '2023-01-01', ...inGroup('Microsoft.Insights/actionGroups') },
  azurerm_monitor_metric_alert: { apiVersion: '2018-03-01', ...inGroup('Microsoft.Insights/metricAlerts') },
};

const cluster = 'module.cluster.azurerm_kubernetes_cluster.this';
const group = 'module.resource_group.azurerm_resource_group.this';
const gateway = 'module.gateway[0].azurerm_application_load_balancer.this';
const account = 'module.storage[0].azurerm_storage_account.this';
const server = 'module.database[0].azurerm_postgresql_flexible_server.this';
const registry = 'module.registry[0].azurerm_container_registry.this';
const vault = 'module.vault[0].azurerm_key_vault.this';
const zone = 'module.dns[0].azurerm_dns_zone.this[0]';
const backupVault = 'module.backup[0].azurerm_data_protection_backup_vault.this';
const subnet = (key: string) => `module.network[0].azurerm_subnet.this["${key}"]`;
const container = (key: string) => `module.storage[0].azurerm_storage_container.this["${key}"]`;

const to = (attribute: string, address: string, suffix = ''): Parent => ({ attribute, address, suffix });

/** One reference for each instance key. */
function each(
  address: string,
  attribute: string,
  owners: Readonly<Record<string, string | readonly [owner: string, suffix: string]>>,
): Record<string, Parent> {
  return Object.fromEntries(
    Object.entries(owners).map(([key, owner]) => [
      `${address}["${key}"]`,
      typeof owner === 'string' ? to(attribute, owner) : to(attribute, ...owner),
    ]),
  );
}

/** The references between resources of `terraform/environment` and `terraform/shared` whose value is an id that is unknown at first. */
const ownParents: Readonly<Record<string, Parent>> = {
  'module.network[0].azurerm_subnet_network_security_group_association.this': to(
    'subnet_id',
    'module.network[0].azurerm_subnet.this{key}',
  ),
  'module.network[0].azurerm_subnet_nat_gateway_association.this': to(
    'subnet_id',
    'module.network[0].azurerm_subnet.this{key}',
  ),
  'module.network[0].azurerm_subnet_route_table_association.this': to(
    'subnet_id',
    'module.network[0].azurerm_subnet.this{key}',
  ),
  'module.network[0].azurerm_nat_gateway_public_ip_association.this': to(
    'nat_gateway_id',
    'module.network[0].azurerm_nat_gateway.this{key}',
  ),
  'module.gateway[0].azurerm_application_load_balancer_frontend.this': to('application_load_balancer_id', gateway),
  'module.gateway[0].azurerm_application_load_balancer_subnet_association.this': to(
    'application_load_balancer_id',
    gateway,
  ),
  'module.gateway[0].azurerm_application_load_balancer_security_policy.this': to(
    'application_load_balancer_id',
    gateway,
  ),
  'module.storage[0].azurerm_storage_container.this': to('storage_account_id', account),
  'module.storage[0].azurerm_storage_management_policy.this': to('storage_account_id', account),
  'module.database[0].azurerm_postgresql_flexible_server_database.this': to('server_id', server),
  'module.private_link[0].azurerm_private_dns_zone_virtual_network_link.this': to(
    'private_dns_zone_id',
    'module.private_link[0].azurerm_private_dns_zone.this{key}',
  ),

  'module.identities.azurerm_role_assignment.hub[0]': to('scope', cluster),
  'module.pools.azurerm_kubernetes_cluster_node_pool.this': to('kubernetes_cluster_id', cluster),
  'module.policy.azurerm_resource_group_policy_assignment.pod_security': to('resource_group_id', group),
  'module.policy.azurerm_kubernetes_cluster_deployment_safeguard.this': to('kubernetes_cluster_id', cluster),
  'module.monitoring.azurerm_monitor_data_collection_rule_association.containers': to('target_resource_id', cluster),
  'module.monitoring.azurerm_monitor_data_collection_rule_association.prometheus': to('target_resource_id', cluster),
  'module.backup[0].azurerm_kubernetes_cluster_extension.this': to('cluster_id', cluster),
  'module.backup[0].azurerm_kubernetes_cluster_trusted_access_role_binding.this': to('kubernetes_cluster_id', cluster),
  'module.backup[0].azurerm_data_protection_backup_instance_kubernetes_cluster.this': to('vault_id', backupVault),

  'module.identities.azurerm_federated_identity_credential.workload': to(
    'user_assigned_identity_id',
    'module.identities.azurerm_user_assigned_identity.workload{key}',
  ),
  ...each('module.identities.azurerm_role_assignment.control_plane', 'scope', {
    cluster_network: subnet('compute'),
    api_server_network: subnet('api_server'),
    route_table: 'module.network[0].azurerm_route_table.this[0]',
    private_dns_network: 'module.network[0].azurerm_virtual_network.this',
    disk_encryption_set: 'module.disk_encryption[0].azurerm_disk_encryption_set.this',
  }),
  ...each('module.identities.azurerm_role_assignment.cluster_made', 'scope', {
    registry_pull: registry,
    secrets_provider: vault,
  }),
  // The group of the nodes is AKS's: what is in it goes with the cluster.
  ...each('module.identities.azurerm_role_assignment.workload', 'scope', {
    'alb-controller/gateway': group,
    'alb-controller/subnet': subnet('dmz'),
    'alb-controller/waf': 'module.gateway[0].azurerm_web_application_firewall_policy.this[0]',
    'cert-manager/zone': zone,
    'loki/blobs': container('loki'),
    'mlflow/blobs': container('mlflow'),
    'external-secrets/secrets': vault,
    'secrets-ai-tools/secrets': vault,
    'secrets-argocd/secrets': vault,
    'secrets-monitoring/secrets': vault,
  }),
  ...each('module.backup[0].azurerm_role_assignment.this', 'scope', {
    vault_reads_cluster: cluster,
    vault_reads_snapshots: group,
    vault_makes_snapshots: group,
    vault_reads_disks: group,
    vault_reads_blobs: account,
    cluster_makes_snapshots: group,
    extension_writes_backups: account,
  }),
  ...each('module.diagnostics.azurerm_monitor_diagnostic_setting.this', 'target_resource_id', {
    cluster,
    registry,
    vault,
    storage: [account, '/blobServices/default'],
    gateway,
  }),
  ...each('module.locks[0].azurerm_management_lock.this', 'scope', {
    registry,
    vault,
    storage: account,
    database: server,
    backup: backupVault,
    dns: [zone, '/SOA/@'],
  }),
  ...each('module.locks.azurerm_management_lock.this', 'scope', {
    logs: 'module.logs[0].azurerm_log_analytics_workspace.this',
    dns: [zone, '/SOA/@'],
  }),
};

/** What an environment makes in a zone of somebody else is in that zone's subscription. */
export function subscriptionsElsewhere(view: ScopeView): Record<string, string> {
  if (view.kind === 'shared' || view.dns === undefined) return {};
  const subscription = view.dns.existing ? view.dns.id.split('/')[2] : view.dns.parent.subscription;
  if (subscription === undefined) return {};
  return {
    'module.dns[0].azurerm_dns_ns_record.delegation': subscription,
    'module.dns[0].azurerm_dns_cname_record.existing_wildcard': subscription,
  };
}

export function withoutKey(address: string): string {
  return splitKey(address)[0];
}

/** `a.this["x"]` → `a.this`, `["x"]`; the key of a module stays where it is. */
function splitKey(address: string): [resource: string, key: string] {
  const key = /\[[^\]]*\]$/.exec(address)?.[0] ?? '';
  return [address.slice(0, address.length - key.length), key];
}
