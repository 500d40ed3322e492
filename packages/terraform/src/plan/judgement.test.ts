import { describe, expect, test } from '@jest/globals';
import type { Change } from '@suite/change-report';
import { type EntrySketch, entry, planOf } from './plan.fixture.ts';
import { readPlan } from './read-plan.ts';

const poolType = 'azurerm_kubernetes_cluster_node_pool';
const clusterType = 'azurerm_kubernetes_cluster';

function read(sketch: EntrySketch): Change[] {
  return [...readPlan(planOf([entry(sketch)])).changes];
}

function only(sketch: EntrySketch): Change | undefined {
  const changes = read(sketch);
  expect(changes).toHaveLength(1);
  return changes[0];
}

const pool = (before: object, after: object, unknown: object = {}) =>
  ({
    type: poolType,
    before: { name: 'gpu', temporary_name_for_rotation: 'gputmp', ...before },
    after: { name: 'gpu', temporary_name_for_rotation: 'gputmp', ...after },
    unknown,
  }) as const;
const cluster = (before: object, after: object) =>
  ({ type: clusterType, before: { name: 'aks-dev', ...before }, after: { name: 'aks-dev', ...after } }) as const;
const systemPool = (rest: object) => ({
  default_node_pool: [{ name: 'system', temporary_name_for_rotation: 'systemtmp', ...rest }],
});

describe('rotation', () => {
  test.each([
    ['fips_enabled', false, true],
    ['host_encryption_enabled', false, true],
    ['kubelet_config', [], [{ cpu_manager_policy: 'static' }]],
    ['kubelet_disk_type', 'OS', 'Temporary'],
    ['linux_os_config', [], [{ swap_file_size_mb: 1 }]],
    ['max_pods', 110, 250],
    ['node_public_ip_enabled', false, true],
    ['os_disk_size_gb', 128, 256],
    ['os_disk_type', 'Managed', 'Ephemeral'],
    ['pod_subnet_id', '', '/subscriptions/s'],
    ['snapshot_id', null, '/subscriptions/s'],
    ['ultra_ssd_enabled', false, true],
    ['vm_size', 'a', 'b'],
    ['vnet_subnet_id', '/a', '/b'],
    ['zones', ['1'], ['1', '2']],
  ])('%s of a pool', (attribute, before, after) => {
    const ofPool = only(pool({ [attribute]: before }, { [attribute]: after }));
    expect(ofPool).toMatchObject({ kind: 'rotate', title: 'node pool gpu', allowKey: 'node-pool/gpu', risk: 'high' });
    expect(ofPool?.reasons[0]?.attribute?.path.split('.')[0]).toBe(attribute);
    const ofDefault = only(cluster(systemPool({ [attribute]: before }), systemPool({ [attribute]: after })));
    expect(ofDefault).toMatchObject({
      kind: 'rotate',
      type: clusterType,
      title: 'node pool system',
      allowKey: 'node-pool/system',
      reach: 'node-pool',
    });
    expect(ofDefault?.reasons[0]?.attribute?.path).toMatch(new RegExp(`^default_node_pool\\.${attribute}`));
  });

  test.each([
    ['zones', null, []],
    ['kubelet_config', [], null],
    ['snapshot_id', '', null],
    ['max_count', 3, 5],
    ['node_labels', {}, { a: 'b' }],
  ])('%s from %j to %j is none', (attribute, before, after) => {
    expect(only(pool({ [attribute]: before }, { [attribute]: after }))?.kind).toBe('update');
  });

  test('a subnet that is known after apply is another one', () => {
    const change = only(pool({ vnet_subnet_id: '/a' }, {}, { vnet_subnet_id: true }));
    expect(change).toMatchObject({
      kind: 'rotate',
      reasons: [{ text: '', attribute: { path: 'vnet_subnet_id', after: { is: 'unknown' } } }],
    });
  });

  test('of the default pool, beside an update of the cluster', () => {
    const changes = read(
      cluster(
        { ...systemPool({ vm_size: 'a' }), sku_tier: 'Free' },
        { ...systemPool({ vm_size: 'b' }), sku_tier: 'Standard' },
      ),
    );
    expect(changes.map(({ kind, title, attributes }) => [kind, title, attributes.map(({ path }) => path)])).toEqual([
      ['rotate', 'node pool system', ['default_node_pool.vm_size']],
      ['update', 'cluster aks-dev', ['sku_tier']],
    ]);
  });

  test.each([
    [null, {}, 'blocked'],
    ['', {}, 'blocked'],
    ['gputmp', {}, undefined],
    [undefined, { temporary_name_for_rotation: true }, undefined],
  ])('with the temporary name %j', (name, unknown, status) => {
    const sketch = pool({ vm_size: 'a' }, { vm_size: 'b', temporary_name_for_rotation: name }, unknown);
    expect(readPlan(planOf([entry(sketch)])).checks[0]?.status).toBe(status);
  });
});

