import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, SharedScope } from '@suite/platform-file';
import { workspaceId } from '../../resource-ids.ts';
import { anyOrder, ignoringCase, omittedMeans } from '../match.ts';
import { derived, type Inspection, inspect, property } from './inspection.ts';
import { type Located, locate, own, registryId, resourceGroupId, vaultId } from './names.ts';

/** Azure's built-in initiatives: pod security standards of Linux workloads. */
const initiatives = {
  baseline: 'a8640138-9b0a-4a28-b8cb-1666c838647d',
  restricted: '42b8ef37-b724-4e24-bbc8-7a7708edfe00',
} as const;

export function policyInspections(view: EnvironmentScope): Inspection[] {
  const { podSecurity } = view.cluster.features;
  if (podSecurity === undefined) return [];
  const at = locate('azurerm_resource_group_policy_assignment', {
    resource_group_id: resourceGroupId(view),
    name: `pod-security-${podSecurity}`,
  });
  return [
    inspect('Pod security standard', at, [
      property(
        'initiative',
        'policyDefinitionId',
        `/providers/Microsoft.Authorization/policySetDefinitions/${initiatives[podSecurity]}`,
        ignoringCase,
      ),
      property('enforcement', 'enforcementMode', 'Default', omittedMeans('Default', ignoringCase)),
      derived('effect', 'parameters.effect', 'Audit', ({ parameters }) =>
        asString(asObject(asObject(parameters)['effect'])['value']),
      ),
    ]),
  ];
}

export function budgetInspections(view: EnvironmentScope): Inspection[] {
  const { budget } = view;
  if (budget === undefined) return [];
  const at = locate('azurerm_consumption_budget_subscription', {
    subscription_id: `/subscriptions/${view.subscription}`,
    name: budget.name,
  });
  return [
    inspect('Budget', at, [
      property('amount', 'amount', budget.amount),
      property('period', 'timeGrain', 'Monthly', ignoringCase),
      derived('e-mail addresses', 'notifications.contactEmails', budget.notify, told, anyOrder),
    ]),
  ];
}

/** Everybody whom one of its notifications that are on reaches. */
function told({ notifications }: JsonObject): string[] {
  return Object.values(asObject(notifications))
    .map(asObject)
    .filter(notification => notification['enabled'] === true)
    .flatMap(notification => asArray(notification['contactEmails']))
    .flatMap(email => asString(email) ?? []);
}

/** What holds data cannot be deleted by a mistake. */
export function lockInspections(view: EnvironmentScope): Inspection[] {
  if (!view.protect) return [];
  const { registry, vault, storage, database, backup, dns } = view;
  return locks([
    ['the registry', registry.existing ? undefined : registryId(view)],
    ['the key vault', vault.existing ? undefined : vaultId(view)],
    ['the storage account', storage && own(view, 'azurerm_storage_account', storage.name).id],
    ['the database', database && own(view, 'azurerm_postgresql_flexible_server', database.name).id],
    ['the backup vault', backup && own(view, 'azurerm_data_protection_backup_vault', backup.vault).id],
    [
      'the DNS zone',
      dns === undefined || dns.existing ? undefined : lockOfZone(own(view, 'azurerm_dns_zone', dns.name)),
    ],
  ]);
}

/** The shared vault has none: environments keep role assignments and private endpoints on it. */
export function sharedLockInspections(view: SharedScope): Inspection[] {
  const { logs, dns } = view;
  return locks([
    ['the log workspace', logs.existing ? undefined : workspaceId(view.resourceGroup, logs.name, view.subscription)],
    [
      'the DNS zone',
      dns === undefined || dns.existing ? undefined : lockOfZone(own(view, 'azurerm_dns_zone', dns.name)),
    ],
  ]);
}

/** A lock on a zone would keep its records too; one on its first record keeps the zone alone. */
const lockOfZone = ({ id }: Located) => `${id}/SOA/@`;

function locks(scopes: readonly (readonly [what: string, scope: string | undefined])[]): Inspection[] {
  return scopes.flatMap(([what, scope]) =>
    scope === undefined
      ? []
      : [
          inspect(`Lock on ${what}`, locate('azurerm_management_lock', { scope, name: 'do-not-delete' }), [
            property('level', 'level', 'CanNotDelete', ignoringCase),
          ]),
        ],
  );
}
