import type { AttributeChange, Change } from '@suite/change-report';

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
  gpu_driver: 'driver',
} as const;

const ofCluster = {
  kubernetes_version: 'cluster.version',
  sku_tier: 'cluster.tier',
  private_cluster_enabled: 'cluster.private',
  run_command_enabled: 'cluster.run-command',
  'api_server_access_profile.authorized_ip_ranges': 'cluster.authorized-ranges',
  automatic_upgrade_channel: 'cluster.upgrades.cluster',
  node_os_upgrade_channel: 'cluster.upgrades.nodes',
  'network_profile.network_policy': 'network.policy',
  'network_profile.network_data_plane': 'network.policy',
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
  azurerm_container_registry: {
    public_network_access_enabled: 'registry.public-access',
    zone_redundancy_enabled: 'registry.zone-redundant',
  },
  azurerm_log_analytics_workspace: { retention_in_days: 'logs.retention' },
};

/** The changes with the settings behind their attributes, where there is one. */
export function withSettings(changes: readonly Change[]): Change[] {
  return changes.map(change => {
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
  const pool = /\["(user|gpu)"\]/.exec(address)?.[1];
  if (pool === undefined) return own;
  return [
    ...own,
    ['orchestrator_version', 'cluster.version'],
    ...Object.entries(ofPool).map(([attribute, setting]): [string, string] => [
      attribute,
      `cluster.pools.${pool}.${setting}`,
    ]),
  ];
}

/** The attribute itself or something inside of it. */
function isAt(path: string, at: string): boolean {
  return path === at || path.startsWith(`${at}.`) || path.startsWith(`${at}[`);
}
