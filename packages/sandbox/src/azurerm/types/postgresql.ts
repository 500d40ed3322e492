import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, type IdKind, parentOf } from '../arm/ids.ts';
import type { ObjectValue } from '../schema/values.ts';
import { changes } from './changes.ts';
import { block, computed, count, type Field, flag, identity, kept, text } from './fields.ts';
import { doing } from './messages.ts';
import type { Azure, InvalidValue, ResourceType } from './resource-type.ts';
import { at, block as blockOf, count as countOf, textAt, text as textOf } from './shape.ts';
import { tableResource } from './table-resource.ts';

const apiVersion = '2025-08-01';

const flexibleServerKind: IdKind = {
  label: 'Flexible Server',
  namespace: 'Microsoft.DBforPostgreSQL',
  segments: [['flexibleServers', 'Flexible Server Name']],
};

const onOff = { words: ['Enabled', 'Disabled'] } as const;
const tiers: { readonly [prefix: string]: string } = {
  B: 'Burstable',
  GP: 'GeneralPurpose',
  MO: 'MemoryOptimized',
};

/** `GP_Standard_D2ds_v5` is Azure's tier and name in one. */
const sku: Field = {
  write: (body, value) => {
    const [, prefix = '', name = ''] = /^([A-Z]+)_(.+)$/.exec(String(value ?? '')) ?? [];
    if (name !== '') body['sku'] = { name, tier: tiers[prefix] };
  },
  read: body => {
    const tier = textAt(body, 'sku', 'tier');
    const [prefix = ''] = Object.entries(tiers).find(([, name]) => name === tier) ?? [];
    return prefix === '' ? '' : `${prefix}_${textAt(body, 'sku', 'name')}`;
  },
};

/** The tier that goes with a size in MB when none is asked for, from the smallest size on. */
const standardTiers: readonly (readonly [megabytes: number, tier: string])[] = [
  [32_768, 'P4'],
  [65_536, 'P6'],
  [131_072, 'P10'],
  [262_144, 'P15'],
  [524_288, 'P20'],
  [1_048_576, 'P30'],
  [2_097_152, 'P40'],
  [4_193_280, 'P50'],
  [4_194_304, 'P50'],
  [8_388_608, 'P60'],
  [16_777_216, 'P70'],
  [33_553_408, 'P80'],
];

function standardTier(megabytes: number | undefined): string {
  return standardTiers.find(([size]) => size === (megabytes ?? standardTiers[0]?.[0]))?.[1] ?? '';
}

