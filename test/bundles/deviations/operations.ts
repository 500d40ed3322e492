import { type Batch, type Deviation, deviation, gone, placeOf, properties, seen, set } from './deviation.ts';
import { roles } from './identities.ts';
import { another, group, ids, insights, subscription, suffix } from './platform.ts';

interface PartDeviations {
  readonly changed: readonly Deviation[];
  readonly gone: Deviation;
}

/** Logs of one resource: all of Azure's categories that the platform wants. */
function logs(of: string, target: string, ...categories: readonly string[]): PartDeviations {
  const what = `Logs of ${of}`;
  const id = `${target}/providers/Microsoft.Insights/diagnosticSettings/workspace`;
  return {
    changed: properties(what, id, [
      ['workspace', 'workspaceId', another(ids.logs), ids.logs],
      ['categories', 'logs', categories.map(category => ({ category, enabled: false })), categories, []],
    ]),
    gone: gone(what, id),
  };
}

export const logsOf = {
  cluster: logs('the control plane', ids.cluster, 'kube-audit-admin', 'guard', 'kube-apiserver'),
  registry: logs('the registry', ids.registry, 'ContainerRegistryLoginEvents', 'ContainerRegistryRepositoryEvents'),
  vault: logs('the key vault', ids.vault, 'AuditEvent'),
  storage: logs('the storage account', `${ids.storage}/blobServices/default`, 'StorageWrite', 'StorageDelete'),
  gateway: logs('the gateway', ids.gateway, 'TrafficControllerAccessLog', 'TrafficControllerFirewallLog'),
} as const;
export const logsOfSharedVault = logs('the key vault', ids.sharedVault, 'AuditEvent');

export function lock(on: string, scope: string): PartDeviations {
  const what = `Lock on ${on}`;
  const id = `${scope}/providers/Microsoft.Authorization/locks/do-not-delete`;
  return { changed: properties(what, id, [['level', 'level', 'ReadOnly', 'CanNotDelete']]), gone: gone(what, id) };
}

const locks = [
  lock('the registry', ids.registry),
  lock('the key vault', ids.vault),
  lock('the storage account', ids.storage),
  lock('the database', ids.database),
  lock('the backup vault', ids.backup),
  lock('the DNS zone', `${ids.zone}/SOA/@`),
];

const actionGroup = `${insights}/actionGroups/ag-aks-${suffix}`;
const alerts = [
  'node-cpu',
  'node-memory',
  'node-disk',
  'node-not-ready',
  'pods-pending',
  'pods-failed',
  'database-disk',
].map(name => ({ what: `Alert ${name}`, id: `${insights}/metricAlerts/${name}-aks-${suffix}` }));

const collections = [
  {
    what: 'Collection of logs',
    association: 'ContainerInsightsExtension',
    kind: 'logAnalytics',
    attribute: 'workspaceResourceId',
    workspace: ids.logs,
  },
  {
    what: 'Collection of metrics',
    association: 'ContainerInsightsMetricsExtension',
    kind: 'monitoringAccounts',
    attribute: 'accountResourceId',
    workspace: ids.metrics,
  },
].map(collection => ({
  ...collection,
  rule: `Rule of the ${collection.what.toLowerCase()}`,
  id: `${ids.cluster}/providers/Microsoft.Insights/dataCollectionRuleAssociations/${collection.association}`,
}));

/** The rule is the one that the cluster follows. */
function ofRule(association: string, deviate: (id: string) => Deviation): Deviation {
  return azure => {
    return deviate(String(seen(azure, association, 'dataCollectionRuleId')))(azure);
  };
}

const windows = [
  { what: 'Maintenance of the cluster', id: `${ids.cluster}/maintenanceConfigurations/aksManagedAutoUpgradeSchedule` },
  {
    what: 'Maintenance of node images',
    id: `${ids.cluster}/maintenanceConfigurations/aksManagedNodeOSUpgradeSchedule`,
  },
];

const safeguards = `${ids.cluster}/providers/Microsoft.ContainerService/deploymentSafeguards/default`;
const plan = `${subscription}/providers/Microsoft.Security/pricings/Containers`;
const budget = `${subscription}/providers/Microsoft.Consumption/budgets/budget-${suffix}`;
const policy = `${group}/providers/Microsoft.Authorization/policyAssignments/pod-security-baseline`;
const initiative = (name: string) => `/providers/Microsoft.Authorization/policySetDefinitions/${name}`;

