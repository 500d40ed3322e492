import { asArray, asObject, asString } from '@suite/foundation';
import type { Cache, Database, EnvironmentScope, SharedScope, Storage } from '@suite/platform-file';
import { check } from '../check.ts';
import { anyOrder, atLeast, ignoringCase, omittedMeans, same } from '../match.ts';
import { asSeen, derived, type Inspection, inspect, property } from './inspection.ts';
import { containerId, locate, type Owner, own } from './names.ts';

const onOff = (on: boolean) => (on ? 'Enabled' : 'Disabled');
const publicAccess = (open: boolean, path = 'publicNetworkAccess') =>
  property('public access', path, onOff(open), omittedMeans('Enabled', ignoringCase));

export function registryInspections(view: EnvironmentScope): Inspection[] {
  const { registry, region } = view;
  if (registry.existing) return [];
  const at = own(view, 'azurerm_container_registry', registry.name);
  const { retentionDays, replicas, zoneRedundant } = registry;
  return [
    inspect(
      'Registry',
      at,
      [
        property('provisioning state', 'provisioningState', 'Succeeded', ignoringCase),
        property('tier', 'sku.name', 'Premium', ignoringCase),
        property('admin user', 'adminUserEnabled', false, omittedMeans(false, same)),
        property('anonymous pull', 'anonymousPullEnabled', false, omittedMeans(false, same)),
        publicAccess(registry.publicAccess),
        property('zone redundancy', 'zoneRedundancy', onOff(zoneRedundant), omittedMeans('Disabled', ignoringCase)),
        property(
          'deletion of untagged images',
          'policies.retentionPolicy.status',
          retentionDays === undefined ? 'disabled' : 'enabled',
          omittedMeans('disabled', ignoringCase),
        ),
        ...(retentionDays === undefined
          ? []
          : [property('days until untagged images are deleted', 'policies.retentionPolicy.days', retentionDays)]),
      ],
      () => [
        inspect('Replicas of the registry', { id: `${at.id}/replications`, apiVersion: at.apiVersion }, [
          check('regions', 'location', replicas, body => locations(body['value'], region), anyOrder),
        ]),
      ],
    ),
  ];
}

/** Where copies are, besides the registry's own location. */
function locations(replications: unknown, home: string): string[] {
  return asArray(replications)
    .map(each => (asString(asObject(each)['location']) ?? '').toLowerCase().replaceAll(' ', ''))
    .filter(location => location !== home);
}

export function vaultInspections(view: EnvironmentScope | SharedScope): Inspection[] {
  const { vault } = view;
  if (vault === undefined || vault.existing) return [];
  return [
    inspect('Key vault', own(view, 'azurerm_key_vault', vault.name), [
      property('rights by Azure roles', 'enableRbacAuthorization', true),
      property('protection against purging', 'enablePurgeProtection', true),
      property('soft delete', 'enableSoftDelete', true, omittedMeans(true, same)),
      publicAccess(vault.publicAccess),
      property(
        'network rules',
        'networkAcls.defaultAction',
        vault.publicAccess ? 'Allow' : 'Deny',
        omittedMeans('Allow', ignoringCase),
      ),
    ]),
  ];
}

export function storageInspections(view: EnvironmentScope): Inspection[] {
  return view.storage === undefined ? [] : storageAccount(view, view.storage);
}

function storageAccount(view: Owner, wanted: Storage): Inspection[] {
  const account = own(view, 'azurerm_storage_account', wanted.name);
  const { apiVersion } = account;
  return [
    inspect(
      'Storage account',
      account,
      [
        property('replication', 'sku.name', `Standard_${wanted.replication}`, ignoringCase),
        property('HTTPS only', 'supportsHttpsTrafficOnly', true, omittedMeans(true, same)),
        property('least TLS', 'minimumTlsVersion', 'TLS1_2', atLeast),
        property('access by keys', 'allowSharedKeyAccess', false, omittedMeans(true, same)),
        property('public blobs', 'allowBlobPublicAccess', false, omittedMeans(true, same)),
        property('local users', 'isLocalUserEnabled', false, omittedMeans(true, same)),
        publicAccess(wanted.publicAccess),
        property(
          'network rules',
          'networkAcls.defaultAction',
          wanted.publicAccess ? 'Allow' : 'Deny',
          omittedMeans('Allow', ignoringCase),
        ),
      ],
      () => [
        inspect('Blobs of the storage account', { id: `${account.id}/blobServices/default`, apiVersion }, [
          property('versions', 'isVersioningEnabled', true),
          ...softDelete('blobs', 'deleteRetentionPolicy', wanted.softDeleteDays),
          ...softDelete('containers', 'containerDeleteRetentionPolicy', wanted.softDeleteDays),
        ]),
        ...Object.values(wanted.containers).map(name =>
          inspect(`Blob container ${name}`, { id: containerId(account.id, name), apiVersion }, [
            property('public access', 'publicAccess', 'None', omittedMeans('None', ignoringCase)),
          ]),
        ),
      ],
    ),
  ];
}