describe('labels and taints change on nodes that run', () => {
  const gpu = 'nvidia.com/gpu=true:NoSchedule';
  test.each<[string, string[] | null, string[] | null, string, RegExp | undefined]>([
    ['one that evicts', [gpu], [gpu, 'a=b:NoExecute'], 'high', /^A taint comes .* are evicted at once\.$/],
    ['one that keeps new ones away', null, ['a=b:NoSchedule'], 'medium', /^A taint comes .* pods on them stay/],
    ['another order', ['a=b:NoExecute', gpu], [gpu, 'a=b:NoExecute'], 'low', undefined],
    ['one that only asks', [gpu], [gpu, 'a=b:PreferNoSchedule'], 'low', undefined],
    ['one that goes', ['a=b:NoExecute', gpu], [gpu], 'medium', /^A taint goes .* may come\.$/],
    ['none more', [gpu], null, 'medium', /^A taint goes/],
  ])('taints: %s', (_name, before, after, risk, effect) => {
    const change = only(pool({ node_taints: before }, { node_taints: after }));
    expect(change).toMatchObject({ kind: 'update', reach: 'node-pool', risk });
    expect(change?.effect ?? '').toMatch(effect ?? /^$/);
  });

  test.each<[string, object, object, string, RegExp]>([
    ['one more', { a: '1' }, { a: '1', b: '2' }, 'low', /^$/],
    ['another value', { a: '1' }, { a: '2' }, 'medium', /^A label changes on its nodes as they run: pods on them stay/],
    ['one less', { a: '1', b: '2' }, { a: '1' }, 'medium', /^A label changes/],
  ])('labels: %s', (_name, before, after, risk, effect) => {
    const ofPool = only(pool({ node_labels: before }, { node_labels: after }));
    expect(ofPool).toMatchObject({ kind: 'update', risk });
    expect(ofPool?.effect ?? '').toMatch(effect);
    const ofDefault = only(cluster(systemPool({ node_labels: before }), systemPool({ node_labels: after })));
    expect(ofDefault?.kind).toBe('update');
    expect(ofDefault?.effect ?? '').toMatch(effect);
  });
});