export const operationBatches: readonly Batch[] = [
  {
    scope: 'prod',
    name: 'logs, alerts, collection of logs and metrics',
    deviations: [
      ...Object.values(logsOf).flatMap(({ changed }) => changed),
      ...properties('Action group', actionGroup, [
        ['on', 'enabled', false, true],
        [
          'e-mail addresses',
          'emailReceivers',
          [{ name: 'email-1', emailAddress: 'another@contoso.com' }],
          ['oncall@contoso.com'],
          ['another@contoso.com'],
        ],
        ['webhooks', 'webhookReceivers', [], ['https://alerts.contoso.com/azure']],
      ]),
      ...alerts.flatMap(({ what, id }) =>
        properties(what, id, [
          ['on', 'enabled', false, true],
          ['action group', 'actions', [], [actionGroup]],
        ]),
      ),
      ...collections.map(({ id, rule, kind, attribute, workspace }) =>
        ofRule(id, found =>
          deviation(
            `${rule}: workspace`,
            `${placeOf(found)}.destinations`,
            set(found, `destinations.${kind}`, [{ name: 'workspace', [attribute]: another(workspace) }]),
            [workspace],
            [another(workspace)],
          ),
        ),
      ),
    ],
  },
  {
    scope: 'prod',
    name: 'maintenance, safeguards, policy, budget and locks',
    deviations: [
      ...windows.flatMap(({ what, id }) =>
        properties(what, id, [
          ['day', 'maintenanceWindow.schedule.weekly.dayOfWeek', 'Monday', 'Saturday'],
          ['weeks between', 'maintenanceWindow.schedule.weekly.intervalWeeks', 2, 1],
          ['start', 'maintenanceWindow.startTime', '12:00', '02:00'],
          ['hours', 'maintenanceWindow.durationHours', 4, 6],
          ['offset from UTC', 'maintenanceWindow.utcOffset', '+05:00', '+01:00'],
        ]),
      ),
      ...properties('Deployment safeguards', safeguards, [['level', 'level', 'Enforce', 'Warn']]),
      ...properties('Disk encryption set', ids.encryption, [
        [
          'key',
          'activeKey.keyUrl',
          'https://kv-another.vault.azure.net/keys/disks/0123456789abcdef0123456789abcdef',
          'https://kv-contoso-keys.vault.azure.net/keys/disks/0123456789abcdef0123456789abcdef',
        ],
      ]),
      ...properties('Defender for Containers', plan, [['plan', 'pricingTier', 'Free', 'Standard']]),
      ...properties('Pod security standard', policy, [
        ['initiative', 'policyDefinitionId', initiative('another'), initiative('a8640138-9b0a-4a28-b8cb-1666c838647d')],
        ['enforcement', 'enforcementMode', 'DoNotEnforce', 'Default'],
      ]),
      deviation(
        'Pod security standard: effect',
        `${placeOf(policy)}.parameters.effect`,
        set(policy, 'parameters.effect.value', 'Deny'),
        'Audit',
        'Deny',
      ),
      ...properties('Budget', budget, [
        ['amount', 'amount', 50_000, 5000],
        ['period', 'timeGrain', 'Annually', 'Monthly'],
      ]),
      deviation(
        'Budget: e-mail addresses',
        `${placeOf(budget)}.notifications.contactEmails`,
        set(budget, 'notifications', { all: { enabled: true, contactEmails: ['another@contoso.com'] } }),
        ['costs@contoso.com'],
        ['another@contoso.com'],
      ),
      ...locks.flatMap(({ changed }) => changed),
    ],
  },
  {
    scope: 'prod',
    name: 'all of these are gone',
    deviations: [
      ...Object.values(logsOf).map(logs => logs.gone),
      ...locks.map(lock => lock.gone),
      gone('Action group', actionGroup),
      ...alerts.map(({ what, id }) => gone(what, id)),
      ...collections.map(({ id, rule }) => ofRule(id, found => gone(rule, found))),
      gone('Metric workspace', ids.metrics),
      ...windows.map(({ what, id }) => gone(what, id)),
      gone('Deployment safeguards', safeguards),
      gone('Disk encryption set', ids.encryption, roles.encryptionSet.gone),
      gone('Pod security standard', policy),
      gone('Budget', budget),
    ],
  },
  {
    scope: 'prod',
    name: 'the cluster collects nothing',
    deviations: collections.map(({ what, id }) => gone(what, id)),
  },
];
