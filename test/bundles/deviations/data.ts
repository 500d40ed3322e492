import { type Batch, type Deviation, deviation, gone, placeOf, properties, property, remove } from './deviation.ts';
import { administrator, roles } from './identities.ts';
import { lock, logsOf } from './operations.ts';
import { ids } from './platform.ts';

const blobs = `${ids.storage}/blobServices/default`;
const container = (name: string) => `${blobs}/containers/${name}`;
const setting = (name: string) => `${ids.database}/configurations/${name}`;
const closed = ['public access', 'publicNetworkAccess', 'Enabled', 'Disabled'] as const;
const walled = ['network rules', 'networkAcls.defaultAction', 'Allow', 'Deny'] as const;

const registry: readonly Deviation[] = [
  ...properties('Registry', ids.registry, [
    ['provisioning state', 'provisioningState', 'Failed', 'Succeeded'],
    ['tier', 'sku.name', 'Standard', 'Premium'],
    ['admin user', 'adminUserEnabled', true, false],
    ['anonymous pull', 'anonymousPullEnabled', true, false],
    closed,
    ['zone redundancy', 'zoneRedundancy', 'Disabled', 'Enabled'],
    ['deletion of untagged images', 'policies.retentionPolicy.status', 'disabled', 'enabled'],
    ['days until untagged images are deleted', 'policies.retentionPolicy.days', 7, 30],
  ]),
  deviation(
    'Replicas of the registry: regions',
    `${placeOf(ids.registry)}.replications.location`,
    remove(`${ids.registry}/replications/northeurope`),
    ['northeurope'],
    [],
  ),
];

/** The shared scope has one too, which is open. */
export function vaultDeviations(id: string, isClosed: boolean): Deviation[] {
  return properties('Key vault', id, [
    ['rights by Azure roles', 'enableRbacAuthorization', false, true],
    ['protection against purging', 'enablePurgeProtection', undefined, true],
    ['soft delete', 'enableSoftDelete', false, true],
    isClosed ? closed : ['public access', 'publicNetworkAccess', 'Disabled', 'Enabled'],
    isClosed ? walled : ['network rules', 'networkAcls.defaultAction', 'Deny', 'Allow'],
  ]);
}

const storage: readonly Deviation[] = [
  ...properties('Storage account', ids.storage, [
    ['replication', 'sku.name', 'Standard_LRS', 'Standard_ZRS'],
    ['HTTPS only', 'supportsHttpsTrafficOnly', false, true],
    ['least TLS', 'minimumTlsVersion', 'TLS1_0', 'TLS1_2'],
    ['access by keys', 'allowSharedKeyAccess', true, false],
    ['public blobs', 'allowBlobPublicAccess', true, false],
    ['local users', 'isLocalUserEnabled', true, false],
    closed,
    walled,
  ]),
  ...properties('Blobs of the storage account', blobs, [
    ['versions', 'isVersioningEnabled', false, true],
    ['days that deleted blobs are kept', 'deleteRetentionPolicy.days', 1, 7],
    ['days that deleted containers are kept', 'containerDeleteRetentionPolicy.days', 1, 7],
  ]),
  ...['loki', 'mlflow', 'backup'].flatMap(name =>
    properties(`Blob container ${name}`, container(name), [['public access', 'publicAccess', 'Blob', 'None']]),
  ),
];

const settings = [
  ['require_secure_transport', 'off', 'on'],
  ['ssl_min_protocol_version', 'TLSv1', 'TLSv1.2'],
  ['pgbouncer.enabled', 'false', 'true'],
] as const;

const database: readonly Deviation[] = [
  ...properties('Database', ids.database, [
    ['version', 'version', '16', '17'],
    ['size', 'sku.name', 'Standard_B2s', 'Standard_D2ds_v5'],
    ['disk in GB', 'storage.storageSizeGB', 64, 32],
    ['sign-in by Entra', 'authConfig.activeDirectoryAuth', 'Disabled', 'Enabled'],
    ['sign-in by password', 'authConfig.passwordAuth', 'Enabled', 'Disabled'],
    ['public access', 'network.publicNetworkAccess', 'Enabled', 'Disabled'],
    ['high availability', 'highAvailability.mode', 'SameZone', 'ZoneRedundant'],
    ['days of backups', 'backup.backupRetentionDays', 7, 14],
    ['backups in another region', 'backup.geoRedundantBackup', 'Enabled', 'Disabled'],
  ]),
  ...settings.map(([name, made, expected]) =>
    property(`Database setting ${name}`, setting(name), ['value', 'value', made, expected]),
  ),
];

const cache: readonly Deviation[] = [
  ...properties('Cache', ids.cache, [
    ['size', 'sku.name', 'Balanced_B1', 'Balanced_B0'],
    closed,
    ['least TLS', 'minimumTlsVersion', '1.0', '1.2'],
  ]),
  ...properties('Database of the cache', `${ids.cache}/databases/default`, [
    ['access by keys', 'accessKeysAuthentication', 'Enabled', 'Disabled'],
    ['encrypted connections', 'clientProtocol', 'Plaintext', 'Encrypted'],
  ]),
];

export const dataBatches: readonly Batch[] = [
  {
    scope: 'prod',
    name: 'registry, vault, storage, database and cache',
    deviations: [...registry, ...vaultDeviations(ids.vault, true), ...storage, ...database, ...cache],
  },
  {
    scope: 'prod',
    name: 'what is in storage, database and cache is gone',
    deviations: [
      gone(
        'Blobs of the storage account',
        blobs,
        logsOf.storage.gone,
        gone('Blob container loki', container('loki'), roles.logBlobs.gone),
        gone('Blob container mlflow', container('mlflow'), roles.modelBlobs.gone),
        gone('Blob container backup', container('backup')),
      ),
      gone('Database mlflow', `${ids.database}/databases/mlflow`),
      ...settings.map(([name]) => gone(`Database setting ${name}`, setting(name))),
      gone('Database of the cache', `${ids.cache}/databases/default`),
    ],
  },
  {
    scope: 'prod',
    name: 'registry, vault, storage, database and cache are gone',
    deviations: [
      gone('Registry', ids.registry, lock('the registry', ids.registry).gone, logsOf.registry.gone, roles.images.gone),
      gone(
        'Key vault',
        ids.vault,
        lock('the key vault', ids.vault).gone,
        logsOf.vault.gone,
        roles.vaultOfCluster.gone,
        roles.vaultOfWorkloads.gone,
      ),
      gone(
        'Storage account',
        ids.storage,
        lock('the storage account', ids.storage).gone,
        logsOf.storage.gone,
        roles.logBlobs.gone,
        roles.modelBlobs.gone,
        roles.backupBlobs.gone,
        roles.backupsWritten.gone,
      ),
      gone('Database', ids.database, lock('the database', ids.database).gone, administrator),
      gone('Cache', ids.cache),
    ],
  },
];
