import type { Reach } from '@suite/change-report';

export interface ResourceTraits {
  readonly reach: Reach;
  /**
   * What `allow:` has to name before one of them is deleted or replaced, because a second apply does not bring back what
   * is lost. Node pools add their name.
   */
  readonly allowKey?: string;
  /** The attribute by which people know it, where that is not `name`. */
  readonly nameAttribute?: string;
}

const cluster: ResourceTraits = { reach: 'cluster', allowKey: 'cluster' };
// An address that others know, or the ground that everything else stands on.
const network: ResourceTraits = { reach: 'network', allowKey: 'network' };
const passage: ResourceTraits = { reach: 'network' };
const dns: ResourceTraits = { reach: 'network', allowKey: 'dns' };
const storage: ResourceTraits = { reach: 'data', allowKey: 'storage' };
const vault: ResourceTraits = { reach: 'data', allowKey: 'key-vault' };
const logs: ResourceTraits = { reach: 'data', allowKey: 'logs' };
const database: ResourceTraits = { reach: 'data', allowKey: 'database' };
const backup: ResourceTraits = { reach: 'data', allowKey: 'backup' };
const permission: ResourceTraits = { reach: 'identity' };
const addition: ResourceTraits = { reach: 'stateless' };

const traits: Readonly<Record<string, ResourceTraits>> = {
  azurerm_resource_group: { reach: 'cluster', allowKey: 'resource-group' },
  azurerm_kubernetes_cluster: cluster,
  azurerm_kubernetes_automatic_cluster: cluster,
  azurerm_kubernetes_cluster_node_pool: { reach: 'node-pool', allowKey: 'node-pool' },
  azurerm_kubernetes_cluster_extension: { reach: 'cluster' },
  azurerm_kubernetes_cluster_deployment_safeguard: { reach: 'cluster' },
  azurerm_kubernetes_cluster_trusted_access_role_binding: permission,
  azurerm_kubernetes_flux_configuration: addition,

  azurerm_virtual_network: network,
  azurerm_subnet: network,
  azurerm_public_ip: network,
  azurerm_public_ip_prefix: network,
  azurerm_nat_gateway: network,
  azurerm_firewall: network,
  azurerm_application_load_balancer: network,
  azurerm_application_load_balancer_frontend: network,
  azurerm_cdn_frontdoor_profile: network,
  azurerm_cdn_frontdoor_endpoint: network,
  azurerm_application_load_balancer_subnet_association: passage,
  azurerm_application_load_balancer_security_policy: passage,
  azurerm_bastion_host: passage,
  azurerm_firewall_policy: passage,
  azurerm_nat_gateway_public_ip_association: passage,
  azurerm_network_security_group: passage,
  azurerm_network_security_rule: passage,
  azurerm_network_watcher_flow_log: passage,
  azurerm_private_endpoint: passage,
  azurerm_route_table: passage,
  azurerm_subnet_nat_gateway_association: passage,
  azurerm_subnet_network_security_group_association: passage,
  azurerm_subnet_route_table_association: passage,
  azurerm_virtual_network_peering: passage,
  azurerm_web_application_firewall_policy: passage,
  azurerm_cdn_frontdoor_custom_domain: passage,
  azurerm_cdn_frontdoor_custom_domain_association: passage,
  azurerm_cdn_frontdoor_firewall_policy: passage,
  azurerm_cdn_frontdoor_origin: passage,
  azurerm_cdn_frontdoor_origin_group: passage,
  azurerm_cdn_frontdoor_route: passage,
  azurerm_cdn_frontdoor_rule: passage,
  azurerm_cdn_frontdoor_rule_set: passage,
  azurerm_cdn_frontdoor_security_policy: passage,
  azurerm_dns_zone: dns,
  azurerm_private_dns_zone: dns,
  azurerm_dns_a_record: passage,
  azurerm_dns_cname_record: passage,
  azurerm_private_dns_zone_virtual_network_link: passage,

  azurerm_container_registry: { reach: 'data', allowKey: 'registry' },
  azurerm_key_vault: vault,
  azurerm_key_vault_key: vault,
  azurerm_key_vault_secret: vault,
  azurerm_storage_account: storage,
  azurerm_storage_container: storage,
  azurerm_storage_management_policy: { reach: 'data' },
  azurerm_log_analytics_workspace: logs,
  azurerm_monitor_workspace: logs,
  azurerm_postgresql_flexible_server: database,
  azurerm_postgresql_flexible_server_database: database,
  azurerm_postgresql_flexible_server_configuration: { reach: 'data' },
  azurerm_postgresql_flexible_server_active_directory_administrator: permission,
  azurerm_data_protection_backup_vault: backup,
  azurerm_data_protection_backup_instance_kubernetes_cluster: backup,
  azurerm_data_protection_backup_policy_kubernetes_cluster: backup,
  azurerm_disk_encryption_set: vault,

  // Its ids are written down wherever it is used; another one of the same name has others.
  azurerm_user_assigned_identity: { reach: 'identity', allowKey: 'identity' },
  azurerm_federated_identity_credential: permission,
  azurerm_role_assignment: { ...permission, nameAttribute: 'role_definition_name' },
  azurerm_role_definition: permission,
  azurerm_management_lock: permission,

  azurerm_consumption_budget_resource_group: addition,
  azurerm_dashboard_grafana: addition,
  azurerm_log_analytics_solution: addition,
  azurerm_monitor_action_group: addition,
  azurerm_monitor_data_collection_endpoint: addition,
  azurerm_monitor_data_collection_rule: addition,
  azurerm_monitor_data_collection_rule_association: addition,
  azurerm_monitor_diagnostic_setting: addition,
  azurerm_monitor_metric_alert: addition,
  azurerm_policy_definition: addition,
  azurerm_resource_group_policy_assignment: addition,
  azurerm_resource_policy_assignment: addition,
  azurerm_resource_provider_registration: addition,
  azurerm_security_center_subscription_pricing: addition,
  azurerm_subscription_policy_assignment: addition,
};

/** Providers whose resources live in the state alone. */
const local: ReadonlySet<string> = new Set(['archive', 'http', 'local', 'null', 'terraform', 'time']);
/** The same, but others may know what they made up. */
const generated: ReadonlySet<string> = new Set(['random', 'tls']);

/** A type that is not known here may hold anything, so it counts as data under a key of its own. */
export function traitsOf(type: string): ResourceTraits {
  const known = Object.hasOwn(traits, type) ? traits[type] : undefined;
  if (known !== undefined) return known;
  const provider = type.split('_', 1)[0] ?? '';
  if (local.has(provider)) return addition;
  if (generated.has(provider)) return permission;
  return { reach: 'data', allowKey: type.slice(provider.length + 1).replaceAll('_', '-') || type };
}

export const clusterType = 'azurerm_kubernetes_cluster';
export const poolType = 'azurerm_kubernetes_cluster_node_pool';
