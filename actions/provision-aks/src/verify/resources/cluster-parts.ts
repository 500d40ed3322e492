import { asArray, asObject, asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope, Maintenance } from '@suite/platform-file';
import { apiVersionOf } from '../../resource-ids.ts';
import { anyOrder, ignoringCase, omittedMeans } from '../match.ts';
import { grantInspection } from './grants.ts';
import { derived, type Inspection, inspect, property, read, unwanted } from './inspection.ts';
import { clusterId, diskEncryptionSetId, locate, logsId, own } from './names.ts';

/** What belongs to the cluster and has a place of its own in Azure. */
export function clusterPartInspections(view: EnvironmentScope): Inspection[] {
  return [...maintenance(view), ...safeguards(view), ...diskEncryption(view), ...collection(view)];
}

/** Azure keeps Kubernetes versions and node images apart; the platform file has the same hours for both. */
const windows = {
  'Maintenance of the cluster': 'aksManagedAutoUpgradeSchedule',
  'Maintenance of node images': 'aksManagedNodeOSUpgradeSchedule',
} as const;

function maintenance(view: EnvironmentScope): Inspection[] {
  return Object.entries(windows).map(([what, name]) => {
    const at = {
      id: `${clusterId(view)}/maintenanceConfigurations/${name}`,
      apiVersion: apiVersionOf('azurerm_kubernetes_cluster'),
    };
    const wanted = view.cluster.maintenance;
    return wanted === undefined ? unwanted(what, at) : inspect(what, at, windowChecks(wanted));
  });
}

function windowChecks(wanted: Maintenance) {
  const at = 'maintenanceWindow';
  return [
    property('day', `${at}.schedule.weekly.dayOfWeek`, wanted.day, ignoringCase),
    property('weeks between', `${at}.schedule.weekly.intervalWeeks`, 1),
    property('start', `${at}.startTime`, wanted.start),
    property('hours', `${at}.durationHours`, wanted.hours),
    property('offset from UTC', `${at}.utcOffset`, wanted.utcOffset, omittedMeans('+00:00', ignoringCase)),
  ];
}

function safeguards(view: EnvironmentScope): Inspection[] {
  const { safeguards: level } = view.cluster.features;
  const at = locate('azurerm_kubernetes_cluster_deployment_safeguard', { kubernetes_cluster_id: clusterId(view) });
  if (level === undefined) return [unwanted('Deployment safeguards', at)];
  return [inspect('Deployment safeguards', at, [property('level', 'level', level, ignoringCase)])];
}

function diskEncryption(view: EnvironmentScope): Inspection[] {
  const id = diskEncryptionSetId(view);
  const { diskEncryption: wanted } = view.cluster;
  if (id === undefined || wanted === undefined) return [];
  return [
    inspect(
      'Disk encryption set',
      { id, apiVersion: apiVersionOf('azurerm_disk_encryption_set') },
      [
        derived('key', 'activeKey.keyUrl', wanted.key, properties =>
          keyLike(wanted.key, asString(asObject(properties['activeKey'])['keyUrl'])),
        ),
      ],
      body => {
        const principal = asString(read(body, 'identity.principalId'));
        const grant = {
          purpose: 'disk_encryption_key',
          scope: wanted.vault,
          role: 'Key Vault Crypto Service Encryption User',
        } as const;
        return principal === undefined ? [] : [grantInspection(view, 'the disk encryption set', principal, grant)];
      },
    ),
  ];
}

/** A key that is named without a version follows its rotation: Azure then names the version that it uses. */
function keyLike(wanted: string, actual: string | undefined): string | undefined {
  return actual?.startsWith(`${wanted}/`) && wanted.split('/').length === 5 ? wanted : actual;
}

/** What sends logs and metrics of containers somewhere: a rule, and that the cluster follows it. */
function collection(view: EnvironmentScope): Inspection[] {
  const { monitoring, prometheus } = view.cluster.features;
  return [
    ...(monitoring
      ? [
          follows(view, 'Collection of logs', 'ContainerInsightsExtension', logsId(view), rule =>
            destination(rule, 'logAnalytics', 'workspaceResourceId'),
          ),
        ]
      : []),
    ...(prometheus
      ? [
          follows(
            view,
            'Collection of metrics',
            'ContainerInsightsMetricsExtension',
            own(view, 'azurerm_monitor_workspace', `amw-${view.cluster.name}`).id,
            rule => destination(rule, 'monitoringAccounts', 'accountResourceId'),
          ),
        ]
      : []),
  ];
}

function follows(
  view: EnvironmentScope,
  what: string,
  name: string,
  workspace: string,
  read: (rule: JsonObject) => readonly string[],
): Inspection {
  const association = locate('azurerm_monitor_data_collection_rule_association', {
    target_resource_id: clusterId(view),
    name,
  });
  return inspect(what, association, [], body => {
    const id = asString(asObject(body['properties'])['dataCollectionRuleId']);
    if (id === undefined) return [];
    const rule = { id, apiVersion: apiVersionOf('azurerm_monitor_data_collection_rule') };
    return [
      inspect(`Rule of the ${what.toLowerCase()}`, rule, [
        derived('workspace', 'destinations', [workspace], read, anyOrder),
      ]),
    ];
  });
}

function destination(rule: JsonObject, kind: string, attribute: string): string[] {
  return asArray(asObject(rule['destinations'])[kind]).flatMap(each => asString(asObject(each)[attribute]) ?? []);
}
