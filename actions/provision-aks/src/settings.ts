import type { AttributeChange, Change } from '@suite/change-report';
import type { ScopeView } from '@suite/platform-file';

/**
 * What decides an attribute in the platform file, so that a finding points at its line. By the module's resource and the
 * beginning of the attribute's path; the paths are those of `platform.yaml` below a layer.
 */
const ofPool = {
  vm_size: 'size',
  min_count: 'min',
  max_count: 'max',
  zones: 'zones',
  os_disk_size_gb: 'disk',
  os_disk_type: 'disk-type',
  host_encryption_enabled: 'host-encryption',
  max_pods: 'max-pods',
  'upgrade_settings.max_surge': 'surge',
  'upgrade_settings.drain_timeout_in_minutes': 'drain',
  'upgrade_settings.node_soak_duration_in_minutes': 'soak',
  node_labels: 'labels',
} as const;

const ofWorkers = {
  ...ofPool,
  gpu_driver: 'driver',
  node_taints: 'taints',
  priority: 'spot',
  eviction_policy: 'spot',
  spot_max_price: 'spot',
} as const;

const ofCluster = {
  kubernetes_version: 'cluster.version',
  sku_tier: 'cluster.tier',
  private_cluster_enabled: 'cluster.private',
  run_command_enabled: 'cluster.run-command',
  private_dns_zone_id: 'cluster.private-dns',
  private_cluster_public_fqdn_enabled: 'cluster.private-dns',
  'api_server_access_profile.authorized_ip_ranges': 'cluster.authorized-ranges',
  'api_server_access_profile.virtual_network_integration_enabled': 'cluster.vnet-integration',
  'api_server_access_profile.subnet_id': 'cluster.vnet-integration',
  disk_encryption_set_id: 'cluster.disk-encryption',
  maintenance_window_auto_upgrade: 'cluster.maintenance',
  maintenance_window_node_os: 'cluster.maintenance',
  automatic_upgrade_channel: 'cluster.upgrades.cluster',
  node_os_upgrade_channel: 'cluster.upgrades.nodes',
  'network_profile.network_policy': 'network.policy',
  'network_profile.network_data_plane': 'network.policy',
  'network_profile.outbound_type': 'network.egress',
  'network_profile.pod_cidr': 'network.pods',
  'network_profile.service_cidr': 'network.services',
  'network_profile.dns_service_ip': 'network.services',
  'azure_active_directory_role_based_access_control.admin_group_object_ids': 'admins',
  azure_policy_enabled: 'cluster.features.policy',
  image_cleaner_enabled: 'cluster.features.image-cleaner',
  image_cleaner_interval_hours: 'cluster.features.image-cleaner.interval',
  workload_identity_enabled: 'cluster.features.workload-identity',
  'storage_profile.blob_driver_enabled': 'cluster.features.csi.blob',
  'storage_profile.disk_driver_enabled': 'cluster.features.csi.disk',
  'storage_profile.file_driver_enabled': 'cluster.features.csi.file',
  'storage_profile.snapshot_controller_enabled': 'cluster.features.csi.snapshot',
  cost_analysis_enabled: 'cluster.features.cost-analysis',
  monitor_metrics: 'cluster.features.prometheus',
  oms_agent: 'cluster.features.monitoring',
  microsoft_defender: 'cluster.features.defender',
  key_vault_secrets_provider: 'cluster.features.key-vault-secrets',
  'default_node_pool.orchestrator_version': 'cluster.version',
} as const;