export const postgresqlFlexibleServer = tableResource({
  type: 'azurerm_postgresql_flexible_server',
  kind: flexibleServerKind,
  apiVersion,
  operation: 'CreateOrUpdate',
  lock: id => id,
  elsewhere: ['administrator_password_wo', 'administrator_password_wo_version'],
  fields: {
    sku_name: sku,
    version: text('properties.version'),
    zone: text('properties.availabilityZone'),
    administrator_login: text('properties.administratorLogin'),
    administrator_password: kept(text('properties.administratorLoginPassword')),
    create_mode: kept(text('properties.createMode')),
    fqdn: computed(text('properties.fullyQualifiedDomainName')),
    identity,
    auto_grow_enabled: flag('properties.storage.autoGrow', onOff),
    storage_mb: count('properties.storage.storageSizeGB', { unit: 1024 }),
    storage_tier: text('properties.storage.tier'),
    backup_retention_days: count('properties.backup.backupRetentionDays'),
    geo_redundant_backup_enabled: flag('properties.backup.geoRedundantBackup', onOff),
    delegated_subnet_id: text('properties.network.delegatedSubnetResourceId'),
    private_dns_zone_id: text('properties.network.privateDnsZoneArmResourceId'),
    public_network_access_enabled: flag('properties.network.publicNetworkAccess', onOff),
    authentication: block('properties.authConfig', {
      active_directory_auth_enabled: flag('activeDirectoryAuth', onOff),
      password_auth_enabled: flag('passwordAuth', { ...onOff, absent: true }),
      tenant_id: text('tenantId'),
    }),
    high_availability: block(
      'properties.highAvailability',
      { mode: text('mode'), standby_availability_zone: text('standbyAvailabilityZone') },
      { otherwise: { mode: 'Disabled' }, present: object => textAt(object, 'mode') !== 'Disabled' },
    ),
    maintenance_window: block(
      'properties.maintenanceWindow',
      {
        day_of_week: count('dayOfWeek'),
        start_hour: count('startHour'),
        start_minute: count('startMinute'),
      },
      { constant: { customWindow: 'Enabled' }, otherwise: { customWindow: 'Disabled' } },
    ),
  },
  complete: (body, planned, existing, config) => {
    const { maintenanceWindow, ...properties } = asObject(body['properties']);
    const password = textOf(config, 'administrator_password_wo');
    checkSignIn(planned, config, existing !== undefined);
    const storage = asObject(properties['storage']);
    const megabytes = countOf(planned, 'storage_mb');
    return {
      ...body,
      properties: {
        ...properties,
        ...(password === undefined ? {} : { administratorLoginPassword: password }),
        storage: {
          storageSizeGB: (standardTiers[0]?.[0] ?? 0) / 1024,
          ...storage,
          tier: storage['tier'] ?? standardTier(megabytes),
        },
        // A server is made without a window, and given one afterwards.
        ...(existing === undefined ? {} : { maintenanceWindow }),
      },
    };
  },
  afterCreate: async (azure, id, planned) => {
    const wanted = blockOf(planned, 'maintenance_window');
    if (wanted === undefined) return;
    const maintenanceWindow = {
      customWindow: 'Enabled',
      dayOfWeek: countOf(wanted, 'day_of_week'),
      startHour: countOf(wanted, 'start_hour'),
      startMinute: countOf(wanted, 'start_minute'),
    };
    await doing(`updating ${describeId(flexibleServerKind, id)}`, () =>
      azure.arm.run('Update', { method: 'PATCH', path: id, apiVersion, body: { properties: { maintenanceWindow } } }),
    );
  },
  refine: (prior, planned) => (prior === null ? {} : refineServer(prior, planned)),
  validate: config => onlyDefaultMode(config),
});

function refineServer(prior: ObjectValue, planned: ObjectValue) {
  const [sizeBefore = 0, size = 0] = [countOf(prior, 'storage_mb'), countOf(planned, 'storage_mb')];
  const isDowngrade = Number(textOf(prior, 'version')) > Number(textOf(planned, 'version'));
  const isRenamed =
    textOf(prior, 'administrator_login') !== undefined && changes(prior, planned, 'administrator_login');
  const isMoved =
    changes(prior, planned, 'zone') &&
    textOf(planned, 'zone') !== textOf(blockOf(prior, 'high_availability'), 'standby_availability_zone');
  return {
    requiresReplace: [
      ...(isDowngrade ? [['version']] : []),
      ...(isRenamed ? [['administrator_login']] : []),
      ...(size > 0 && size < sizeBefore ? [['storage_mb']] : []),
    ],
    // A tier that came with the smaller size goes with it.
    ...(size > sizeBefore && textOf(planned, 'storage_tier') === standardTier(sizeBefore)
      ? { values: { storage_tier: standardTier(size) } }
      : {}),
    problems: isMoved && textOf(planned, 'zone') !== undefined ? [zoneProblem] : [],
  };
}

const zoneProblem =
  '`zone` can only be changed when exchanged with the zone specified in `high_availability.0.standby_availability_zone`';

