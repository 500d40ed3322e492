import { expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import { platformSchema } from '@suite/platform-file';
import { knownSettings, withSettings } from './settings.ts';

const absent = { is: 'absent' } as const;
function change(type: string, address: string, path: string): Change {
  const attribute = { path, before: absent, after: absent };
  return {
    address,
    type,
    title: 't',
    kind: 'update',
    reasons: [{ text: '', attribute }],
    attributes: [attribute],
    reach: 'cluster',
    risk: 'low',
  };
}

const cluster = 'azurerm_kubernetes_cluster';
const pool = 'azurerm_kubernetes_cluster_node_pool';

test.each([
  [cluster, 'module.cluster.azurerm_kubernetes_cluster.this', 'kubernetes_version', 'cluster.version'],
  [cluster, 'x', 'default_node_pool.vm_size', 'cluster.pools.system.size'],
  [cluster, 'x', 'default_node_pool.orchestrator_version', 'cluster.version'],
  [cluster, 'x', 'api_server_access_profile.authorized_ip_ranges[0]', 'cluster.authorized-ranges'],
  [cluster, 'x', 'oms_agent.log_analytics_workspace_id', 'cluster.features.monitoring'],
  [cluster, 'x', 'image_cleaner_interval_hours', 'cluster.features.image-cleaner.interval'],
  [cluster, 'x', 'sku_tier_of_something', undefined],
  [pool, 'module.pools.azurerm_kubernetes_cluster_node_pool.this["gpu"]', 'vm_size', 'cluster.pools.gpu.size'],
  [pool, 'module.pools.azurerm_kubernetes_cluster_node_pool.this["user"]', 'max_count', 'cluster.pools.user.max'],
  [
    pool,
    'module.pools.azurerm_kubernetes_cluster_node_pool.this["user2"]',
    'spot_max_price',
    'cluster.pools.user.spot',
  ],
  [pool, 'x.this["gpugreen1"]', 'upgrade_settings.max_surge', 'cluster.pools.gpu.surge'],
  [pool, 'x.this["users"]', 'max_pods', undefined],
  [cluster, 'x', 'default_node_pool.upgrade_settings.drain_timeout_in_minutes', 'cluster.pools.system.drain'],
  [cluster, 'x', 'default_node_pool.gpu_driver', undefined],
  [cluster, 'x', 'network_profile.outbound_type', 'network.egress'],
  [cluster, 'x', 'maintenance_window_node_os.day_of_week', 'cluster.maintenance'],
  [cluster, 'x', 'disk_encryption_set_id', 'cluster.disk-encryption'],
  ['azurerm_container_registry', 'x', 'georeplications[0].location', 'registry.replicas'],
  ['azurerm_key_vault', 'x', 'network_acls.default_action', 'key-vault.public-access'],
  ['azurerm_storage_account', 'x', 'blob_properties.delete_retention_policy.days', 'storage.soft-delete'],
  ['azurerm_storage_account', 'x', 'min_tls_version', undefined],
  ['azurerm_postgresql_flexible_server', 'x', 'high_availability', 'database.high-availability'],
  ['azurerm_managed_redis', 'x', 'sku_name', 'cache.size'],
  ['azurerm_web_application_firewall_policy', 'x', 'policy_settings.mode', 'gateway.waf'],
  ['azurerm_route_table', 'x', 'route[0].next_hop_in_ip_address', 'network.next-hop'],
  ['azurerm_monitor_action_group', 'x', 'email_receiver[1].email_address', 'alerts.email'],
  ['azurerm_consumption_budget_subscription', 'x', 'amount', 'budget.amount'],
  ['azurerm_kubernetes_cluster_deployment_safeguard', 'x', 'level', 'cluster.features.safeguards'],
  [pool, 'azurerm_kubernetes_cluster_node_pool.other', 'vm_size', undefined],
  ['azurerm_container_registry', 'x', 'public_network_access_enabled', 'registry.public-access'],
  ['azurerm_log_analytics_workspace', 'x', 'retention_in_days', 'logs.retention'],
  ['anything', 'x', 'tags.team', 'tags'],
  ['anything', 'x', 'name', undefined],
])('%s %s %s', (type, address, path, setting) => {
  const [named] = withSettings([change(type, address, path)], {});
  expect(named?.attributes[0]?.setting).toBe(setting);
  expect(named?.reasons[0]?.attribute?.setting).toBe(setting);
});

test('every setting is one that the platform file knows', () => {
  const schema = JSON.stringify(platformSchema());
  for (const setting of knownSettings) {
    for (const key of setting.split('.'))
      expect({ setting, known: schema.includes(`"${key}"`) }).toEqual({ setting, known: true });
  }
});

test.each([
  ['extension', 'module.network[0].azurerm_virtual_network.this', 'network.address-space'],
  ['extension', 'azurerm_virtual_network.mine', undefined],
  ['root', 'module.network[0].azurerm_virtual_network.this', undefined],
] as const)("with a team's %s, %s is made from the setting %s", (kind, address, setting) => {
  const terraform = { kind, folder: 'x', variables: [] };
  const [named] = withSettings([change('azurerm_virtual_network', address, 'address_space[0]')], { terraform });
  expect(named?.attributes[0]?.setting).toBe(setting);
});