/** Days for which what was deleted comes back; 0 where it is off. */
function softDelete(what: string, policy: string, days: number) {
  return [
    derived(`days that deleted ${what} are kept`, `${policy}.days`, days, properties => {
      const { enabled, days: kept } = asObject(properties[policy]);
      return enabled === true ? asSeen(kept) : 0;
    }),
  ];
}

export function databaseInspections(view: EnvironmentScope): Inspection[] {
  const { database } = view;
  if (database === undefined) return [];
  const server = own(view, 'azurerm_postgresql_flexible_server', database.name);
  const configuration = (name: string, expected: string, match = ignoringCase) =>
    inspect(`Database setting ${name}`, { id: `${server.id}/configurations/${name}`, apiVersion: server.apiVersion }, [
      property('value', 'value', expected, match),
    ]);
  return [
    inspect('Database', server, databaseChecks(database), () => [
      ...database.databases.map(name =>
        inspect(
          `Database ${name}`,
          locate('azurerm_postgresql_flexible_server_database', { server_id: server.id, name }),
          [],
        ),
      ),
      configuration('require_secure_transport', 'on'),
      configuration('ssl_min_protocol_version', 'TLSv1.2', atLeast),
      // Pools connections; burstable sizes have no room for it.
      ...(database.size.startsWith('B_') ? [] : [configuration('pgbouncer.enabled', 'true')]),
    ]),
  ];
}

function databaseChecks(wanted: Database) {
  return [
    property('version', 'version', wanted.version),
    // ARM has the name of the size without its tier.
    property('size', 'sku.name', wanted.size.replace(/^(?:B|GP|MO)_/, ''), ignoringCase),
    property('disk in GB', 'storage.storageSizeGB', wanted.storageGb),
    property('sign-in by Entra', 'authConfig.activeDirectoryAuth', 'Enabled', ignoringCase),
    property('sign-in by password', 'authConfig.passwordAuth', 'Disabled', omittedMeans('Enabled', ignoringCase)),
    property('public access', 'network.publicNetworkAccess', 'Disabled', omittedMeans('Enabled', ignoringCase)),
    property(
      'high availability',
      'highAvailability.mode',
      wanted.highAvailability ? 'ZoneRedundant' : 'Disabled',
      omittedMeans('Disabled', ignoringCase),
    ),
    property('days of backups', 'backup.backupRetentionDays', wanted.backupDays),
    property(
      'backups in another region',
      'backup.geoRedundantBackup',
      onOff(wanted.geoBackup),
      omittedMeans('Disabled', ignoringCase),
    ),
  ];
}

export function cacheInspections(view: EnvironmentScope): Inspection[] {
  return view.cache === undefined ? [] : redis(view, view.cache);
}

function redis(view: Owner, wanted: Cache): Inspection[] {
  const cache = own(view, 'azurerm_managed_redis', wanted.name);
  return [
    inspect(
      'Cache',
      cache,
      [
        property('size', 'sku.name', wanted.size, ignoringCase),
        property('public access', 'publicNetworkAccess', 'Disabled', ignoringCase),
        property('least TLS', 'minimumTlsVersion', '1.2', omittedMeans('1.2', atLeast)),
      ],
      () => [
        inspect('Database of the cache', { id: `${cache.id}/databases/default`, apiVersion: cache.apiVersion }, [
          property('access by keys', 'accessKeysAuthentication', 'Disabled', ignoringCase),
          property('encrypted connections', 'clientProtocol', 'Encrypted', omittedMeans('Encrypted', ignoringCase)),
        ]),
      ],
    ),
  ];
}
