import { asNumber, asObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, type IdKind } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import type { ObjectValue } from '../schema/values.ts';
import { armResource, namedParts } from './arm-resource.ts';
import { inRange } from './check.ts';
import { doing } from './messages.ts';
import type { Refinement } from './resource-type.ts';
import {
  at,
  block,
  count,
  countAt,
  flag,
  flagAt,
  identityFromArm,
  identityToArm,
  objectsAt,
  positive,
  text,
  textAt,
  textMap,
  textMapAt,
} from './shape.ts';

const workspaceVersion = '2025-07-01';
// The keys are asked for with an older version of the API than the rest.
const sharedKeysVersion = '2020-08-01';

export const workspaceKind: IdKind = {
  label: 'Workspace',
  namespace: 'Microsoft.OperationalInsights',
  segments: [['workspaces', 'Workspace Name']],
};

export const logAnalyticsWorkspace = armResource({
  type: 'azurerm_log_analytics_workspace',
  kind: workspaceKind,
  apiVersion: workspaceVersion,
  operation: 'CreateOrUpdate',
  parts: namedParts('workspaces'),
  beforeCreate: async (azure, planned) => {
    const path = `/subscriptions/${azure.subscriptionId}/providers/Microsoft.OperationalInsights/deletedWorkspaces`;
    const deleted = await doing('listing deleted Log Analytics Workspaces', () =>
      azure.arm.get(path, workspaceVersion),
    );
    const comesBack = objectsAt(deleted, 'value').some(
      workspace =>
        textAt(workspace, 'name') === planned['name'] && textAt(workspace, 'properties', 'sku', 'name') === 'LACluster',
    );
    if (planned['sku'] === 'LACluster' && !comesBack) {
      throw new ArmError(
        '`sku` cannot be set to `LACluster` during creation unless the workspace is in a soft-deleted state while linked to a Log Analytics Cluster',
      );
    }
  },
  afterCreate: async (azure, id, planned) => {
    // Azure ignores some features in the first write, so the provider writes twice.
    await azure.arm.run('CreateOrUpdate', {
      method: 'PUT',
      path: id,
      apiVersion: workspaceVersion,
      body: toArm(planned, undefined, text(planned, 'data_collection_rule_id')),
    });
  },
  toArm: (planned, existing) =>
    toArm(planned, existing, existing === undefined ? undefined : text(planned, 'data_collection_rule_id')),
  fromArm: (body, parts) => {
    const capacity = asNumber(at(body, 'properties', 'sku', 'capacityReservationLevel'));
    const features = asObject(at(body, 'properties', 'features'));
    return {
      name: parts['workspaces'],
      resource_group_name: parts['resourceGroups'],
      location: normaliseLocation(textAt(body, 'location')),
      tags: textMapAt(body, 'tags'),
      ...(at(body, 'identity') === undefined ? {} : { identity: identityFromArm(body) }),
      sku: textAt(body, 'properties', 'sku', 'name'),
      ...(capacity === undefined ? {} : { reservation_capacity_in_gb_per_day: capacity }),
      workspace_id: textAt(body, 'properties', 'customerId'),
      internet_ingestion_access_type: textAt(body, 'properties', 'publicNetworkAccessForIngestion'),
      internet_query_access_type: textAt(body, 'properties', 'publicNetworkAccessForQuery'),
      cmk_for_query_forced: flagAt(body, 'properties', 'forceCmkForQuery'),
      retention_in_days: countAt(body, 'properties', 'retentionInDays'),
      daily_quota_gb: asNumber(at(body, 'properties', 'workspaceCapping', 'dailyQuotaGb')) ?? -1,
      allow_resource_only_permissions: flagAt(features, 'enableLogAccessUsingOnlyResourcePermissions'),
      ...(features['disableLocalAuth'] === undefined
        ? {}
        : { local_authentication_enabled: features['disableLocalAuth'] !== true }),
      immediate_data_purge_on_30_days_enabled: flagAt(features, 'immediatePurgeDataOn30Days'),
      data_collection_rule_id: textAt(body, 'properties', 'defaultDataCollectionRuleResourceId'),
    };
  },
  readMore: async (azure, id) => {
    // azurerm only logs it when it may not see the keys, and leaves the state as it was.
    const keys = await azure.arm
      .send({ method: 'POST', path: `${id}/sharedKeys`, apiVersion: sharedKeysVersion })
      .catch(error => {
        if (error instanceof ArmError && error.status !== undefined) return undefined;
        throw new ArmError(`retrieving keys of ${describeId(workspaceKind, id)}: ${error}`);
      });
    if (keys === undefined) return {};
    return {
      primary_shared_key: textAt(keys, 'primarySharedKey'),
      secondary_shared_key: textAt(keys, 'secondarySharedKey'),
    };
  },
  refine: (prior, planned) => (prior === null ? {} : refineSku(prior, planned)),
  validate: config => {
    const name = text(config, 'name');
    const path = ['name'];
    return [
      ...(name === undefined || /^[A-Za-z0-9][A-Za-z0-9-]+[A-Za-z0-9]$/.test(name)
        ? []
        : [
            {
              path,
              summary:
                "name can only contain alphabet, number, and '-' character. You can not use '-' as the start and end of the name",
            },
          ]),
      ...(name === undefined || (name.length >= 4 && name.length <= 63)
        ? []
        : [{ path, summary: 'name can only be between 4 and 63 letters' }]),
      ...inRange(config, ['retention_in_days'], 30, 730),
    ];
  },
});

