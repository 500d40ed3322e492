import { describe, expect, test } from '@jest/globals';
import type { ObjectValue } from '../schema/values.ts';
import { resourceTypes } from './index.ts';

const type = (name: string) => {
  const found = resourceTypes[`azurerm_${name}`];
  if (found === undefined) throw new Error(`azurerm_${name} is not played`);
  return found;
};

describe('what the sandbox does not play is refused by name', () => {
  test.each<readonly [string, ObjectValue, string]>([
    ['private_endpoint', { name: 'pe', edge_zone: 'x' }, 'edge_zone'],
    ['storage_account', { name: 'stdata', customer_managed_key: [{ key_vault_key_id: 'k' }] }, 'customer_managed_key'],
    [
      'storage_account',
      { name: 'stdata', share_properties: [{ smb: [{ versions: ['SMB3.0'] }] }] },
      'share_properties.smb',
    ],
    ['postgresql_flexible_server', { name: 'p', source_server_id: '/s' }, 'source_server_id'],
    ['postgresql_flexible_server', { name: 'p', create_mode: 'Replica' }, 'create_mode'],
    [
      'managed_redis',
      { name: 'r', default_database: [{ geo_replication_group_name: 'g' }] },
      'default_database.geo_replication_group_name',
    ],
  ])('%s %j', (name, config, argument) => {
    const summaries = type(name)
      .validate?.(config)
      .map(({ summary }) => summary);
    expect(summaries).toEqual([expect.stringMatching(new RegExp(`^The sandbox does not play \`${argument}\` `))]);
  });

  test.each<readonly [string, ObjectValue]>([
    ['private_endpoint', { name: 'pe', private_dns_zone_group: [{ name: 'default' }] }],
    ['storage_account', { name: 'stdata', account_tier: 'Standard', blob_properties: [{ versioning_enabled: true }] }],
    ['dns_zone', { name: 'example.org', soa_record: [{ email: 'a.b' }], tags: { a: '1' } }],
    ['postgresql_flexible_server', { name: 'p', create_mode: 'Default', administrator_password_wo: 's' }],
  ])('%s %j is played', (name, config) => {
    expect(type(name).validate?.(config)).toEqual([]);
  });
});

describe('rules of planning', () => {
  test.each<readonly [string, ObjectValue | null, ObjectValue, string]>([
    [
      'bastion_host',
      null,
      { sku: 'Basic', ip_configuration: [] },
      '`ip_configuration` with `public_ip_address_id` is required',
    ],
    [
      'bastion_host',
      null,
      { sku: 'Basic', tunneling_enabled: true, ip_configuration: [{ public_ip_address_id: '/p' }] },
      '`tunneling_enabled` is only supported when `sku` is `Standard` or `Premium`',
    ],
    ['nat_gateway', null, { sku_name: 'StandardV2', zones: ['1'] }, 'The `zones` argument must be omitted'],
    [
      'public_ip',
      null,
      { sku: 'StandardV2', allocation_method: 'Dynamic' },
      '`allocation_method` must be set to `Static`',
    ],
    [
      'network_watcher_flow_log',
      null,
      { target_resource_id: '/x/networkSecurityGroups/nsg' },
      'creation of new NSG flow logs is no longer supported',
    ],
    [
      'private_endpoint',
      null,
      { private_service_connection: [{ name: 'c', is_manual_connection: true }] },
      'the "request_message" attribute must not be empty',
    ],
    [
      'private_endpoint',
      null,
      { private_service_connection: [{ name: 'c', is_manual_connection: false, request_message: 'please' }] },
      'cannot be set if the "is_manual_connection" attribute is "false"',
    ],
    ['postgresql_flexible_server', { zone: '1' }, { zone: '2' }, '`zone` can only be changed when exchanged'],
    ['managed_redis', null, { default_database: [] }, '`default_database` must be provided'],
    [
      'managed_redis',
      null,
      {
        default_database: [
          { eviction_policy: 'VolatileLRU', clustering_policy: 'EnterpriseCluster', module: [{ name: 'RediSearch' }] },
        ],
      },
      'invalid eviction_policy "VolatileLRU"',
    ],
  ])('%s %j → %j stops the plan', (name, prior, planned, problem) => {
    expect(type(name).refine?.(prior, planned).problems).toEqual([expect.stringContaining(problem)]);
  });

  test.each<readonly [string, ObjectValue, ObjectValue, readonly string[]]>([
    [
      'bastion_host',
      { sku: 'Standard' },
      { sku: 'Basic', ip_configuration: [{ public_ip_address_id: '/p' }] },
      ['sku'],
    ],
    ['bastion_host', { sku: 'Basic' }, { sku: 'Standard', ip_configuration: [{ public_ip_address_id: '/p' }] }, []],
    [
      'storage_account',
      { account_replication_type: 'LRS' },
      { account_replication_type: 'ZRS' },
      ['account_replication_type'],
    ],
    ['storage_account', { account_replication_type: 'LRS' }, { account_replication_type: 'RAGRS' }, []],
    ['storage_account', { account_kind: 'Storage' }, { account_kind: 'StorageV2' }, []],
    ['storage_account', { account_kind: 'StorageV2' }, { account_kind: 'BlobStorage' }, ['account_kind']],
    ['public_ip', { domain_name_label_scope: null }, { domain_name_label_scope: 'NoReuse' }, []],
    [
      'public_ip',
      { domain_name_label_scope: 'NoReuse' },
      { domain_name_label_scope: null },
      ['domain_name_label_scope'],
    ],
    ['postgresql_flexible_server', { version: '17' }, { version: '16' }, ['version']],
    ['postgresql_flexible_server', { version: '16' }, { version: '17' }, []],
    ['postgresql_flexible_server', { storage_mb: 65_536 }, { storage_mb: 32_768 }, ['storage_mb']],
    ['postgresql_flexible_server', { administrator_login: '' }, { administrator_login: 'a' }, []],
    ['postgresql_flexible_server', { administrator_login: 'a' }, { administrator_login: 'b' }, ['administrator_login']],
  ])('%s %j → %j replaces for %j', (name, prior, planned, attributes) => {
    const refinement = type(name).refine?.(prior, planned);
    expect(refinement?.requiresReplace).toEqual(attributes.map(attribute => [attribute]));
    expect(refinement?.problems ?? []).toEqual([]);
  });

  test('a storage tier grows with its size, unless it was chosen higher', () => {
    const { refine } = type('postgresql_flexible_server');
    const prior = { storage_mb: 32_768, storage_tier: 'P4' };
    expect(refine?.(prior, { ...prior, storage_mb: 131_072 })).toMatchObject({ values: { storage_tier: 'P10' } });
    const chosen = { storage_mb: 32_768, storage_tier: 'P20' };
    expect(refine?.(chosen, { ...chosen, storage_mb: 131_072 })).not.toHaveProperty('values');
  });
});
