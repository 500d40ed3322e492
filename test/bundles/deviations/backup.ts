import { type Batch, deviation, gone, placeOf, properties, set } from './deviation.ts';
import { lock } from './operations.ts';
import { another, ids, suffix } from './platform.ts';

const policy = `${ids.backup}/backupPolicies/aks-every-24h-for-7d`;
const instance = `${ids.backup}/backupInstances/aks-${suffix}`;
const extension = `${ids.cluster}/providers/Microsoft.KubernetesConfiguration/extensions/azure-aks-backup`;
const access = `${ids.cluster}/trustedAccessRoleBindings/backup-vault`;

const failed = ['provisioningState', 'Failed', 'Succeeded'] as const;

export const backupBatches: readonly Batch[] = [
  {
    scope: 'prod',
    name: 'backup',
    deviations: [
      ...properties('Backup vault', ids.backup, [
        ['soft delete', 'securitySettings.softDeleteSettings.state', 'Off', 'On'],
      ]),
      deviation(
        'Backup policy: interval',
        `${placeOf(policy)}.policyRules.repeatingTimeIntervals`,
        set(policy, 'policyRules.0.trigger.schedule.repeatingTimeIntervals', ['R/2026-01-01T01:00:00+00:00/P1W']),
        ['P1D'],
        ['P1W'],
      ),
      deviation(
        'Backup policy: retention',
        `${placeOf(policy)}.policyRules.lifecycles`,
        set(policy, 'policyRules.1.lifecycles.0.deleteAfter.duration', 'P1D'),
        ['P7D'],
        ['P1D'],
      ),
      ...properties('Backup of the cluster', instance, [
        ['state', 'currentProtectionState', 'ProtectionStopped', 'ProtectionConfigured'],
        ['cluster', 'dataSourceInfo.resourceID', another(ids.cluster), ids.cluster],
        ['policy', 'policyInfo.policyId', another(policy), policy],
      ]),
      ...properties('Backup extension', extension, [
        ['type', 'extensionType', 'Another', 'Microsoft.DataProtection.Kubernetes'],
        ['provisioning state', ...failed],
      ]),
      ...properties('Access of the backup vault to the cluster', access, [
        ['vault', 'sourceResourceId', another(ids.backup), ids.backup],
        ['state', ...failed],
      ]),
    ],
  },
  {
    scope: 'prod',
    name: 'parts of the backup are gone',
    deviations: [
      gone('Backup policy', policy),
      gone('Backup of the cluster', instance),
      gone('Backup extension', extension),
      gone('Access of the backup vault to the cluster', access),
    ],
  },
  {
    scope: 'prod',
    name: 'the backup vault is gone',
    deviations: [gone('Backup vault', ids.backup, lock('the backup vault', ids.backup).gone)],
  },
];