describe('replacement', () => {
  const replace = (change: Readonly<Record<string, unknown>>, rest: EntrySketch = {}) =>
    only({
      type: 'azurerm_container_registry',
      actions: ['delete', 'create'],
      before: {
        name: 'acr',
        location: 'a',
        admin_enabled: false,
        id: 'old',
        georeplications: [{ location: 'x', zone: 1 }],
      },
      after: { name: 'acr', location: 'b', georeplications: [{ location: 'y', zone: 1 }] },
      unknown: { id: true },
      change,
      ...rest,
    });

  test('names the attribute, and nothing that is only given out anew', () => {
    const change = replace({ replace_paths: [['location']] });
    expect(change).toMatchObject({
      kind: 'replace',
      allowKey: 'registry',
      risk: 'critical',
      createBeforeDelete: false,
    });
    expect(change?.reasons).toEqual([
      {
        text: '',
        attribute: { path: 'location', before: { is: 'shown', text: 'a' }, after: { is: 'shown', text: 'b' } },
      },
    ]);
    expect(change?.attributes.map(({ path }) => path)).toEqual(['location', 'georeplications.location']);
  });

  test.each([
    [['georeplications'], 'georeplications.location'],
    [['georeplications', 0], 'georeplications.location'],
    [['georeplications', 0, 'zone'], 'georeplications.zone'],
    [['gone', 3, 'x'], 'gone.x'],
  ])('a path to a block: %j', (path, shown) => {
    expect(replace({ replace_paths: [path] })?.reasons[0]?.attribute?.path).toBe(shown);
  });

  test.each([
    ['replace_because_tainted', /tainted/],
    ['replace_by_request', /-replace/],
    ['replace_by_triggers', /replace_triggered_by/],
    ['replace_because_cannot_update', /cannot be changed in place/],
    ['replace_for_a_new_reason', /cannot be changed in place/],
  ])('%s without a path', (action_reason, text) => {
    expect(replace({}, { entry: { action_reason } })?.reasons[0]?.text).toMatch(text);
  });
});

describe('what has to be allowed', () => {
  test.each([
    [clusterType, 'cluster'],
    [poolType, 'node-pool/thing'],
    ['azurerm_container_registry', 'registry'],
    ['azurerm_virtual_network', 'network'],
    ['azurerm_subnet', 'network'],
    ['azurerm_log_analytics_workspace', 'logs'],
    ['azurerm_resource_group', 'resource-group'],
    ['azurerm_key_vault', 'key-vault'],
    ['azurerm_key_vault_secret', 'key-vault'],
    ['azurerm_key_vault_key', 'key-vault'],
    ['azurerm_monitor_workspace', 'metrics'],
    ['azurerm_storage_account', 'storage'],
    ['azurerm_storage_container', 'storage'],
    ['azurerm_user_assigned_identity', 'identity'],
    ['azurerm_dns_zone', 'dns'],
    ['azurerm_postgresql_flexible_server', 'database'],
    ['azurerm_postgresql_flexible_server_database', 'database'],
    ['azurerm_managed_redis', 'cache'],
    ['azurerm_data_protection_backup_vault', 'backup'],
    ['azurerm_data_protection_backup_instance_kubernetes_cluster', 'backup'],
    ['azurerm_disk_encryption_set', 'storage'],
    ['azurerm_application_load_balancer', 'network'],
    ['azurerm_application_load_balancer_frontend', 'network'],
    ['azurerm_private_dns_zone', 'dns'],
    ['azurerm_application_load_balancer_subnet_association', undefined],
    ['azurerm_data_protection_backup_policy_kubernetes_cluster', undefined],
    ['azurerm_postgresql_flexible_server_configuration', undefined],
    ['azurerm_private_endpoint', undefined],
    ['azurerm_management_lock', undefined],
    ['azurerm_network_security_group', undefined],
    ['azurerm_role_assignment', undefined],
    ['azurerm_federated_identity_credential', undefined],
    ['terraform_data', undefined],
    ['azurerm_thing_of_a_later_version', undefined],
  ])('%s: %s', (type, allowKey) => {
    const named = { name: 'thing' };
    expect(only({ type, actions: ['delete'], before: named })?.allowKey).toBe(allowKey);
    expect(only({ type, actions: ['create', 'delete'], before: named, after: named })?.allowKey).toBe(allowKey);
    expect(only({ type, actions: ['forget'], before: named })?.allowKey).toBeUndefined();
    expect(only({ type, actions: ['create'], after: named })?.allowKey).toBeUndefined();
  });

  test.each([
    ['user', 'user'],
    ['user1', 'user'],
    ['usergreen', 'user'],
    ['usergreen2', 'user'],
    ['gpugreen3', 'gpu'],
    ['system', 'system'],
    ['usertmp', 'usertmp'],
    ['users', 'users'],
  ])('the pool %s is of the kind %s', (name, kind) => {
    const deleted = only({ type: poolType, actions: ['delete'], before: { name } });
    expect(deleted).toMatchObject({ title: `node pool ${name}`, allowKey: `node-pool/${kind}` });
  });

  test('a type that is not known counts as data', () => {
    expect(only({ type: 'azurerm_thing', actions: ['delete'] })).toMatchObject({ reach: 'data', risk: 'medium' });
  });
});

