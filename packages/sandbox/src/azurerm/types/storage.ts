import { asObject, type JsonObject } from '@suite/foundation';
import { cloudOf } from '../arm/endpoints.ts';
import type { IdKind } from '../arm/ids.ts';
import type { ObjectValue, Value } from '../schema/values.ts';
import { changes } from './changes.ts';
import { matches } from './check.ts';
import {
  block,
  blocks,
  computed,
  count,
  type Field,
  type Fields,
  flag,
  identity,
  items,
  list,
  map,
  readFields,
  text,
  word,
  writeFields,
} from './fields.ts';
import { doing } from './messages.ts';
import type { Azure, Readable } from './resource-type.ts';
import { at, block as blockOf, objectsAt, textAt, text as textOf } from './shape.ts';
import { tableResource } from './table-resource.ts';

const apiVersion = '2025-08-01';
/** Of the one cloud that a provider is in. */
const suffix = cloudOf(process.env)?.storageSuffix ?? 'core.windows.net';

export const storageAccountKind: IdKind = {
  label: 'Storage Account',
  namespace: 'Microsoft.Storage',
  segments: [['storageAccounts', 'Storage Account Name']],
};

/** `AzureServices, Logging` for a set of words. */
const bypass: Field = {
  write: (body, value) => {
    const words = Array.isArray(value) ? value : [];
    if (words.length > 0) body['bypass'] = words.join(', ');
  },
  read: body =>
    textAt(body, 'bypass')
      .split(',')
      .map(word => word.trim())
      .filter(word => word !== ''),
};

/** Azure can be told to begin, never to stop. */
const largeFileShares: Field = {
  write: (body, value) => text('properties.largeFileSharesState').write?.(body, value === true ? 'Enabled' : null),
  read: body => textAt(body, 'properties', 'largeFileSharesState') === 'Enabled',
};

const corsRule = {
  allowed_headers: list('allowedHeaders', { sendEmpty: true }),
  allowed_methods: list('allowedMethods', { sendEmpty: true }),
  allowed_origins: list('allowedOrigins', { sendEmpty: true }),
  exposed_headers: list('exposedHeaders', { sendEmpty: true }),
  max_age_in_seconds: count('maxAgeInSeconds'),
};
const onlyEnabled = { constant: { enabled: true }, otherwise: { enabled: false } } as const;

const blobFields: Fields = {
  change_feed_enabled: flag('properties.changeFeed.enabled'),
  change_feed_retention_in_days: count('properties.changeFeed.retentionInDays', { positive: true }),
  default_service_version: text('properties.defaultServiceVersion'),
  last_access_time_enabled: flag('properties.lastAccessTimeTrackingPolicy.enable'),
  versioning_enabled: flag('properties.isVersioningEnabled'),
  cors_rule: blocks('properties.cors.corsRules', corsRule, { sendEmpty: true }),
  delete_retention_policy: block(
    'properties.deleteRetentionPolicy',
    { days: count('days'), permanent_delete_enabled: flag('allowPermanentDelete') },
    onlyEnabled,
  ),
  container_delete_retention_policy: block(
    'properties.containerDeleteRetentionPolicy',
    { days: count('days') },
    onlyEnabled,
  ),
  restore_policy: block('properties.restorePolicy', { days: count('days') }, onlyEnabled),
};

const shareFields: Fields = {
  cors_rule: blocks('properties.cors.corsRules', corsRule, { sendEmpty: true }),
  retention_policy: block('properties.shareDeleteRetentionPolicy', { days: count('days') }, onlyEnabled),
};

/** Blocks of the account that are resources of their own in Azure. */
const services = {
  blob_properties: ['blobServices', blobFields],
  share_properties: ['fileServices', shareFields],
} as const;
const inService = (fields: Fields): Field => ({ inner: fields });

