import { asObject, type JsonObject } from '@suite/foundation';
import type { IdKind } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import type { ObjectValue, Value } from '../schema/values.ts';
import { count, type Field, identity, text } from './fields.ts';
import {
  at,
  block,
  blocks,
  countAt,
  count as countOf,
  flag,
  flagAt,
  objectsAt,
  textAt,
  text as textOf,
  texts,
  textsAt,
} from './shape.ts';
import { tableResource } from './table-resource.ts';

/** Backup of clusters: the vault, the policy, and what is backed up by it. */
const apiVersion = '2025-07-01';
const namespace = 'Microsoft.DataProtection';
const clusterType = 'Microsoft.ContainerService/managedClusters';

const vaultKind: IdKind = { label: 'Backup Vault', namespace, segments: [['backupVaults', 'Backup Vault Name']] };

export const backupVault = tableResource({
  type: 'azurerm_data_protection_backup_vault',
  kind: vaultKind,
  apiVersion,
  operation: 'BackupVaultsCreateOrUpdate',
  fields: {
    datastore_type: storage('datastoreType'),
    redundancy: storage('type'),
    soft_delete: text('properties.securitySettings.softDeleteSettings.state'),
    retention_duration_in_days: count('properties.securitySettings.softDeleteSettings.retentionDurationInDays'),
    immutability: text('properties.securitySettings.immutabilitySettings.state', { absent: 'Disabled' }),
    cross_region_restore_enabled: {
      // What the configuration does not name is not sent: a vault without a second region has no such setting.
      write: (body, value) => {
        if (value === null) return;
        const state = value === true ? 'Enabled' : 'Disabled';
        const properties = asObject(body['properties']);
        body['properties'] = { ...properties, featureSettings: { crossRegionRestoreSettings: { state } } };
      },
      read: body => textAt(body, 'properties', 'featureSettings', 'crossRegionRestoreSettings', 'state') === 'Enabled',
    },
    identity,
  },
  validate: config =>
    typeof config['cross_region_restore_enabled'] === 'boolean' && textOf(config, 'redundancy') !== 'GeoRedundant'
      ? [
          {
            path: ['cross_region_restore_enabled'],
            summary:
              '`cross_region_restore_enabled` can only be specified when `redundancy` is specified for `GeoRedundant`',
          },
        ]
      : [],
  refine: (prior, planned) => {
    const isUnset =
      prior !== null && flag(prior, 'cross_region_restore_enabled') && !flag(planned, 'cross_region_restore_enabled');
    const isLocked = prior?.['immutability'] === 'Locked' && planned['immutability'] !== 'Locked';
    const isAlwaysOn = prior?.['soft_delete'] === 'AlwaysOn' && planned['soft_delete'] !== 'AlwaysOn';
    return {
      requiresReplace: [
        ...(isUnset ? [['cross_region_restore_enabled']] : []),
        ...(isLocked ? [['immutability']] : []),
        ...(isAlwaysOn ? [['soft_delete']] : []),
      ],
    };
  },
});

/** The vault has one store, in a list. */
function storage(property: string): Field {
  return {
    write: (body, value) => {
      const properties = asObject(body['properties']);
      const before = objectsAt(properties, 'storageSettings')[0] ?? {};
      body['properties'] = { ...properties, storageSettings: [{ ...before, [property]: value }] };
    },
    read: body => textAt(objectsAt(body, 'properties', 'storageSettings')[0], property),
  };
}

/** One list of rules in Azure holds schedule and retention; nothing of it can be changed. */
const ruleArguments = ['backup_repeating_time_intervals', 'default_retention_rule', 'retention_rule', 'time_zone'];

export const backupPolicyKubernetesCluster = tableResource({
  type: 'azurerm_data_protection_backup_policy_kubernetes_cluster',
  kind: {
    label: 'Backup Policy',
    namespace,
    segments: [...vaultKind.segments, ['backupPolicies', 'Backup Policy Name']],
  },
  apiVersion,
  names: ['vault_name', 'name'],
  fields: {},
  elsewhere: ruleArguments,
  complete: (_body, planned) => ({
    properties: { objectType: 'BackupPolicy', datasourceTypes: [clusterType], policyRules: rulesToArm(planned) },
  }),
  readAlso: body => rulesFromArm(asObject(body['properties'])),
});