describe('updates that are more than updates', () => {
  test.each([
    ['kubernetes_version', '1.34', '1.35', 'high', /upgraded/],
    ['local_account_disabled', true, false, 'medium', /without Entra ID/],
    ['private_cluster_enabled', true, false, 'medium', /internet/],
    ['run_command_enabled', false, true, 'medium', /past its network/],
    ['azure_policy_enabled', true, null, 'medium', /Azure Policy/],
    ['api_server_access_profile', [{ authorized_ip_ranges: ['10.0.0.0/8'] }], [], 'medium', /Other addresses/],
    ['network_profile', [{ network_policy: 'azure' }], [{ network_policy: 'cilium' }], 'high', /every pool/],
    ['local_account_disabled', false, true, 'low', undefined],
    ['run_command_enabled', true, false, 'low', undefined],
    ['image_cleaner_interval_hours', 24, 48, 'low', undefined],
  ])('%s from %j to %j of a cluster', (attribute, before, after, risk, effect) => {
    const change = only(cluster({ [attribute]: before }, { [attribute]: after }));
    expect(change).toMatchObject({ kind: 'update', risk });
    if (effect === undefined) expect(change?.effect).toBeUndefined();
    else expect(change?.effect).toMatch(effect);
  });

  test.each<[type: string, attribute: string, before: unknown, after: unknown, effect: RegExp]>([
    ['storage_account', 'min_tls_version', 'TLS1_2', 'TLS1_0', /outdated encryption/],
    ['storage_account', 'shared_access_key_enabled', false, true, /without Entra ID/],
    ['storage_account', 'local_user_enabled', false, true, /local user/],
    ['storage_account', 'cross_tenant_replication_enabled', false, true, /other tenants/],
    ['storage_account', 'network_rules', [{ default_action: 'Deny' }], [{ default_action: 'Allow' }], /every network/],
    [
      'storage_account',
      'blob_properties',
      [{ versioning_enabled: true }],
      [{ versioning_enabled: false }],
      /overwritten/,
    ],
    [
      'storage_account',
      'blob_properties',
      [{ delete_retention_policy: [{ days: 7 }] }],
      [{ delete_retention_policy: [{ days: 1 }] }],
      /less long/,
    ],
    [
      'storage_account',
      'blob_properties',
      [{ container_delete_retention_policy: [{ days: 7 }] }],
      [{ container_delete_retention_policy: [] }],
      /less long/,
    ],
    ['storage_container', 'container_access_type', 'private', 'blob', /Everybody/],
    ['key_vault', 'network_acls', [{ default_action: 'Deny' }], [{ default_action: 'Allow' }], /every network/],
    ['key_vault', 'public_network_access_enabled', false, true, /internet/],
    [
      'postgresql_flexible_server',
      'authentication',
      [{ password_auth_enabled: false }],
      [{ password_auth_enabled: true }],
      /password/,
    ],
    [
      'postgresql_flexible_server',
      'authentication',
      [{ active_directory_auth_enabled: true }],
      [{ active_directory_auth_enabled: false }],
      /no longer get in/,
    ],
    ['postgresql_flexible_server', 'high_availability', [{ mode: 'ZoneRedundant' }], [], /zone that fails/],
    ['postgresql_flexible_server', 'backup_retention_days', 14, 7, /older is deleted/],
    ['postgresql_flexible_server_configuration', 'value', 'on', 'off', /no encryption/],
    ['postgresql_flexible_server_configuration', 'value', 'TLSv1.2', 'TLSv1.1', /outdated encryption/],
    ['managed_redis', 'public_network_access', 'Disabled', 'Enabled', /internet/],
    [
      'managed_redis',
      'default_database',
      [{ access_keys_authentication_enabled: false }],
      [{ access_keys_authentication_enabled: true }],
      /without Entra ID/,
    ],
    [
      'managed_redis',
      'default_database',
      [{ client_protocol: 'Encrypted' }],
      [{ client_protocol: 'Plaintext' }],
      /without encryption/,
    ],
    [
      'web_application_firewall_policy',
      'policy_settings',
      [{ mode: 'Prevention' }],
      [{ mode: 'Detection' }],
      /only writes down/,
    ],
    [
      'web_application_firewall_policy',
      'policy_settings',
      [{ enabled: true }],
      [{ enabled: false }],
      /lets everything through/,
    ],
    [
      'web_application_firewall_policy',
      'managed_rules',
      [{ managed_rule_set: [{ version: '2.1' }] }],
      [{ managed_rule_set: [] }],
      /something else/,
    ],
    ['subnet', 'private_endpoint_network_policies', 'NetworkSecurityGroupEnabled', 'Disabled', /no longer hold/],
    ['subnet', 'default_outbound_access_enabled', false, true, /Azure gives/],
    ['route_table', 'route', [{ next_hop_in_ip_address: '10.0.0.4' }], [], /another way/],
    ['log_analytics_workspace', 'retention_in_days', 90, 30, /older is deleted/],
    ['container_registry', 'retention_policy_in_days', 0, 30, /digest alone/],
    ['container_registry', 'retention_policy_in_days', 30, 7, /digest alone/],
    ['data_protection_backup_vault', 'soft_delete', 'On', 'Off', /cannot be brought back/],
    ['kubernetes_cluster_deployment_safeguard', 'level', 'Enforce', 'Warn', /only warned/],
    ['security_center_subscription_pricing', 'tier', 'Standard', 'Free', /no longer looks/],
    ['monitor_diagnostic_setting', 'enabled_log', [{ category: 'guard' }], [], /Other logs/],
    ['federated_identity_credential', 'subject', 'a', 'b', /Another workload/],
    ['kubernetes_cluster', 'maintenance_window_auto_upgrade', [{ day_of_week: 'Sunday' }], [], /any time/],
    ['kubernetes_cluster', 'maintenance_window_node_os', [{ day_of_week: 'Sunday' }], [], /any time/],
  ])('%s: %s from %j to %j', (type, attribute, before, after, effect) => {
    const update = (from: unknown, to: unknown) =>
      only({ type: `azurerm_${type}`, before: { [attribute]: from }, after: { [attribute]: to } });
    const change = update(before, after);
    expect(change).toMatchObject({ kind: 'update', risk: 'medium' });
    expect(change?.effect).toMatch(effect);
  });

  test.each<[type: string, attribute: string, before: unknown, after: unknown]>([
    ['storage_account', 'min_tls_version', 'TLS1_0', 'TLS1_2'],
    ['storage_account', 'network_rules', [{ default_action: 'Allow' }], [{ default_action: 'Deny' }]],
    ['storage_container', 'container_access_type', 'blob', 'private'],
    ['postgresql_flexible_server', 'backup_retention_days', 7, 14],
    ['postgresql_flexible_server', 'high_availability', [], [{ mode: 'ZoneRedundant' }]],
    ['postgresql_flexible_server_configuration', 'value', 'off', 'on'],
    ['web_application_firewall_policy', 'policy_settings', [{ mode: 'Detection' }], [{ mode: 'Prevention' }]],
    ['log_analytics_workspace', 'retention_in_days', 30, 90],
    ['container_registry', 'retention_policy_in_days', 7, 30],
    ['container_registry', 'retention_policy_in_days', 30, 0],
    ['managed_redis', 'public_network_access', 'Enabled', 'Disabled'],
  ])('%s: %s from %j to %j is none', (type, attribute, before, after) => {
    const change = only({ type: `azurerm_${type}`, before: { [attribute]: before }, after: { [attribute]: after } });
    expect(change?.effect).toBeUndefined();
  });

  test('new versions reimage the nodes of a pool, and rotate none', () => {
    expect(only(pool({ orchestrator_version: '1.34' }, { orchestrator_version: '1.35' }))).toMatchObject({
      kind: 'update',
      risk: 'high',
      effect: 'Its nodes are reimaged one after another; pods on them restart elsewhere.',
    });
    const versions = (version: string) => systemPool({ orchestrator_version: version });
    expect(only(cluster(versions('1.34'), versions('1.35')))).toMatchObject({ kind: 'update', risk: 'high' });
  });

  test('the worst effect comes first, each once', () => {
    const change = only(
      cluster(
        { run_command_enabled: false, kubernetes_version: '1' },
        { run_command_enabled: true, kubernetes_version: '2' },
      ),
    );
    expect(change?.effect).toMatch(/^The control plane is upgraded.*past its network\.$/);
  });

  test('of whichever resource', () => {
    const type = 'azurerm_container_registry';
    expect(only({ type, before: { admin_enabled: false }, after: { admin_enabled: true } })).toMatchObject({
      risk: 'medium',
    });
  });
});

