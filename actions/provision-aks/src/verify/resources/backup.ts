import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { Backup, EnvironmentScope } from '@suite/platform-file';
import { anyOrder, ignoringCase, omittedMeans } from '../match.ts';
import { type Grant, grantInspection } from './grants.ts';
import { derived, type Inspection, inspect, property, read } from './inspection.ts';
import { clusterId, locate, own, resourceGroupId } from './names.ts';

/** Backup of cluster state and volumes: who does it, by which rules, and that it is done. */
export function backupInspections(view: EnvironmentScope): Inspection[] {
  return view.backup === undefined ? [] : backup(view, view.backup);
}

function backup(view: EnvironmentScope, wanted: Backup): Inspection[] {
  const vault = own(view, 'azurerm_data_protection_backup_vault', wanted.vault);
  const policy = locate(
    'azurerm_data_protection_backup_policy_kubernetes_cluster',
    {
      resource_group_name: view.resourceGroup,
      vault_name: wanted.vault,
      name: `aks-every-${wanted.everyHours}h-for-${wanted.retentionDays}d`,
    },
    view.subscription,
  );
  const cluster = clusterId(view);
  return [
    inspect(
      'Backup vault',
      vault,
      [
        property(
          'soft delete',
          'securitySettings.softDeleteSettings.state',
          'On',
          // `AlwaysOn` cannot be switched off any more.
          (expected, actual) => ignoringCase(expected, actual) || ignoringCase('AlwaysOn', actual),
        ),
      ],
      body => [
        inspect('Backup policy', policy, [
          derived('interval', 'policyRules.repeatingTimeIntervals', [intervalOf(wanted)], intervals, anyOrder),
          derived('retention', 'policyRules.lifecycles', [`P${wanted.retentionDays}D`], retentions, anyOrder),
        ]),
        inspect(
          'Backup of the cluster',
          locate('azurerm_data_protection_backup_instance_kubernetes_cluster', {
            vault_id: vault.id,
            name: view.cluster.name,
          }),
          [
            property('state', 'currentProtectionState', 'ProtectionConfigured', ignoringCase),
            property('cluster', 'dataSourceInfo.resourceID', cluster, ignoringCase),
            property('policy', 'policyInfo.policyId', policy.id, ignoringCase),
          ],
        ),
        ...grants(vaultGrants(view), principalOf(body), 'the backup vault', view),
      ],
    ),
    inspect(
      'Backup extension',
      locate('azurerm_kubernetes_cluster_extension', { cluster_id: cluster, name: 'azure-aks-backup' }),
      [
        property('type', 'extensionType', 'Microsoft.DataProtection.Kubernetes', ignoringCase),
        property('provisioning state', 'provisioningState', 'Succeeded', ignoringCase),
      ],
      body => grants(extensionGrants(view), extensionPrincipal(body), 'the backup extension', view),
    ),
    inspect(
      'Access of the backup vault to the cluster',
      locate('azurerm_kubernetes_cluster_trusted_access_role_binding', {
        kubernetes_cluster_id: cluster,
        name: 'backup-vault',
      }),
      [
        property('vault', 'sourceResourceId', vault.id, ignoringCase),
        property('state', 'provisioningState', 'Succeeded', omittedMeans('Succeeded', ignoringCase)),
      ],
    ),
  ];
}

/** ISO 8601, as the modules write it. */
const intervalOf = ({ everyHours }: Backup) => (everyHours === 24 ? 'P1D' : `PT${everyHours}H`);

/** Of a repetition (`R/2026-01-01T01:00:00+00:00/P1D`) the interval alone: when it began is nobody's wish. */
function intervals(policy: JsonObject): string[] {
  return rules(policy)
    .flatMap(rule => asArray(asObject(asObject(rule['trigger'])['schedule'])['repeatingTimeIntervals']))
    .flatMap(repetition => asString(repetition)?.split('/').at(-1) ?? []);
}

function retentions(policy: JsonObject): string[] {
  return rules(policy)
    .flatMap(rule => asArray(rule['lifecycles']))
    .flatMap(lifecycle => asString(asObject(asObject(lifecycle)['deleteAfter'])['duration']) ?? []);
}

const rules = (policy: JsonObject) => asArray(policy['policyRules']).map(asObject);

function vaultGrants(view: EnvironmentScope): Grant[] {
  const group = resourceGroupId(view);
  return [
    { purpose: 'backup_vault_reads_cluster', scope: clusterId(view), role: 'Reader' },
    { purpose: 'backup_vault_reads_snapshots', scope: group, role: 'Reader' },
    { purpose: 'backup_vault_makes_snapshots', scope: group, role: 'Disk Snapshot Contributor' },
    { purpose: 'backup_vault_reads_disks', scope: group, role: 'Data Operator for Managed Disks' },
    ...storageGrant(view, 'backup_vault_reads_blobs'),
  ];
}

const extensionGrants = (view: EnvironmentScope) => storageGrant(view, 'backup_extension_writes_backups');

function storageGrant(view: EnvironmentScope, purpose: string): Grant[] {
  if (view.storage === undefined) return [];
  const scope = own(view, 'azurerm_storage_account', view.storage.name).id;
  return [{ purpose, scope, role: 'Storage Blob Data Contributor' }];
}

function grants(
  wanted: readonly Grant[],
  principal: string | undefined,
  who: string,
  view: EnvironmentScope,
): Inspection[] {
  return principal === undefined ? [] : wanted.map(grant => grantInspection(view, who, principal, grant));
}

function principalOf(vault: JsonObject): string | undefined {
  return asString(read(vault, 'identity.principalId'));
}

function extensionPrincipal(extension: JsonObject): string | undefined {
  return asString(read(extension, 'aksAssignedIdentity.principalId'));
}