function toArm(
  planned: ObjectValue,
  existing: { readonly [name: string]: unknown } | undefined,
  ruleId: string | undefined,
) {
  const properties = asObject(existing?.['properties']);
  const quota = count(planned, 'daily_quota_gb');
  return {
    location: planned['location'],
    tags: textMap(planned, 'tags'),
    ...(block(planned, 'identity') === undefined && existing?.['identity'] === undefined
      ? {}
      : { identity: identityToArm(planned) }),
    properties: {
      ...properties,
      sku: {
        name: text(planned, 'sku') ?? 'PerGB2018',
        capacityReservationLevel: positive(planned, 'reservation_capacity_in_gb_per_day'),
      },
      publicNetworkAccessForIngestion: text(planned, 'internet_ingestion_access_type'),
      publicNetworkAccessForQuery: text(planned, 'internet_query_access_type'),
      retentionInDays: positive(planned, 'retention_in_days') ?? properties['retentionInDays'],
      ...(planned['cmk_for_query_forced'] === null ? {} : { forceCmkForQuery: flag(planned, 'cmk_for_query_forced') }),
      ...(quota === undefined ? {} : { workspaceCapping: { dailyQuotaGb: quota } }),
      ...(ruleId === undefined ? {} : { defaultDataCollectionRuleResourceId: ruleId }),
      features: {
        ...asObject(properties['features']),
        enableLogAccessUsingOnlyResourcePermissions: flag(planned, 'allow_resource_only_permissions'),
        disableLocalAuth: planned['local_authentication_enabled'] === false,
        ...(planned['immediate_data_purge_on_30_days_enabled'] === null
          ? {}
          : { immediatePurgeDataOn30Days: flag(planned, 'immediate_data_purge_on_30_days_enabled') }),
      },
    },
  };
}

/** A workspace changes its price model in place only between the two that Azure lets change. */
function refineSku(prior: ObjectValue, planned: ObjectValue): Refinement {
  const before = text(prior, 'sku');
  const after = text(planned, 'sku');
  if (before === after || after === undefined) return {};
  const changeable = ['PerGB2018', 'CapacityReservation'];
  const isFree =
    before === undefined || before === 'LACluster' || (changeable.includes(before) && changeable.includes(after));
  return isFree ? {} : { requiresReplace: [['sku']] };
}