function rulesToArm(planned: ObjectValue): readonly JsonObject[] {
  const retention = blocks(planned, 'retention_rule');
  return [
    {
      objectType: 'AzureBackupRule',
      name: 'BackupIntervals',
      dataStore: { objectType: 'DataStoreInfoBase', dataStoreType: 'OperationalStore' },
      backupParameters: { objectType: 'AzureBackupParams', backupType: 'Incremental' },
      trigger: {
        objectType: 'ScheduleBasedTriggerContext',
        schedule: {
          repeatingTimeIntervals: texts(planned, 'backup_repeating_time_intervals'),
          timeZone: textOf(planned, 'time_zone') ?? '',
        },
        taggingCriteria: [
          { isDefault: true, taggingPriority: 99, tagInfo: { id: 'Default_', tagName: 'Default' } },
          ...retention.map(rule => ({
            isDefault: false,
            taggingPriority: countOf(rule, 'priority'),
            tagInfo: { id: `${textOf(rule, 'name')}_`, tagName: textOf(rule, 'name') },
            criteria: blocks(rule, 'criteria').map(criteriaToArm),
          })),
        ],
      },
    },
    retentionToArm('Default', true, block(planned, 'default_retention_rule')),
    ...retention.map(rule => retentionToArm(textOf(rule, 'name') ?? '', false, rule)),
  ];
}

function retentionToArm(name: string, isDefault: boolean, rule: ObjectValue | undefined): JsonObject {
  return {
    objectType: 'AzureRetentionRule',
    name,
    isDefault,
    lifecycles: blocks(rule, 'life_cycle').map(cycle => ({
      deleteAfter: { objectType: 'AbsoluteDeleteOption', duration: textOf(cycle, 'duration') },
      sourceDataStore: { objectType: 'DataStoreInfoBase', dataStoreType: textOf(cycle, 'data_store_type') },
      targetDataStoreCopySettings: [],
    })),
  };
}

function criteriaToArm(criteria: ObjectValue): JsonObject {
  const absolute = textOf(criteria, 'absolute_criteria');
  return {
    objectType: 'ScheduleBasedBackupCriteria',
    absoluteCriteria: absolute === undefined ? [] : [absolute],
    daysOfTheWeek: texts(criteria, 'days_of_week'),
    monthsOfYear: texts(criteria, 'months_of_year'),
    scheduleTimes: texts(criteria, 'scheduled_backup_times'),
    weeksOfTheMonth: texts(criteria, 'weeks_of_month'),
  };
}

function rulesFromArm(properties: JsonObject): { readonly [argument: string]: Value } {
  const rules = objectsAt(properties, 'policyRules');
  const trigger = at(
    rules.find(rule => textAt(rule, 'objectType') === 'AzureBackupRule'),
    'trigger',
  );
  const tags = objectsAt(trigger, 'taggingCriteria');
  const retention = rules.filter(rule => textAt(rule, 'objectType') === 'AzureRetentionRule');
  return {
    backup_repeating_time_intervals: textsAt(trigger, 'schedule', 'repeatingTimeIntervals'),
    time_zone: textAt(trigger, 'schedule', 'timeZone'),
    default_retention_rule: retention
      .filter(rule => flagAt(rule, 'isDefault'))
      .map(rule => ({ life_cycle: cyclesFromArm(rule) })),
    retention_rule: retention
      .filter(rule => !flagAt(rule, 'isDefault'))
      .map(rule => {
        const name = textAt(rule, 'name');
        const tag = tags.find(one => textAt(one, 'tagInfo', 'tagName').toLowerCase() === name.toLowerCase());
        return {
          name,
          priority: countAt(tag, 'taggingPriority'),
          criteria: objectsAt(tag, 'criteria').map(criteriaFromArm),
          life_cycle: cyclesFromArm(rule),
        };
      }),
  };
}

function cyclesFromArm(rule: JsonObject): Value {
  return objectsAt(rule, 'lifecycles').map(cycle => ({
    duration: textAt(cycle, 'deleteAfter', 'duration'),
    data_store_type: textAt(cycle, 'sourceDataStore', 'dataStoreType'),
  }));
}

