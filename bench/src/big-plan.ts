/**
 * A plan of `changes` resource changes as `terraform show -json` prints it, the same for every call: pools, subnets,
 * registries and role assignments, of which about a tenth each is created, replaced and deleted and the rest updated, with
 * unknown and sensitive values and with drift for some. About 2 KB per change.
 */
export function bigPlan(changes: number): string {
  const entries = Array.from({ length: changes }, (_, index) => resourceChange(index));
  return JSON.stringify({
    format_version: '1.2',
    terraform_version: '1.11.4',
    variables: { platform: { value: 'contoso' }, token: { value: 'token-of-the-benchmark' } },
    resource_changes: entries,
    resource_drift: entries.filter((entry, index) => index % 16 === 15 && entry.change.before !== null).map(drifted),
    output_changes: {
      cluster: {
        actions: ['create'],
        before: null,
        after_unknown: true,
        before_sensitive: false,
        after_sensitive: false,
      },
    },
    configuration: {
      root_module: {
        variables: { token: { sensitive: true } },
        resources: Object.keys(attributesOf).map(type => ({
          address: `${type}.this`,
          mode: 'managed',
          type,
          name: 'this',
          expressions: { name: { references: ['each.key'] }, tags: { references: ['var.platform'] } },
        })),
      },
    },
    applyable: true,
    complete: true,
    errored: false,
  });
}

interface Attributes {
  readonly [name: string]: unknown;
}

const group =
  '/subscriptions/00000000-0000-0000-0000-000000000003/resourceGroups/rg-contoso-dev-westeurope/providers/Microsoft';

const attributesOf: Readonly<Record<string, (index: number) => Attributes>> = {
  azurerm_kubernetes_cluster_node_pool: index => ({
    kubernetes_cluster_id: `${group}.ContainerService/managedClusters/aks-contoso-dev-westeurope`,
    auto_scaling_enabled: true,
    max_count: 3 + (index % 7),
    min_count: 1,
    max_pods: 250,
    mode: 'User',
    node_labels: { 'node-type': 'user', team: `team-${index % 50}` },
    node_taints: ['nvidia.com/gpu=true:NoSchedule'],
    orchestrator_version: '1.34',
    os_disk_size_gb: 128,
    os_sku: 'Ubuntu',
    temporary_name_for_rotation: 'rotation',
    upgrade_settings: [{ drain_timeout_in_minutes: 30, max_surge: '33%', node_soak_duration_in_minutes: 0 }],
    vm_size: 'Standard_D4ds_v5',
    vnet_subnet_id: `${group}.Network/virtualNetworks/vnet-contoso/subnets/snet-compute`,
    zones: ['1', '2', '3'],
  }),
  azurerm_subnet: index => ({
    address_prefixes: [`10.${(index >> 8) % 256}.${index % 256}.0/24`],
    default_outbound_access_enabled: false,
    delegation: [],
    private_endpoint_network_policies: 'Disabled',
    service_endpoint: [{ service: 'Microsoft.Storage' }, { service: 'Microsoft.KeyVault' }],
    virtual_network_name: 'vnet-contoso',
  }),
  azurerm_container_registry: index => ({
    admin_enabled: false,
    admin_password: `password-of-registry-${index}`,
    login_server: `acr${index}.azurecr.io`,
    public_network_access_enabled: index % 2 === 0,
    retention_policy_in_days: 7,
    sku: 'Premium',
  }),
  azurerm_role_assignment: index => ({
    principal_id: `00000000-0000-0000-0001-${String(index).padStart(12, '0')}`,
    role_definition_name: 'AcrPull',
    scope: `${group}.ContainerRegistry/registries/acr${index}`,
  }),
};
const types = Object.keys(attributesOf);

function resourceChange(index: number) {
  const type = types[index % types.length] ?? '';
  const base: Attributes = {
    id: `${group}.Benchmark/things/thing-${index}`,
    name: `thing-${index}`,
    location: 'westeurope',
    description: `Number ${index} of a plan that is only measured. `.repeat(4),
    ...attributesOf[type]?.(index),
    tags: { environment: 'dev', platform: 'contoso', revision: 'one' },
    timeouts: null,
  };
  const { id, ...rest } = base;
  const planned: Attributes = { ...rest, tags: { environment: 'dev', platform: 'contoso', revision: 'two' } };
  const marks = type === 'azurerm_container_registry' ? { admin_password: true, tags: {} } : { tags: {} };
  const head = {
    address: `${type}.this["thing-${index}"]`,
    mode: 'managed',
    type,
    name: 'this',
    index: `thing-${index}`,
  };
  const change = (actions: string[], before: unknown, after: unknown, unknown: unknown) => ({
    actions,
    before,
    after,
    after_unknown: unknown,
    before_sensitive: before === null ? false : marks,
    after_sensitive: after === null ? false : marks,
  });
  switch (Math.floor(index / types.length) % 10) {
    case 0:
      return { ...head, change: change(['create'], null, planned, { id: true, tags: {} }) };
    case 1:
      return {
        ...head,
        change: {
          ...change(['delete', 'create'], base, { ...planned, name: `thing-${index}-new` }, { id: true, tags: {} }),
          replace_paths: [['name']],
        },
        action_reason: 'replace_because_cannot_update',
      };
    case 2:
      return {
        ...head,
        change: change(['delete'], base, null, {}),
        action_reason: 'delete_because_each_key',
      };
    default:
      return { ...head, change: change(['update'], base, { id, ...planned }, {}) };
  }
}

function drifted(entry: ReturnType<typeof resourceChange>) {
  const { before, before_sensitive } = entry.change;
  const tags = { environment: 'dev', platform: 'contoso', revision: 'by hand' };
  return {
    ...entry,
    change: {
      actions: ['update'],
      before,
      after: { ...(before as Attributes), tags },
      after_unknown: {},
      before_sensitive,
      after_sensitive: before_sensitive,
    },
  };
}
