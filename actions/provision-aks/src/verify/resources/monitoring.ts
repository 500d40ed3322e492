import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, SharedScope } from '@suite/platform-file';
import { workspaceApi, workspaceId } from '../../resource-ids.ts';
import { anyOrder, containsAll, ignoringCase } from '../match.ts';
import { derived, type Inspection, inspect, property } from './inspection.ts';
import { clusterId, locate, logsId, own, registryId, vaultId } from './names.ts';

/** The workspace; one that exists already only has to be there. */
export function logInspections(view: SharedScope): Inspection[] {
  const { logs } = view;
  const id = logs.existing ? logs.id : workspaceId(view.resourceGroup, logs.name, view.subscription);
  const at = { id, apiVersion: workspaceApi };
  if (logs.existing) return [inspect('Log workspace', at, [])];
  return [
    inspect('Log workspace', at, [
      property('retention in days', 'retentionInDays', logs.retentionDays),
      property('access by keys off', 'features.disableLocalAuth', true),
    ]),
  ];
}

/** The logs of what is made here, by what they are of. Names of categories are Azure's. */
export function diagnosticInspections(view: EnvironmentScope): Inspection[] {
  const { cluster, registry, vault, storage, gateway } = view;
  const watched: readonly [what: string, id: string, categories: readonly string[]][] = [
    ...(cluster.features.diagnostics
      ? [target('the control plane', clusterId(view), ['kube-audit-admin', 'guard', 'kube-apiserver'])]
      : []),
    ...(registry.existing
      ? []
      : [
          target('the registry', registryId(view), [
            'ContainerRegistryLoginEvents',
            'ContainerRegistryRepositoryEvents',
          ]),
        ]),
    ...(vault.existing ? [] : [target('the key vault', vaultId(view), ['AuditEvent'])]),
    ...(storage === undefined
      ? []
      : [
          target(
            'the storage account',
            `${own(view, 'azurerm_storage_account', storage.name).id}/blobServices/default`,
            ['StorageWrite', 'StorageDelete'],
          ),
        ]),
    ...(gateway === undefined
      ? []
      : [
          target('the gateway', own(view, 'azurerm_application_load_balancer', gateway.name).id, [
            'TrafficControllerAccessLog',
            ...(gateway.waf === undefined ? [] : ['TrafficControllerFirewallLog']),
          ]),
        ]),
  ];
  return watched.map(([what, id, categories]) => diagnostics(`Logs of ${what}`, id, categories, logsId(view)));
}

export function sharedDiagnosticInspections(view: SharedScope): Inspection[] {
  const { vault, logs } = view;
  if (vault === undefined || vault.existing) return [];
  const workspace = logs.existing ? logs.id : workspaceId(view.resourceGroup, logs.name, view.subscription);
  const { id } = own(view, 'azurerm_key_vault', vault.name);
  return [diagnostics('Logs of the key vault', id, ['AuditEvent'], workspace)];
}

const target = (
  what: string,
  id: string,
  categories: readonly string[],
): [what: string, id: string, categories: readonly string[]] => [what, id, categories];

function diagnostics(what: string, id: string, categories: readonly string[], workspace: string): Inspection {
  const at = locate('azurerm_monitor_diagnostic_setting', { target_resource_id: id, name: 'workspace' });
  return inspect(what, at, [
    property('workspace', 'workspaceId', workspace, ignoringCase),
    derived('categories', 'logs', categories, enabledCategories, containsAll),
  ]);
}

function enabledCategories({ logs }: JsonObject): string[] {
  return asArray(logs)
    .map(asObject)
    .filter(log => log['enabled'] === true)
    .flatMap(log => asString(log['category']) ?? []);
}

/** Whom alerts reach, and that each alert is on and reaches them. */
export function alertInspections(view: EnvironmentScope): Inspection[] {
  const { alerts } = view;
  if (alerts === undefined) return [];
  const group = own(view, 'azurerm_monitor_action_group', `ag-${view.cluster.name}`);
  return [
    inspect('Action group', group, [
      property('on', 'enabled', true),
      derived(
        'e-mail addresses',
        'emailReceivers',
        alerts.emails,
        receivers('emailReceivers', 'emailAddress'),
        anyOrder,
      ),
      derived('webhooks', 'webhookReceivers', alerts.webhooks, receivers('webhookReceivers', 'serviceUri'), anyOrder),
    ]),
    ...alertNames(view).map(name =>
      inspect(`Alert ${name}`, own(view, 'azurerm_monitor_metric_alert', `${name}-${view.cluster.name}`), [
        property('on', 'enabled', true),
        derived('action group', 'actions', [group.id], receivers('actions', 'actionGroupId'), containsAll),
      ]),
    ),
  ];
}

/** Nodes without CPU, memory or disk left, and pods that cannot run. */
function alertNames({ database }: EnvironmentScope): string[] {
  const ofCluster = ['node-cpu', 'node-memory', 'node-disk', 'node-not-ready', 'pods-pending', 'pods-failed'];
  return database === undefined ? ofCluster : [...ofCluster, 'database-disk'];
}

function receivers(list: string, attribute: string) {
  return (properties: JsonObject) =>
    asArray(properties[list]).flatMap(each => asString(asObject(each)[attribute]) ?? []);
}

export function defenderInspections(view: EnvironmentScope): Inspection[] {
  if (!view.cluster.defenderPlan) return [];
  return [
    inspect(
      'Defender for Containers',
      // Of Microsoft.Security; the one that azurerm 5.2.0 uses itself.
      {
        id: `/subscriptions/${view.subscription}/providers/Microsoft.Security/pricings/Containers`,
        apiVersion: '2023-01-01',
      },
      [property('plan', 'pricingTier', 'Standard', ignoringCase)],
    ),
  ];
}

/** The Azure Monitor workspace of Prometheus metrics. */
export function metricInspections(view: EnvironmentScope): Inspection[] {
  if (!view.cluster.features.prometheus) return [];
  return [inspect('Metric workspace', own(view, 'azurerm_monitor_workspace', `amw-${view.cluster.name}`), [])];
}