export const storageAccount = tableResource({
  type: 'azurerm_storage_account',
  kind: storageAccountKind,
  apiVersion,
  operation: 'Create',
  lock: id => id,
  elsewhere: ['account_tier', 'account_replication_type'],
  fields: {
    account_kind: text('kind'),
    access_tier: text('properties.accessTier'),
    allowed_copy_scope: text('properties.allowedCopyScope'),
    allow_nested_items_to_be_public: flag('properties.allowBlobPublicAccess'),
    cross_tenant_replication_enabled: flag('properties.allowCrossTenantReplication'),
    default_to_oauth_authentication: flag('properties.defaultToOAuthAuthentication'),
    dns_endpoint_type: text('properties.dnsEndpointType', { absent: 'Standard' }),
    https_traffic_only_enabled: flag('properties.supportsHttpsTrafficOnly'),
    infrastructure_encryption_enabled: flag('properties.encryption.requireInfrastructureEncryption'),
    is_hns_enabled: flag('properties.isHnsEnabled'),
    large_file_share_enabled: largeFileShares,
    local_user_enabled: flag('properties.isLocalUserEnabled', { absent: true }),
    min_tls_version: text('properties.minimumTlsVersion', { absent: 'TLS1_0' }),
    nfsv3_enabled: flag('properties.isNfsV3Enabled'),
    public_network_access_enabled: flag('properties.publicNetworkAccess', {
      words: ['Enabled', 'Disabled'],
      absent: true,
    }),
    queue_encryption_key_type: text('properties.encryption.services.queue.keyType', { absent: 'Service' }),
    table_encryption_key_type: text('properties.encryption.services.table.keyType', { absent: 'Service' }),
    sftp_enabled: flag('properties.isSftpEnabled'),
    shared_access_key_enabled: flag('properties.allowSharedKeyAccess', { absent: true }),
    primary_location: computed(text('properties.primaryLocation')),
    secondary_location: computed(text('properties.secondaryLocation')),
    identity,
    immutability_policy: block(
      'properties.immutableStorageWithVersioning',
      {
        allow_protected_append_writes: flag('immutabilityPolicy.allowProtectedAppendWrites'),
        period_since_creation_in_days: count('immutabilityPolicy.immutabilityPeriodSinceCreationInDays'),
        state: text('immutabilityPolicy.state'),
      },
      { constant: { enabled: true } },
    ),
    network_rules: block(
      'properties.networkAcls',
      {
        bypass,
        default_action: text('defaultAction'),
        ip_rules: items('ipRules', 'value', { constant: { action: 'Allow' }, sendEmpty: true }),
        virtual_network_subnet_ids: items('virtualNetworkRules', 'id', {
          constant: { action: 'Allow' },
          sendEmpty: true,
        }),
        private_link_access: blocks(
          'resourceAccessRules',
          { endpoint_resource_id: text('resourceId'), endpoint_tenant_id: text('tenantId') },
          { sendEmpty: true },
        ),
      },
      { present: isOwnRules },
    ),
    routing: block('properties.routingPreference', {
      choice: text('routingChoice'),
      publish_internet_endpoints: flag('publishInternetEndpoints'),
      publish_microsoft_endpoints: flag('publishMicrosoftEndpoints'),
    }),
    sas_policy: block('properties.sasPolicy', {
      expiration_action: text('expirationAction'),
      expiration_period: text('sasExpirationPeriod'),
    }),
    blob_properties: inService(blobFields),
    share_properties: inService(shareFields),
  },
  complete: (body, planned) => ({
    ...body,
    sku: {
      name: `${textOf(planned, 'account_tier')}_${textOf(planned, 'account_replication_type')}`,
      tier: textOf(planned, 'account_tier'),
    },
  }),
  readAlso: body => {
    const [, replication = ''] = textAt(body, 'sku', 'name').split('_');
    return {
      account_tier: textAt(body, 'sku', 'tier'),
      account_replication_type: replication,
      ...endpointsOf(body, 'primary'),
      ...endpointsOf(body, 'secondary'),
    };
  },
  readMore: async (azure, id, body) => ({ ...(await readKeys(azure, id, body)), ...(await readServices(azure, id)) }),
  afterCreate: (azure, id, planned) => writeServices(azure, id, undefined, planned),
  afterUpdate: (azure, id, prior, planned) => writeServices(azure, id, prior, planned),
  refine: (prior, planned) => ({ requiresReplace: prior === null ? [] : replacedBy(prior, planned) }),
  validate: config =>
    matches(
      config,
      ['name'],
      /^[a-z0-9]{3,24}$/,
      'name can only consist of lowercase letters and numbers, and must be between 3 and 24 characters long',
    ),
});

/** What every account has that was given no rules is not shown as rules. */
function isOwnRules(acls: unknown): boolean {
  const isStandard = textAt(acls, 'defaultAction') === 'Allow' && textAt(acls, 'bypass') === 'AzureServices';
  const others = ['ipRules', 'virtualNetworkRules', 'resourceAccessRules'].flatMap(name => objectsAt(acls, name));
  return !isStandard || others.length > 0;
}

