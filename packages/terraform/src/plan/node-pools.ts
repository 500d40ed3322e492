import type { Step } from './differences.ts';

/**
 * What azurerm 5.2 changes in a node pool by making a new one under a temporary name, moving everything, and back, though
 * its plan says "update". The lists stand in its own error when `temporary_name_for_rotation` is missing.
 */
const rotating = [
  'fips_enabled',
  'host_encryption_enabled',
  'kubelet_config',
  'kubelet_disk_type',
  'linux_os_config',
  'max_pods',
  'node_public_ip_enabled',
  'os_disk_size_gb',
  'os_disk_type',
  'pod_subnet_id',
  'snapshot_id',
  'ultra_ssd_enabled',
  'vm_size',
  'vnet_subnet_id',
  'zones',
];
const rotatingPool: ReadonlySet<string> = new Set(rotating);
const rotatingDefaultPool: ReadonlySet<string> = new Set([...rotating, 'name', 'only_critical_addons_enabled']);

/** What renews nodes one after the other, in place: their image or their network changes. */
const reimagingPool: ReadonlySet<string> = new Set(['node_image_version', 'orchestrator_version', 'os_sku']);
const reimagingNetwork: ReadonlySet<string> = new Set(['network_data_plane', 'network_plugin_mode', 'network_policy']);
const reimagingCluster: ReadonlySet<string> = new Set(['custom_ca_trust_certificates_base64', 'http_proxy_config']);

/** What may cut somebody off from the cluster, or the cluster from what it needs. */
const accessOfCluster: ReadonlySet<string> = new Set([
  'api_server_access_profile',
  'azure_active_directory_role_based_access_control',
  'identity',
  'kubelet_identity',
  'key_management_service',
  'local_account_disabled',
  'network_profile',
  'oidc_issuer_enabled',
  'private_cluster_public_fqdn_enabled',
  'private_dns_zone_id',
  'role_based_access_control_enabled',
  'workload_identity_enabled',
]);

export type NodeEffect = 'rotate' | 'reimage' | 'upgrade' | 'access' | 'none';

/** What changing the attribute of a cluster or node pool in place does. List indices of single blocks do not matter. */
export function effectOfUpdate(type: string, path: readonly Step[]): NodeEffect {
  const names = path.filter(step => typeof step === 'string');
  const [first = '', second = ''] = names;
  if (type === 'azurerm_kubernetes_cluster_node_pool') {
    if (rotatingPool.has(first)) return 'rotate';
    return reimagingPool.has(first) ? 'reimage' : 'none';
  }
  if (type !== 'azurerm_kubernetes_cluster') return 'none';
  if (first === 'default_node_pool') {
    if (rotatingDefaultPool.has(second)) return 'rotate';
    return reimagingPool.has(second) ? 'reimage' : 'none';
  }
  if (first === 'kubernetes_version') return 'upgrade';
  if (reimagingCluster.has(first)) return 'reimage';
  if (first === 'network_profile' && reimagingNetwork.has(second)) return 'reimage';
  return accessOfCluster.has(first) ? 'access' : 'none';
}