describe('names', () => {
  test.each<[string, EntrySketch, string]>([
    ['its own', { before: { name: 'a' }, after: { name: 'a' } }, 'subnet a'],
    [
      'the one it has until now',
      { actions: ['create', 'delete'], before: { name: 'a' }, after: { name: 'b' } },
      'subnet a',
    ],
    [
      'its label',
      { type: 'azurerm_role_assignment', address: 'azurerm_role_assignment.acr_pull' },
      'role assignment acr_pull',
    ],
    ['no GUID', { actions: ['delete'], before: { name: '00000000-0000-0000-0000-000000000001' } }, 'subnet this'],
    ['its key', { address: 'module.network["x.y"].azurerm_subnet.this["nodes"]' }, 'subnet nodes'],
    ['label and key', { address: 'azurerm_subnet.zone["nodes"]' }, 'subnet zone["nodes"]'],
    [
      'no sensitive one',
      { before: { name: 'abc' }, after: { name: 'abc' }, sensitiveBefore: { name: true }, sensitiveAfter: true },
      'subnet this',
    ],
    [
      'what another one left',
      { actions: ['delete'], before: { name: 'a' }, entry: { deposed: '1f2e3d4c' } },
      'leftover subnet a',
    ],
  ])('%s', (_, sketch, title) => {
    expect(only(sketch)?.title).toBe(title);
  });
});