function replacedBy(prior: ObjectValue, planned: ObjectValue) {
  const zonal = (object: ObjectValue) => /ZRS$/i.test(textOf(object, 'account_replication_type') ?? '');
  const kinds = [textOf(prior, 'account_kind'), textOf(planned, 'account_kind')];
  return [
    ...(zonal(prior) === zonal(planned) ? [] : [['account_replication_type']]),
    ...(kinds[0] !== kinds[1] && !(kinds[0] === 'Storage' && kinds[1] === 'StorageV2') ? [['account_kind']] : []),
    ...(prior['large_file_share_enabled'] === true && planned['large_file_share_enabled'] === false
      ? [['large_file_share_enabled']]
      : []),
  ];
}

const endpointKinds = ['blob', 'dfs', 'file', 'queue', 'table', 'web'];
const publishings = ['', 'internet', 'microsoft'];

/** `primary_blob_endpoint`, `primary_blob_host`, and the same of other routings, empty where Azure has none. */
function endpointsOf(body: JsonObject, rank: 'primary' | 'secondary'): Readable {
  const all = asObject(at(body, 'properties', `${rank}Endpoints`));
  const entries = endpointKinds.flatMap(kind =>
    publishings
      // Queues and tables are not published to the internet's routing.
      .filter(publishing => publishing !== 'internet' || !['queue', 'table'].includes(kind))
      .flatMap(publishing => {
        const from = publishing === '' ? all : asObject(all[`${publishing}Endpoints`]);
        const name = [rank, kind, ...(publishing === '' ? [] : [publishing])].join('_');
        const url = textAt(from, kind);
        return [
          [`${name}_endpoint`, url],
          [`${name}_host`, url === '' ? '' : new URL(url).host],
        ] as const;
      }),
  );
  return Object.fromEntries(entries);
}

/** Whoever may not list keys reads empty ones. */
async function readKeys(azure: Azure, id: string, body: JsonObject): Promise<Readable> {
  const name = textAt(body, 'name');
  const answer = await azure.arm
    .send({ method: 'POST', path: `${id}/listKeys?$expand=kerb`, apiVersion })
    .catch((error: { readonly status?: number }) => {
      if ([401, 403, 409].includes(error.status ?? 0)) return undefined;
      throw error;
    });
  const keys = objectsAt(answer, 'keys').map(key => textAt(key, 'value'));
  const entries = (['primary', 'secondary'] as const).flatMap((rank, index) => {
    const key = keys[index] ?? '';
    const blob = textAt(body, 'properties', `${rank}Endpoints`, 'blob');
    const credentials = `AccountName=${name};AccountKey=${key}`;
    return [
      [`${rank}_access_key`, key],
      [
        `${rank}_connection_string`,
        key === '' ? '' : `DefaultEndpointsProtocol=https;${credentials};EndpointSuffix=${suffix}`,
      ],
      [
        `${rank}_blob_connection_string`,
        key === '' || blob === '' ? '' : `DefaultEndpointsProtocol=https;BlobEndpoint=${blob};${credentials}`,
      ],
    ] as const;
  });
  return Object.fromEntries(entries);
}

async function readServices(azure: Azure, id: string): Promise<Readable> {
  const found: { [argument: string]: Value } = {};
  for (const [argument, [service, fields]] of Object.entries(services)) {
    const body = await doing(`retrieving ${service} of ${id}`, () =>
      azure.arm.get(`${id}/${service}/default`, apiVersion),
    );
    found[argument] = body === undefined ? [] : [readFields(fields, body)];
  }
  return found;
}

async function writeServices(
  azure: Azure,
  id: string,
  prior: ObjectValue | undefined,
  planned: ObjectValue,
): Promise<void> {
  for (const [argument, [service, fields]] of Object.entries(services)) {
    const wanted = blockOf(planned, argument);
    if (wanted === undefined || (prior !== undefined && !changes(prior, planned, argument))) continue;
    const path = `${id}/${service}/default`;
    const body = writeFields(fields, wanted, (await azure.arm.get(path, apiVersion)) ?? { properties: {} });
    await doing(`updating \`${argument}\``, () => azure.arm.send({ method: 'PUT', path, apiVersion, body }));
  }
}

const parent = { argument: 'storage_account_id', kind: storageAccountKind };