function criteriaFromArm(criteria: JsonObject): ObjectValue {
  return {
    absolute_criteria: textsAt(criteria, 'absoluteCriteria')[0] ?? '',
    days_of_week: textsAt(criteria, 'daysOfTheWeek'),
    months_of_year: textsAt(criteria, 'monthsOfYear'),
    scheduled_backup_times: textsAt(criteria, 'scheduleTimes'),
    weeks_of_month: textsAt(criteria, 'weeksOfTheMonth'),
  };
}

export const backupInstanceKubernetesCluster = tableResource({
  type: 'azurerm_data_protection_backup_instance_kubernetes_cluster',
  kind: {
    label: 'Backup Instance',
    namespace,
    segments: [...vaultKind.segments, ['backupInstances', 'Backup Instance Name']],
  },
  apiVersion,
  operation: 'BackupInstancesCreateOrUpdate',
  parent: { argument: 'vault_id', kind: vaultKind },
  fields: {
    location: { read: body => normaliseLocation(textAt(body, 'properties', 'dataSourceInfo', 'resourceLocation')) },
    kubernetes_cluster_id: { read: body => textAt(body, 'properties', 'dataSourceInfo', 'resourceID') },
    backup_policy_id: text('properties.policyInfo.policyId'),
    protection_state: { read: body => textAt(body, 'properties', 'currentProtectionState') },
    snapshot_resource_group_name: {
      read: body => {
        const store = objectsAt(body, 'properties', 'policyInfo', 'policyParameters', 'dataStoreParametersList')[0];
        return textAt(store, 'resourceGroupId').split('/').at(-1) ?? '';
      },
    },
    backup_datasource_parameters: {
      read: body =>
        objectsAt(body, 'properties', 'policyInfo', 'policyParameters', 'backupDatasourceParametersList')
          .slice(0, 1)
          .map(found => ({
            cluster_scoped_resources_enabled: flagAt(found, 'includeClusterScopeResources'),
            volume_snapshot_enabled: flagAt(found, 'snapshotVolumes'),
            ...Object.fromEntries(selections.map(([argument, property]) => [argument, textsAt(found, property)])),
          })),
    },
  },
  complete: (body, planned) => {
    const clusterId = textOf(planned, 'kubernetes_cluster_id') ?? '';
    const source = {
      datasourceType: clusterType,
      resourceID: clusterId,
      resourceLocation: normaliseLocation(textOf(planned, 'location') ?? ''),
      resourceName: clusterId.split('/').at(-1) ?? '',
      resourceType: clusterType,
      resourceUri: clusterId,
    };
    const vault = (textOf(planned, 'vault_id') ?? '').split('/');
    const parameters = block(planned, 'backup_datasource_parameters');
    return {
      properties: {
        objectType: 'BackupInstance',
        friendlyName: textOf(planned, 'name'),
        dataSourceInfo: { objectType: 'Datasource', ...source },
        dataSourceSetInfo: { objectType: 'DatasourceSet', ...source },
        policyInfo: {
          policyId: at(body, 'properties', 'policyInfo', 'policyId'),
          policyParameters: {
            dataStoreParametersList: [
              {
                objectType: 'AzureOperationalStoreParameters',
                dataStoreType: 'OperationalStore',
                resourceGroupId: `/subscriptions/${vault[2]}/resourceGroups/${textOf(planned, 'snapshot_resource_group_name')}`,
              },
            ],
            ...(parameters === undefined
              ? {}
              : {
                  backupDatasourceParametersList: [
                    {
                      objectType: 'KubernetesClusterBackupDatasourceParameters',
                      includeClusterScopeResources: flag(parameters, 'cluster_scoped_resources_enabled'),
                      snapshotVolumes: flag(parameters, 'volume_snapshot_enabled'),
                      ...Object.fromEntries(
                        selections.map(([argument, property]) => [property, texts(parameters, argument)]),
                      ),
                    },
                  ],
                }),
          },
        },
      },
    };
  },
});

const selections = [
  ['excluded_namespaces', 'excludedNamespaces'],
  ['excluded_resource_types', 'excludedResourceTypes'],
  ['included_namespaces', 'includedNamespaces'],
  ['included_resource_types', 'includedResourceTypes'],
  ['label_selectors', 'labelSelectors'],
] as const;
