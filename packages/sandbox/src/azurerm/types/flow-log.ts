import { ArmError } from '../arm/client.ts';
import { describeId, formatId, type IdKind } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { block, count, type Field, flag, text } from './fields.ts';
import { doing } from './messages.ts';
import { textAt, text as textOf } from './shape.ts';
import { tableResource } from './table-resource.ts';
import { networkVersion } from './virtual-network.ts';

const watcherKind: IdKind = {
  label: 'Network Watcher',
  namespace: 'Microsoft.Network',
  segments: [['networkWatchers', 'Network Watcher Name']],
};

const region: Field = {
  write: (body, value) => text('workspaceRegion').write?.(body, normaliseLocation(String(value))),
  read: body => normaliseLocation(textAt(body, 'workspaceRegion')),
};

export const networkWatcherFlowLog = tableResource({
  type: 'azurerm_network_watcher_flow_log',
  kind: {
    label: 'Flow Log',
    namespace: 'Microsoft.Network',
    segments: [...watcherKind.segments, ['flowLogs', 'Flow Log Name']],
  },
  apiVersion: networkVersion,
  operation: 'CreateOrUpdate',
  names: ['network_watcher_name', 'name'],
  lock: (_id, planned) => textOf(planned, 'target_resource_id') ?? '',
  prepare: async (azure, planned, body) => {
    if (textOf(planned, 'location') !== undefined) return body;
    const id = formatId(watcherKind, {
      subscriptions: azure.subscriptionId,
      resourceGroups: textOf(planned, 'resource_group_name') ?? '',
      networkWatchers: textOf(planned, 'network_watcher_name') ?? '',
    });
    const what = describeId(watcherKind, id);
    const watcher = await doing(`retrieving ${what}`, () => azure.arm.get(id, networkVersion));
    if (watcher === undefined) throw new ArmError(`retrieving ${what}: it was not found`);
    return { ...body, location: normaliseLocation(textAt(watcher, 'location')) };
  },
  fields: {
    target_resource_id: text('properties.targetResourceId'),
    storage_account_id: text('properties.storageId'),
    enabled: flag('properties.enabled'),
    version: count('properties.format.version'),
    retention_policy: block('properties.retentionPolicy', { enabled: flag('enabled'), days: count('days') }),
    traffic_analytics: block('properties.flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration', {
      enabled: flag('enabled'),
      workspace_id: text('workspaceId'),
      workspace_region: region,
      workspace_resource_id: text('workspaceResourceId'),
      interval_in_minutes: count('trafficAnalyticsInterval'),
    }),
  },
  refine: (prior, planned) => ({
    problems:
      prior === null && /\/networkSecurityGroups\/[^/]+$/i.test(textOf(planned, 'target_resource_id') ?? '')
        ? [
            'creation of new NSG flow logs is no longer supported by Azure as of June 30, 2025. NSG flow logs will be retired on September 30, 2027. For more information, see https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-migrate',
          ]
        : [],
  }),
});