const ofType: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  azurerm_kubernetes_cluster: {
    ...ofCluster,
    ...Object.fromEntries(
      Object.entries(ofPool).map(([attribute, setting]) => [
        `default_node_pool.${attribute}`,
        `cluster.pools.system.${setting}`,
      ]),
    ),
  },
  azurerm_virtual_network: { address_space: 'network.address-space' },
  azurerm_subnet: { address_prefixes: 'network.zones' },
  azurerm_route_table: { route: 'network.next-hop' },
  azurerm_network_watcher_flow_log: { retention_policy: 'network.flow-logs.retention' },
  azurerm_web_application_firewall_policy: { 'policy_settings.mode': 'gateway.waf' },
  azurerm_container_registry: {
    public_network_access_enabled: 'registry.public-access',
    zone_redundancy_enabled: 'registry.zone-redundant',
    georeplications: 'registry.replicas',
    retention_policy_in_days: 'registry.retention',
  },
  azurerm_key_vault: {
    public_network_access_enabled: 'key-vault.public-access',
    'network_acls.default_action': 'key-vault.public-access',
  },
  azurerm_storage_account: {
    account_replication_type: 'storage.replication',
    public_network_access_enabled: 'storage.public-access',
    'network_rules.default_action': 'storage.public-access',
    'blob_properties.delete_retention_policy': 'storage.soft-delete',
    'blob_properties.container_delete_retention_policy': 'storage.soft-delete',
  },
  azurerm_storage_management_policy: { rule: 'storage.soft-delete' },
  azurerm_postgresql_flexible_server: {
    sku_name: 'database.size',
    storage_mb: 'database.storage',
    version: 'database.version',
    high_availability: 'database.high-availability',
    backup_retention_days: 'database.backup',
    geo_redundant_backup_enabled: 'database.geo-backup',
  },
  azurerm_managed_redis: { sku_name: 'cache.size' },
  azurerm_data_protection_backup_policy_kubernetes_cluster: {
    backup_repeating_time_intervals: 'backup.every',
    default_retention_rule: 'backup.retention',
  },
  azurerm_disk_encryption_set: { key_vault_key_id: 'cluster.disk-encryption.key' },
  azurerm_consumption_budget_subscription: {
    amount: 'budget.amount',
    'notification.contact_emails': 'budget.notify',
  },
  azurerm_monitor_action_group: { email_receiver: 'alerts.email', webhook_receiver: 'alerts.webhook' },
  azurerm_kubernetes_cluster_deployment_safeguard: {
    level: 'cluster.features.safeguards',
  },
  azurerm_log_analytics_workspace: { retention_in_days: 'logs.retention' },
};

/** Every setting that is named here, but for those of pools of workers. */
export const knownSettings: readonly string[] = Object.values(ofType).flatMap(attributes => Object.values(attributes));

/** The changes with the settings behind their attributes, where there is one: none of a team's own files is made from a setting. */
export function withSettings(changes: readonly Change[], { terraform }: Pick<ScopeView, 'terraform'>): Change[] {
  return changes.map(change => {
    if (terraform?.kind === 'root') return change;
    // Everything of the suite's lies in modules.
    if (terraform !== undefined && !change.address.startsWith('module.')) return change;
    const known = settingsOf(change);
    const name = (attribute: AttributeChange): AttributeChange => {
      const setting = known.find(([path]) => isAt(attribute.path, path))?.[1];
      return setting === undefined ? attribute : { ...attribute, setting };
    };
    return {
      ...change,
      attributes: change.attributes.map(name),
      reasons: change.reasons.map(reason =>
        reason.attribute === undefined ? reason : { ...reason, attribute: name(reason.attribute) },
      ),
    };
  });
}

function settingsOf({ type, address }: Change): [string, string][] {
  const own = Object.entries({ ...ofType[type], tags: 'tags' });
  if (type !== 'azurerm_kubernetes_cluster_node_pool') return own;
  const pool = /\["(user|gpu)(?:green)?\d?"\]/.exec(address)?.[1];
  if (pool === undefined) return own;
  return [
    ...own,
    ['orchestrator_version', 'cluster.version'],
    ...Object.entries(ofWorkers).map(([attribute, setting]): [string, string] => [
      attribute,
      `cluster.pools.${pool}.${setting}`,
    ]),
  ];
}

/** The attribute itself or something inside of it. */
function isAt(path: string, at: string): boolean {
  return path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`);
}