describe('attributes', () => {
  const paths = (before: object, after: object) => only({ before, after })?.attributes.map(({ path }) => path);

  test('lists and sets of blocks: what is equal on both sides says nothing', () => {
    const rule = (name: string, port: number) => ({ name, port });
    const [a, b, c] = [rule('a', 1), rule('b', 2), rule('c', 3)];
    expect(paths({ rule: [a, b, c] }, { rule: [c, { ...b, port: 9 }, a] })).toEqual(['rule[1].port']);
    expect(paths({ rule: [a, b, c] }, { rule: [c, a] })).toEqual(['rule[1].name', 'rule[1].port']);
    expect(paths({ rule: [a] }, { rule: [rule('a', 7)] })).toEqual(['rule.port']);
    expect(paths({ rule: [] }, { rule: [a] })).toEqual(['rule.name', 'rule.port']);
  });

  test('maps, lists of plain values, unusual keys', () => {
    expect(paths({ tags: null }, { tags: { 'cost-code': 'x', 'a.b': 'y' } })).toEqual([
      'tags.cost-code',
      'tags["a.b"]',
    ]);
    expect(only({ before: { zones: ['1'] }, after: { zones: ['1', '2'] } })?.attributes).toEqual([
      { path: 'zones', before: { is: 'shown', text: '["1"]' }, after: { is: 'shown', text: '["1","2"]' } },
    ]);
  });

  test('what is known after apply only', () => {
    const change = only({
      before: { a: 'x', block: [{ b: 1 }] },
      after: { block: [{}] },
      unknown: { a: true, block: [{ b: true }] },
    });
    expect(change?.attributes.map(({ path, after }) => [path, after.is])).toEqual([
      ['a', 'unknown'],
      ['block.b', 'unknown'],
    ]);
  });
});

