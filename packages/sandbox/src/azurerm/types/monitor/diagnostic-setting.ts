import type { IdKind } from '../../arm/ids.ts';
import { blocks, type Field, text } from '../fields.ts';
import { withOwnId } from '../own-id.ts';
import { blocks as blocksOf, flagAt, objectsAt, text as textOf } from '../shape.ts';
import { tableResource } from '../table-resource.ts';

const kind: IdKind = {
  label: 'Scoped Diagnostic Setting',
  namespace: 'Microsoft.Insights',
  isScoped: true,
  segments: [['diagnosticSettings', 'Diagnostic Setting Name']],
};
const middle = '/providers/Microsoft.Insights/diagnosticSettings/';

/** What is switched on; Azure lists the others too. */
function switchedOn(property: string, fields: Parameters<typeof blocks>[1]): Field {
  const all = blocks(`properties.${property}`, fields, { sendEmpty: true, constant: { enabled: true } });
  return {
    ...all,
    read: body => {
      const enabled = objectsAt(body, 'properties', property).filter(item => flagAt(item, 'enabled'));
      return all.read?.({ properties: { [property]: enabled } }) ?? [];
    },
  };
}

/** The id in the state is `<target>|<name>`. */
export const diagnosticSetting = withOwnId(
  tableResource({
    type: 'azurerm_monitor_diagnostic_setting',
    kind,
    apiVersion: '2021-05-01-preview',
    scope: 'target_resource_id',
    fields: {
      eventhub_authorization_rule_id: text('properties.eventHubAuthorizationRuleId'),
      eventhub_name: text('properties.eventHubName'),
      log_analytics_workspace_id: text('properties.workspaceId'),
      log_analytics_destination_type: text('properties.logAnalyticsDestinationType'),
      storage_account_id: text('properties.storageAccountId'),
      partner_solution_id: text('properties.marketplacePartnerId'),
      enabled_log: switchedOn('logs', { category: text('category'), category_group: text('categoryGroup') }),
      enabled_metric: switchedOn('metrics', { category: text('category') }),
    },
    refine: (_prior, planned) => ({
      problems: blocksOf(planned, 'enabled_log').some(log => !textOf(log, 'category') && !textOf(log, 'category_group'))
        ? ['exactly one of `category` or `category_group` must be specified']
        : [],
    }),
  }),
  {
    toState: id => {
      const at = id.lastIndexOf(middle);
      return `${id.slice(0, at)}|${id.slice(at + middle.length)}`;
    },
    toArm: id => id.replace('|', middle),
  },
);
