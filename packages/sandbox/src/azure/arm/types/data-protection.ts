import { at, list, merge, text } from '../body.ts';
import { ArmError } from '../errors.ts';
import { parentIdOf } from '../ids.ts';
import type { TypeBehaviour } from '../type.ts';
import { forgetIdentity, identityLinks, identityOf, knowIdentity } from './identity.ts';
import { judgeBackupAccess } from './kubernetes-parts.ts';

const base = 'Microsoft.DataProtection/backupVaults';

export const backupVaults: TypeBehaviour = {
  type: base,
  longRunning: ['put', 'delete'],
  isTracked: true,
  links: identityLinks,
  check: ({ sent, existing }) => {
    const [before, wanted] = [existing?.body, sent].map(body => at(body, 'properties', 'securitySettings'));
    const isUnlocked =
      at(before, 'immutabilitySettings')['state'] === 'Locked' &&
      at(wanted, 'immutabilitySettings')['state'] !== 'Locked';
    if (!isUnlocked) return;
    throw new ArmError(
      400,
      'BMSUserErrorImmutabilityStateChangeNotAllowed',
      'The immutability of a vault that is locked cannot be changed.',
    );
  },
  fill: call =>
    merge(
      {
        properties: {
          securitySettings: {
            softDeleteSettings: { state: 'On', retentionDurationInDays: 14 },
            immutabilitySettings: { state: 'Disabled' },
          },
          monitoringSettings: { azureMonitorAlertSettings: { alertsForAllJobFailures: 'Enabled' } },
          isVaultProtectedByResourceGuard: false,
          replicatedRegions: [],
        },
      },
      call.sent,
      identityOf(call),
    ),
  stored: knowIdentity,
  removed: forgetIdentity,
  checkDelete: ({ id, name }, { store }) => {
    const [instance] = store.children(id, 'backupInstances');
    if (instance === undefined) return;
    throw new ArmError(
      400,
      'UserErrorVaultHasBackupInstances',
      `The vault ${name} cannot be deleted as there are backup instances in it, among them ${instance.name}. Delete them first.`,
    );
  },
};

export const backupPolicies: TypeBehaviour = {
  type: `${base}/backupPolicies`,
  isStateless: true,
  createdStatus: 200,
  check: ({ existing }) => {
    if (existing === undefined) return;
    throw new ArmError(400, 'BMSUserErrorPolicyUpdateNotAllowed', 'A backup policy of clusters cannot be changed.');
  },
  checkDelete: ({ id }, { store }) => {
    const user = store
      .children(parentIdOf(id) ?? '', 'backupInstances')
      .find(({ body }) => String(at(body, 'properties', 'policyInfo')['policyId']).toLowerCase() === id.toLowerCase());
    if (user === undefined) return;
    throw new ArmError(
      400,
      'UserErrorPolicyInUse',
      `The policy is used by the backup instance ${user.name} and cannot be deleted.`,
    );
  },
};

export const backupInstances: TypeBehaviour = {
  type: `${base}/backupInstances`,
  longRunning: ['put', 'delete'],
  links: sent => [
    ...named(at(sent, 'properties', 'dataSourceInfo')['resourceID'], 'Microsoft.ContainerService/managedClusters/read'),
    ...named(at(sent, 'properties', 'policyInfo')['policyId'], `${base}/backupPolicies/read`),
    ...list(at(sent, 'properties', 'policyInfo', 'policyParameters')['dataStoreParametersList']).flatMap(store =>
      named(at(store)['resourceGroupId'], 'Microsoft.Resources/subscriptions/resourceGroups/read'),
    ),
  ],
  check: ({ context, id, sent }) => {
    const clusterId = text(at(sent, 'properties', 'dataSourceInfo')['resourceID']) ?? '';
    judgeBackupAccess(context, clusterId, parentIdOf(id) ?? '');
    judgeVaultRights(context, sent, clusterId, parentIdOf(id) ?? '');
  },
  fill: ({ sent }) =>
    merge(sent, {
      properties: {
        currentProtectionState: 'ProtectionConfigured',
        protectionStatus: { status: 'ProtectionConfigured' },
      },
    }),
};

/** The vault reads cluster and snapshot group as itself (Microsoft Learn, "AKS backup prerequisites"). */
function judgeVaultRights(
  { access, store }: Parameters<NonNullable<TypeBehaviour['check']>>[0]['context'],
  sent: Parameters<NonNullable<TypeBehaviour['check']>>[0]['sent'],
  clusterId: string,
  vaultId: string,
): void {
  const principal = text(at(store.get(vaultId)?.body, 'identity')['principalId']) ?? '';
  const stores = list(at(sent, 'properties', 'policyInfo', 'policyParameters')['dataStoreParametersList']);
  const needed = [
    [clusterId, 'Microsoft.ContainerService/managedClusters/read'],
    ...stores.map(one => [String(at(one)['resourceGroupId']), 'Microsoft.Resources/subscriptions/resourceGroups/read']),
  ];
  const missing = needed.find(([scope = '', action = '']) => !access.permits(principal, action, scope));
  if (missing === undefined) return;
  throw new ArmError(
    400,
    'UserErrorVaultMSIMissingPermissions',
    `The identity of the Backup vault ${vaultId} lacks the role Reader over ${missing[0]}.`,
  );
}

function named(id: unknown, action: string): { id: string; action: string }[] {
  const found = text(id);
  return found === undefined ? [] : [{ id: found, action }];
}
