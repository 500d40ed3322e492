import { asObject } from '@suite/foundation';
import { blocks, type Field, flag, text } from '../fields.ts';
import { at, objectsAt } from '../shape.ts';
import { tableResource } from '../table-resource.ts';

const name = text('name');
const commonSchema = flag('useCommonAlertSchema');
const phone = { name, country_code: text('countryCode'), phone_number: text('phoneNumber') };

/** Sign-in of a webhook stands among the webhook's own properties. */
const signIn: Field = {
  inner: { object_id: text('objectId'), identifier_uri: text('identifierUri'), tenant_id: text('tenantId') },
  write: (body, value) => {
    const given = Array.isArray(value) ? asObject(value[0]) : {};
    if (given['object_id'] === undefined) return;
    Object.assign(body, {
      useAadAuth: true,
      objectId: given['object_id'],
      identifierUri: given['identifier_uri'],
      tenantId: given['tenant_id'],
    });
  },
  read: body =>
    at(body, 'useAadAuth') === true
      ? [
          {
            object_id: String(at(body, 'objectId') ?? ''),
            identifier_uri: String(at(body, 'identifierUri') ?? ''),
            tenant_id: String(at(body, 'tenantId') ?? ''),
          },
        ]
      : [],
};

export const actionGroup = tableResource({
  type: 'azurerm_monitor_action_group',
  kind: { label: 'Action Group', namespace: 'Microsoft.Insights', segments: [['actionGroups', 'Action Group Name']] },
  apiVersion: '2023-01-01',
  fields: {
    short_name: text('properties.groupShortName'),
    enabled: flag('properties.enabled'),
    email_receiver: receivers('emailReceivers', {
      name,
      email_address: text('emailAddress'),
      use_common_alert_schema: commonSchema,
    }),
    webhook_receiver: receivers('webhookReceivers', {
      name,
      service_uri: text('serviceUri'),
      use_common_alert_schema: commonSchema,
      aad_auth: signIn,
    }),
    arm_role_receiver: receivers('armRoleReceivers', {
      name,
      role_id: text('roleId'),
      use_common_alert_schema: commonSchema,
    }),
    azure_app_push_receiver: receivers('azureAppPushReceivers', { name, email_address: text('emailAddress') }),
    sms_receiver: receivers('smsReceivers', phone),
    voice_receiver: receivers('voiceReceivers', phone),
    logic_app_receiver: receivers('logicAppReceivers', {
      name,
      resource_id: text('resourceId'),
      callback_url: text('callbackUrl'),
      use_common_alert_schema: commonSchema,
    }),
    azure_function_receiver: receivers('azureFunctionReceivers', {
      name,
      function_app_resource_id: text('functionAppResourceId'),
      function_name: text('functionName'),
      http_trigger_url: text('httpTriggerUrl'),
      use_common_alert_schema: commonSchema,
    }),
    automation_runbook_receiver: receivers('automationRunbookReceivers', {
      name,
      automation_account_id: text('automationAccountId'),
      runbook_name: text('runbookName'),
      webhook_resource_id: text('webhookResourceId'),
      is_global_runbook: flag('isGlobalRunbook'),
      service_uri: text('serviceUri'),
      use_common_alert_schema: commonSchema,
    }),
  },
  validate: config => {
    const webhooks = objectsAt({ list: config['webhook_receiver'] }, 'list');
    const lacksTenant = webhooks.some(hook => objectsAt(hook, 'aad_auth').some(auth => auth['tenant_id'] == null));
    return lacksTenant
      ? [
          {
            path: ['webhook_receiver'],
            summary:
              'The sandbox does not play `webhook_receiver.aad_auth` of azurerm_monitor_action_group without `tenant_id`',
          },
        ]
      : [];
  },
});

function receivers(property: string, fields: Parameters<typeof blocks>[1]): Field {
  return blocks(`properties.${property}`, fields, { sendEmpty: true });
}
