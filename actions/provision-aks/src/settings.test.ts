import { expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import { withSettings } from './settings.ts';

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
  [pool, 'azurerm_kubernetes_cluster_node_pool.other', 'vm_size', undefined],
  ['azurerm_container_registry', 'x', 'public_network_access_enabled', 'registry.public-access'],
  ['azurerm_log_analytics_workspace', 'x', 'retention_in_days', 'logs.retention'],
  ['anything', 'x', 'tags.team', 'tags'],
  ['anything', 'x', 'name', undefined],
])('%s %s %s', (type, address, path, setting) => {
  const [named] = withSettings([change(type, address, path)]);
  expect(named?.attributes[0]?.setting).toBe(setting);
  expect(named?.reasons[0]?.attribute?.setting).toBe(setting);
});