describe('drift', () => {
  const found = entry({
    type: poolType,
    before: { name: 'gpu', max_count: 3, node_count: 1 },
    after: { name: 'gpu', max_count: 9, node_count: 4 },
  });
  const drift = (changes: readonly unknown[] | undefined, rest: object = {}) =>
    readPlan({
      ...planOf(changes ?? []),
      ...(changes === undefined ? { resource_changes: undefined } : {}),
      resource_drift: [found],
      ...rest,
    }).drift;
  const pathsOf = (changes: readonly Change[]) =>
    changes.flatMap(({ attributes }) => attributes.map(({ path }) => path));
  const planned = (after: object) =>
    entry({ type: poolType, before: { name: 'gpu', max_count: 9, node_count: 4 }, after: { name: 'gpu', ...after } });
  const configured = (...names: string[]) => ({
    configuration: {
      root_module: {
        resources: [
          {
            type: poolType,
            name: 'this',
            expressions: Object.fromEntries(names.map(name => [name, { references: ['x'] }])),
          },
        ],
      },
    },
  });

  test('what the plan puts back, configured or not', () => {
    expect(pathsOf(drift([planned({ max_count: 3, node_count: 4 })]))).toEqual(['max_count']);
  });

  test('not what the plan leaves as it is: the autoscaler’s number of nodes', () => {
    expect(drift([planned({ max_count: 9, node_count: 4 })], configured('node_count', 'max_count'))).toEqual([]);
  });

  test('what a planned value was computed from', () => {
    const relevant_attributes = [
      { resource: `${poolType}.this`, attribute: ['node_count'] },
      { resource: `${poolType}.this`, attribute: [] },
    ];
    expect(pathsOf(drift([planned({ max_count: 9, node_count: 4 })], { relevant_attributes }))).toEqual(['node_count']);
  });

  test('when only refreshing: what the configuration says, also in modules', () => {
    expect(pathsOf(drift(undefined, configured('max_count')))).toEqual(['max_count']);
    const inner = {
      ...found,
      address: `module.a["x.y"].module.b[0].${poolType}.this["k"]`,
      module_address: 'module.a["x.y"].module.b[0]',
    };
    const module = configured('max_count').configuration.root_module;
    const nested = {
      configuration: { root_module: { module_calls: { a: { module: { module_calls: { b: { module } } } } } } },
    };
    expect(pathsOf(drift(undefined, { ...nested, resource_drift: [inner] }))).toEqual(['max_count']);
    expect(drift(undefined, { ...configured('max_count'), resource_drift: [inner] })).toEqual([]);
  });

  test('a safeguard that somebody switched off is worth more than a number', () => {
    const opened = entry({
      type: clusterType,
      before: { local_account_disabled: true },
      after: { local_account_disabled: false },
    });
    const back = entry({
      type: clusterType,
      before: { local_account_disabled: false },
      after: { local_account_disabled: true },
    });
    expect(drift([back], { resource_drift: [opened] })[0]).toMatchObject({ kind: 'update', risk: 'medium' });
  });

  test('what is gone has nothing to be allowed', () => {
    const gone = entry({ type: poolType, actions: ['delete'], before: { name: 'gpu' } });
    const [change] = drift([], { resource_drift: [gone] });
    expect(change).toMatchObject({ kind: 'delete', title: 'node pool gpu', risk: 'high' });
    expect(change).not.toHaveProperty('allowKey');
  });
});

