import { expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import type { EnvironmentScope } from '@suite/platform-file';
import { withPoolKeys } from './pool-keys.ts';
import { environmentView, sharedView } from './views.fixture.ts';

const { cluster } = environmentView;
const view: EnvironmentScope = {
  ...environmentView,
  cluster: { ...cluster, pools: { ...cluster.pools, system: { ...cluster.pools.system, name: 'nodepool1' } } },
};

const change = (address: string, allowKey?: string): Change => ({
  address,
  type: 'azurerm_kubernetes_cluster_node_pool',
  title: 'node pool',
  kind: 'rotate',
  reasons: [],
  attributes: [],
  reach: 'node-pool',
  risk: 'high',
  ...(allowKey === undefined ? {} : { allowKey }),
});
const worker = (key: string) => `module.pools.azurerm_kubernetes_cluster_node_pool.this["${key}"]`;

test.each([
  [
    'the system pool, which is a part of the cluster',
    'module.cluster.azurerm_kubernetes_cluster.this',
    'nodepool1',
    'system',
  ],
  ['a pool of workers', worker('user'), 'apps', 'user'],
  ['one of another color and zone, which goes', worker('gpugreen2'), 'gpusgreen2', 'gpu'],
  ["a team's own", 'azurerm_kubernetes_cluster_node_pool.more', 'more', 'more'],
])('%s', (_name, address, called, key) => {
  const [read] = withPoolKeys([change(address, `node-pool/${called}`)], view);
  expect(read?.allowKey).toBe(`node-pool/${key}`);
});

test('other keys, and other scopes, stay as they are', () => {
  const registry = change('module.registry[0].azurerm_container_registry.this', 'registry');
  expect(withPoolKeys([registry, change(worker('user'))], view)).toEqual([registry, change(worker('user'))]);
  const pool = change(worker('user'), 'node-pool/apps');
  expect(withPoolKeys([pool], sharedView)).toEqual([pool]);
});