export const storageContainer = tableResource({
  type: 'azurerm_storage_container',
  kind: {
    label: 'Storage Container',
    namespace: 'Microsoft.Storage',
    segments: [...storageAccountKind.segments, ['blobServices', 'Blob Service Name'], ['containers', 'Container Name']],
  },
  apiVersion,
  parent,
  fixed: { blobServices: 'default' },
  fields: {
    container_access_type: word('properties.publicAccess', [
      ['private', 'None'],
      ['blob', 'Blob'],
      ['container', 'Container'],
    ]),
    default_encryption_scope: text('properties.defaultEncryptionScope'),
    encryption_scope_override_enabled: flag('properties.denyEncryptionScopeOverride', { inverted: true, absent: true }),
    metadata: map('properties.metadata'),
    has_immutability_policy: computed(flag('properties.hasImmutabilityPolicy')),
    has_legal_hold: computed(flag('properties.hasLegalHold')),
  },
  readAlso: (_body, parts) => ({
    url: `https://${parts['storageAccounts']}.blob.${suffix}/${parts['containers']}`,
  }),
  validate: config =>
    matches(
      config,
      ['name'],
      /^(\$root|\$web|[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9])$/,
      'only lowercase alphanumeric characters and hyphens allowed, between 3 and 63 of them',
    ),
});

const days = (path: string) => count(path, { none: -1 });

/** The ages of one tier of base blobs, under azurerm's names. */
function baseBlobTier(azurerm: string, azure: string): Fields {
  return {
    [`${azurerm}_after_days_since_modification_greater_than`]: days(`${azure}.daysAfterModificationGreaterThan`),
    [`${azurerm}_after_days_since_last_access_time_greater_than`]: days(`${azure}.daysAfterLastAccessTimeGreaterThan`),
    [`${azurerm}_after_days_since_creation_greater_than`]: days(`${azure}.daysAfterCreationGreaterThan`),
  };
}

/** Snapshots and versions are named alike, but for the end of the name for deletion. */
function copyTiers(deletion: string): Fields {
  return {
    change_tier_to_archive_after_days_since_creation: days('tierToArchive.daysAfterCreationGreaterThan'),
    tier_to_archive_after_days_since_last_tier_change_greater_than: days(
      'tierToArchive.daysAfterLastTierChangeGreaterThan',
    ),
    change_tier_to_cool_after_days_since_creation: days('tierToCool.daysAfterCreationGreaterThan'),
    tier_to_cold_after_days_since_creation_greater_than: days('tierToCold.daysAfterCreationGreaterThan'),
    [deletion]: days('delete.daysAfterCreationGreaterThan'),
  };
}

export const storageManagementPolicy = tableResource({
  type: 'azurerm_storage_management_policy',
  kind: {
    label: 'Management Policy',
    namespace: 'Microsoft.Storage',
    segments: [...storageAccountKind.segments, ['managementPolicies', 'Management Policy Name']],
  },
  apiVersion,
  parent,
  names: [],
  fixed: { managementPolicies: 'default' },
  fields: {
    rule: blocks(
      'properties.policy.rules',
      {
        name: text('name'),
        enabled: flag('enabled'),
        filters: block('definition.filters', {
          blob_types: list('blobTypes', { sendEmpty: true }),
          prefix_match: list('prefixMatch', { sendEmpty: true }),
          match_blob_index_tag: blocks('blobIndexMatch', {
            name: text('name'),
            operation: text('op'),
            value: text('value'),
          }),
        }),
        actions: block('definition.actions', {
          base_blob: block('baseBlob', {
            auto_tier_to_hot_from_cool_enabled: flag('enableAutoTierToHotFromCool'),
            ...baseBlobTier('tier_to_cool', 'tierToCool'),
            ...baseBlobTier('tier_to_cold', 'tierToCold'),
            ...baseBlobTier('tier_to_archive', 'tierToArchive'),
            tier_to_archive_after_days_since_last_tier_change_greater_than: days(
              'tierToArchive.daysAfterLastTierChangeGreaterThan',
            ),
            ...baseBlobTier('delete', 'delete'),
          }),
          snapshot: block('snapshot', copyTiers('delete_after_days_since_creation_greater_than')),
          version: block('version', copyTiers('delete_after_days_since_creation')),
        }),
      },
      { constant: { type: 'Lifecycle' } },
    ),
  },
});