function checkSignIn(planned: ObjectValue, config: ObjectValue, exists: boolean): void {
  const authentication = blockOf(planned, 'authentication');
  const usesPasswords = authentication?.['password_auth_enabled'] !== false;
  const login = textOf(planned, 'administrator_login');
  const password = textOf(planned, 'administrator_password') ?? textOf(config, 'administrator_password_wo');
  const when = exists
    ? '`authentication.password_auth_enabled` is set to `true`'
    : '`create_mode` is `Default` and `authentication.password_auth_enabled` is set to `true`';
  if (usesPasswords && login === undefined) {
    throw new ArmError(`\`administrator_login\` is required when ${when}`);
  }
  if (usesPasswords && password === undefined) {
    throw new ArmError(`\`administrator_password\` or \`administrator_password_wo\` is required when ${when}`);
  }
  if (!usesPasswords && !exists && (login !== undefined || password !== undefined)) {
    throw new ArmError(
      '`administrator_login`, `administrator_password` and `administrator_password_wo` cannot be set during creation when `authentication.password_auth_enabled` is set to `false`',
    );
  }
}

function onlyDefaultMode(config: ObjectValue): readonly InvalidValue[] {
  const mode = textOf(config, 'create_mode');
  return mode === undefined || mode === 'Default'
    ? []
    : [
        {
          path: ['create_mode'],
          summary: `The sandbox does not play \`create_mode\` ${mode} of azurerm_postgresql_flexible_server`,
        },
      ];
}

const parent = { argument: 'server_id', kind: flexibleServerKind };

export const postgresqlFlexibleServerDatabase = tableResource({
  type: 'azurerm_postgresql_flexible_server_database',
  kind: childKind('Database', 'databases'),
  apiVersion,
  operation: 'Create',
  parent,
  lock: id => parentOf(id),
  fields: { charset: text('properties.charset'), collation: text('properties.collation') },
});

export const postgresqlFlexibleServerAdministrator = tableResource({
  type: 'azurerm_postgresql_flexible_server_active_directory_administrator',
  kind: childKind('Administrator', 'administrators'),
  apiVersion,
  operation: 'AdministratorsMicrosoftEntraCreateOrUpdate',
  names: ['server_name', 'object_id'],
  lock: id => parentOf(id),
  fields: {
    principal_name: text('properties.principalName'),
    principal_type: text('properties.principalType'),
    tenant_id: text('properties.tenantId'),
  },
});

const configuration = tableResource({
  type: 'azurerm_postgresql_flexible_server_configuration',
  kind: childKind('Configuration', 'configurations'),
  apiVersion,
  parent,
  fields: { value: text('properties.value') },
});

/** A parameter is there from the start and for ever: it is set, and set back to its standard. */
export const postgresqlFlexibleServerConfiguration: ResourceType = {
  ...configuration,
  async create(azure, planned) {
    const id = `${String(planned['server_id'])}/configurations/${String(planned['name'])}`;
    await setParameter(azure, id, textOf(planned, 'value') ?? '', 'updating');
    return id;
  },
  update: (azure, id, _prior, planned) => setParameter(azure, id, textOf(planned, 'value') ?? '', 'updating'),
  async delete(azure, id) {
    if ((await azure.arm.get(parentOf(id), apiVersion)) === undefined) return;
    const found = await azure.arm.get(id, apiVersion);
    await setParameter(azure, id, textAt(found, 'properties', 'defaultValue'), 'deleting');
  },
};

async function setParameter(azure: Azure, id: string, value: string, verb: string): Promise<void> {
  const what = describeId(childKind('Configuration', 'configurations'), id);
  const serverId = parentOf(id);
  await azure.exclusively(serverId, async () => {
    const body: JsonObject = { properties: { value, source: 'user-override' } };
    await doing(`${verb} ${what}`, () => azure.arm.run('Update', { method: 'PATCH', path: id, apiVersion, body }));
    const found = await doing(`retrieving ${what}`, () => azure.arm.get(id, apiVersion));
    const properties = asObject(found?.['properties']);
    if (at(properties, 'isDynamicConfig') !== false || at(properties, 'isReadOnly') !== false) return;
    await doing(`restarting server ${serverId}`, () =>
      azure.arm.run('Restart', { method: 'POST', path: `${serverId}/restart`, apiVersion }),
    );
  });
}

function childKind(label: string, segment: string): IdKind {
  return {
    label,
    namespace: flexibleServerKind.namespace ?? '',
    segments: [...flexibleServerKind.segments, [segment, `${label} Name`]],
  };
}