describe('the rest of a plan', () => {
  test('variables and creates, for the program only', () => {
    const plan = planOf(
      [
        entry({ actions: ['create'], after: { name: 'a' } }),
        entry({ actions: ['create', 'delete'], before: { name: 'b' }, after: { name: 'b' } }),
      ],
      { variables: { a: { value: { b: 1 } }, none: {} } },
    );
    const { variables, creates } = readPlan(plan);
    expect(variables).toEqual({ a: { b: 1 }, none: null });
    expect(creates).toEqual([{ address: 'azurerm_subnet.this', type: 'azurerm_subnet', values: { name: 'a' } }]);
  });

  test('what is imported, by the id that says where it is', () => {
    const imported = (importing: object, before: object) =>
      readPlan(planOf([entry({ actions: ['no-op'], before, change: { importing } })])).imports;
    const address = { address: 'azurerm_subnet.this', type: 'azurerm_subnet' };
    expect(imported({ id: '/a' }, { id: '/a' })).toEqual([{ ...address, id: '/a' }]);
    // By an identity of the provider's own making.
    expect(imported({ identity: { name: 'a' } }, { id: '/a' })).toEqual([{ ...address, id: '/a' }]);
    expect(readPlan(planOf([entry({})])).imports).toEqual([]);
  });

  /** OpenTofu 1.12 names neither `applyable` nor `complete`. */
  const bare = (changes: readonly unknown[], rest = {}) => {
    const { applyable: _, complete: __, ...plan } = planOf(changes, rest);
    return plan;
  };
  const { resource_changes: _changes, ...refreshing } = bare([], { resource_drift: [entry({})] });
  test.each<[string, object, boolean]>([
    ['nothing', bare([entry({ actions: ['no-op'] })]), false],
    ['a change', bare([entry({})]), true],
    ['a move', bare([entry({ actions: ['no-op'], entry: { previous_address: 'a.b' } })]), true],
    ['an import', bare([entry({ actions: ['no-op'], change: { importing: { id: 'a' } } })]), true],
    ['an output', bare([], { output_changes: { a: { actions: ['update'] } } }), true],
    ['an output that stays', bare([], { output_changes: { a: { actions: ['no-op'] } } }), false],
    ['drift beside changes that are none', bare([], { resource_drift: [entry({})] }), false],
    ['drift, where nothing else was looked at', refreshing, true],
    ['a plan that failed', bare([entry({})], { errored: true }), false],
  ])('a plan of a program that does not say whether it can be applied: %s', (_name, plan, applyable) => {
    expect(readPlan(plan)).toMatchObject({ applyable, complete: true });
  });

  test('what is made beside what is forgotten', () => {
    expect(
      read({ actions: ['create', 'forget'], before: { name: 'a' }, after: { name: 'a' } }).map(({ kind }) => kind),
    ).toEqual(['create', 'forget']);
  });

  test('actions of providers are said to exist', () => {
    expect(readPlan(planOf([], { action_invocations: [{}] })).warnings).toHaveLength(1);
  });

  test.each([
    ['error', 'failed', 'It could not be evaluated.'],
    ['something new', 'unknown', 'Its result is not known.'],
  ])('a check with the result %s', (status, shown, message) => {
    const checks = [{ address: { kind: 'check', to_display: 'module.a.check.quota' }, status, instances: [] }];
    expect(readPlan(planOf([], { checks })).checks).toEqual([
      { id: 'check/module.a.quota', name: 'module.a.check.quota', status: shown, message },
    ]);
  });
});
