import { asObject, type JsonObject } from '@suite/foundation';
import { describeId, type IdKind } from '../arm/ids.ts';
import type { ObjectValue } from '../schema/values.ts';
import { changes } from './changes.ts';
import {
  blocks,
  computed,
  count,
  type Field,
  type Fields,
  flag,
  identity,
  readFields,
  text,
  writeFields,
} from './fields.ts';
import { doing } from './messages.ts';
import type { Azure } from './resource-type.ts';
import { block, flagAt, textAt, text as textOf } from './shape.ts';
import { tableResource } from './table-resource.ts';

const apiVersion = '2025-07-01';

const kind: IdKind = {
  label: 'Redis Enterprise',
  namespace: 'Microsoft.Cache',
  segments: [['redisEnterprise', 'Redis Enterprise Name']],
};

/** One of two ways to persist; the other one is off. */
function persistence(way: 'aof' | 'rdb'): Field {
  return {
    write: (body, value) => {
      if (typeof value !== 'string' || value === '') return;
      const properties = asObject(body['properties']);
      body['properties'] = { ...properties, persistence: { [`${way}Enabled`]: true, [`${way}Frequency`]: value } };
    },
    read: body =>
      flagAt(body, 'properties', 'persistence', `${way}Enabled`)
        ? textAt(body, 'properties', 'persistence', `${way}Frequency`)
        : '',
  };
}

const databaseFields: Fields = {
  id: computed(text('id')),
  access_keys_authentication_enabled: flag('properties.accessKeysAuthentication', { words: ['Enabled', 'Disabled'] }),
  client_protocol: text('properties.clientProtocol'),
  clustering_policy: text('properties.clusteringPolicy'),
  eviction_policy: text('properties.evictionPolicy'),
  persistence_append_only_file_backup_frequency: persistence('aof'),
  persistence_redis_database_backup_frequency: persistence('rdb'),
  port: computed(count('properties.port')),
  // Only read where access keys are on.
  primary_access_key: {},
  secondary_access_key: {},
  module: blocks('properties.modules', { name: text('name'), args: text('args'), version: computed(text('version')) }),
};

export const managedRedis = tableResource({
  type: 'azurerm_managed_redis',
  kind,
  apiVersion,
  operation: 'Create',
  lock: id => id,
  fields: {
    sku_name: text('sku.name'),
    hostname: computed(text('properties.hostName')),
    high_availability_enabled: flag('properties.highAvailability', { words: ['Enabled', 'Disabled'] }),
    public_network_access: text('properties.publicNetworkAccess'),
    identity,
    default_database: { inner: databaseFields },
  },
  complete: body => ({ ...body, properties: { ...asObject(body['properties']), minimumTlsVersion: '1.2' } }),
  readMore: async (azure, id) => ({ default_database: await readDatabase(azure, id) }),
  afterCreate: (azure, id, planned) => writeDatabase(azure, id, planned, {}),
  afterUpdate: async (azure, id, prior, planned) => {
    const [before, after] = [block(prior, 'default_database'), block(planned, 'default_database')];
    if (!changes(prior, planned, 'default_database')) return;
    const isMadeAnew = after === undefined || changes(before, after, 'clustering_policy', 'module');
    if (before !== undefined && isMadeAnew) await removeDatabase(azure, id);
    const existing = isMadeAnew ? undefined : await azure.arm.get(databaseId(id), apiVersion);
    await writeDatabase(azure, id, planned, existing ?? {});
  },
  beforeDelete: (azure, id) => removeDatabase(azure, id),
  refine: (prior, planned) => ({
    problems: [
      ...(prior === null && block(planned, 'default_database') === undefined
        ? ['`default_database` must be provided when creating a new resource']
        : []),
      ...moduleProblems(block(planned, 'default_database')),
    ],
  }),
});

function databaseId(id: string): string {
  return `${id}/databases/default`;
}

async function writeDatabase(azure: Azure, id: string, planned: ObjectValue, existing: JsonObject): Promise<void> {
  const wanted = block(planned, 'default_database');
  if (wanted === undefined) return;
  const { persistence: _, ...properties } = asObject(existing['properties']);
  const body = writeFields(databaseFields, wanted, { ...existing, properties: { ...properties, persistence: {} } });
  await doing(`creating ${describeId(kind, id)}`, () =>
    azure.arm.run('Create', { method: 'PUT', path: databaseId(id), apiVersion, body }),
  );
}

async function removeDatabase(azure: Azure, id: string): Promise<void> {
  await doing(`deleting ${describeId(kind, id)}`, () =>
    azure.arm.run('Delete', { method: 'DELETE', path: databaseId(id), apiVersion }),
  );
}

async function readDatabase(azure: Azure, id: string) {
  const path = databaseId(id);
  const found = await doing(`retrieving ${describeId(kind, id)}`, () => azure.arm.get(path, apiVersion));
  if (found === undefined) return [];
  const database = readFields(databaseFields, found);
  const keys =
    database['access_keys_authentication_enabled'] === true
      ? await azure.arm.send({ method: 'POST', path: `${path}/listKeys`, apiVersion })
      : {};
  return [
    {
      ...database,
      geo_replication_group_name: '',
      primary_access_key: textAt(keys, 'primaryKey'),
      secondary_access_key: textAt(keys, 'secondaryKey'),
    },
  ];
}

function moduleProblems(database: ObjectValue | undefined): readonly string[] {
  const searches = (Array.isArray(database?.['module']) ? database['module'] : []).some(
    module => textOf(module as ObjectValue, 'name') === 'RediSearch',
  );
  if (!searches) return [];
  const eviction = textOf(database, 'eviction_policy');
  const clustering = textOf(database, 'clustering_policy');
  return [
    ...(eviction === 'NoEviction'
      ? []
      : [
          `invalid eviction_policy ${JSON.stringify(eviction)}, when using RediSearch module, eviction_policy must be set to NoEviction`,
        ]),
    ...(clustering === 'EnterpriseCluster'
      ? []
      : [
          `invalid clustering_policy ${JSON.stringify(clustering)}, when using RediSearch module, clustering_policy must be set to EnterpriseCluster`,
        ]),
  ];
}
