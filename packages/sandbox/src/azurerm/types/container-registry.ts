import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, formatId, type IdKind, parseId } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import type { ObjectValue, Value } from '../schema/values.ts';
import { checkId, namedParts } from './arm-resource.ts';
import { changes } from './changes.ts';
import { hasLength, matches } from './check.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import {
  block,
  blocks,
  countAt,
  enabledOr,
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
  textsAt,
} from './shape.ts';

const registryVersion = '2025-11-01';

export const registryKind: IdKind = {
  label: 'Registry',
  namespace: 'Microsoft.ContainerRegistry',
  segments: [['registries', 'Registry Name']],
};

export const containerRegistry: ResourceType = {
  async create(azure, planned) {
    const id = formatId(registryKind, { subscriptions: azure.subscriptionId, ...namedParts('registries')(planned) });
    const what = describeId(registryKind, id);
    const existing = await doing(`checking for presence of existing ${what}`, () => azure.arm.get(id, registryVersion));
    if (existing !== undefined) throw alreadyExists('azurerm_container_registry', id);
    const body = {
      location: planned['location'],
      sku: skuToArm(planned),
      tags: textMap(planned, 'tags'),
      identity: identityToArm(planned),
      properties: {
        ...propertiesToArm(planned),
        zoneRedundancy: enabledOr('Disabled', flag(planned, 'zone_redundancy_enabled')),
      },
    };
    await doing(`creating ${what}`, () =>
      azure.arm.run('Create', { method: 'PUT', path: id, apiVersion: registryVersion, body }),
    );
    await replicate(azure, id, what, undefined, planned);
    return id;
  },

  async read(azure, id) {
    const what = describeId(registryKind, id);
    const body = await doing(`retrieving ${what}`, () => azure.arm.get(id, registryVersion));
    if (body === undefined) return undefined;
    const parts = parseId(registryKind, id) ?? {};
    const properties = asObject(body['properties']);
    const location = normaliseLocation(textAt(body, 'location'));
    const replications = await doing(`retrieving replications for ${what}`, () =>
      azure.arm.send({ method: 'GET', path: `${id}/replications`, apiVersion: registryVersion }),
    );
    const policies = asObject(properties['policies']);
    const isOn = (name: string) => textAt(policies, name, 'status').toLowerCase() === 'enabled';
    return {
      id,
      name: parts['registries'],
      resource_group_name: parts['resourceGroups'],
      location,
      tags: textMapAt(body, 'tags'),
      identity: identityFromArm(body),
      sku: textAt(body, 'sku', 'tier') || textAt(body, 'sku', 'name'),
      login_server: textAt(properties, 'loginServer'),
      public_network_access_enabled: textAt(properties, 'publicNetworkAccess') !== 'Disabled',
      network_rule_set: ruleSetFromArm(properties),
      encryption: encryptionFromArm(properties),
      zone_redundancy_enabled: textAt(properties, 'zoneRedundancy') === 'Enabled',
      anonymous_pull_enabled: flagAt(properties, 'anonymousPullEnabled'),
      data_endpoint_enabled: flagAt(properties, 'dataEndpointEnabled'),
      data_endpoint_host_names: textsAt(properties, 'dataEndpointHostNames'),
      network_rule_bypass_option: textAt(properties, 'networkRuleBypassOptions') || 'AzureServices',
      network_rule_bypass_for_tasks_enabled: flagAt(properties, 'networkRuleBypassAllowedForTasks'),
      role_assignment_mode: textAt(properties, 'roleAssignmentMode') || 'LegacyRegistryPermissions',
      ...(properties['policies'] === undefined
        ? {}
        : {
            retention_policy_in_days: isOn('retentionPolicy') ? countAt(policies, 'retentionPolicy', 'days') : 0,
            quarantine_policy_enabled: isOn('quarantinePolicy'),
            export_policy_enabled: isOn('exportPolicy'),
            azuread_authentication_as_arm_policy_enabled: isOn('azureADAuthenticationAsArmPolicy'),
          }),
      georeplications: objectsAt(replications, 'value')
        .filter(replication => normaliseLocation(textAt(replication, 'location')) !== location)
        .map(replicationFromArm)
        .sort((left, right) => (String(left['location']) < String(right['location']) ? -1 : 1)),
      ...(await readAdmin(azure, id, what, flagAt(properties, 'adminUserEnabled'))),
    };
  },

  async update(azure, id, prior, planned) {
    const what = describeId(registryKind, id);
    const patch = (body: JsonObject) =>
      doing(`updating ${what}`, () =>
        azure.arm.run('Update', { method: 'PATCH', path: id, apiVersion: registryVersion, body }),
      );
    const growsUp = changes(prior, planned, 'sku') && planned['sku'] === 'Premium';
    // Premium comes before what needs it, and goes after what needed it.
    if (growsUp) await patch({ sku: skuToArm(planned) });
    await replicate(azure, id, what, prior, planned);
    await patch({
      tags: textMap(planned, 'tags'),
      ...(changes(prior, planned, 'identity') ? { identity: identityToArm(planned) } : {}),
      properties: propertiesToArm(planned),
    });
    if (changes(prior, planned, 'sku') && !growsUp) await patch({ sku: skuToArm(planned) });
  },

  async delete(azure, id) {
    await doing(`deleting ${describeId(registryKind, id)}`, () =>
      azure.arm.run('Delete', { method: 'DELETE', path: id, apiVersion: registryVersion }),
    );
  },

  refine: (_prior, planned) => ({ problems: premiumProblems(planned) }),
  checkImportId: id => checkId(registryKind, id),
  validate: config => [
    ...matches(config, ['name'], /^[a-zA-Z0-9]+$/, 'alpha numeric characters only are allowed'),
    ...hasLength(config, ['name'], 5, 50),
  ],
};

function skuToArm(planned: ObjectValue): JsonObject {
  return { name: text(planned, 'sku'), tier: text(planned, 'sku') };
}

function propertiesToArm(planned: ObjectValue): JsonObject {
  const days = positive(planned, 'retention_policy_in_days');
  const rules = block(planned, 'network_rule_set');
  const encryption = block(planned, 'encryption');
  const isPremium = planned['sku'] === 'Premium';
  if (!isPremium && planned['public_network_access_enabled'] === false) {
    throw new ArmError('`public_network_access_enabled` can only be disabled for a Premium Sku');
  }
  if (!isPremium && rules !== undefined) {
    throw new ArmError(
      '`network_rule_set` can only be specified for a Premium Sku. If you are reverting from a Premium to Basic SKU please set network_rule_set = []',
    );
  }
  const policy = (name: string) => ({ status: enabledOr('disabled', flag(planned, name)).toLowerCase() });
  return {
    adminUserEnabled: flag(planned, 'admin_enabled'),
    anonymousPullEnabled: flag(planned, 'anonymous_pull_enabled'),
    dataEndpointEnabled: flag(planned, 'data_endpoint_enabled'),
    networkRuleBypassOptions: text(planned, 'network_rule_bypass_option'),
    networkRuleBypassAllowedForTasks: flag(planned, 'network_rule_bypass_for_tasks_enabled'),
    roleAssignmentMode: text(planned, 'role_assignment_mode'),
    publicNetworkAccess: planned['public_network_access_enabled'] === false ? 'Disabled' : 'Enabled',
    policies: {
      quarantinePolicy: policy('quarantine_policy_enabled'),
      exportPolicy: policy('export_policy_enabled'),
      azureADAuthenticationAsArmPolicy: policy('azuread_authentication_as_arm_policy_enabled'),
      retentionPolicy: days === undefined ? { status: 'disabled' } : { status: 'enabled', days },
    },
    ...(rules === undefined
      ? {}
      : {
          networkRuleSet: {
            defaultAction: text(rules, 'default_action'),
            ipRules: blocks(rules, 'ip_rule').map(rule => ({
              action: text(rule, 'action'),
              value: text(rule, 'ip_range'),
            })),
          },
        }),
    ...(encryption === undefined
      ? {}
      : {
          encryption: {
            status: 'enabled',
            keyVaultProperties: {
              identity: text(encryption, 'identity_client_id'),
              keyIdentifier: text(encryption, 'key_vault_key_id'),
            },
          },
        }),
  };
}

function ruleSetFromArm(properties: JsonObject): Value {
  const rules = properties['networkRuleSet'];
  if (rules === undefined || rules === null) return [];
  return [
    {
      default_action: textAt(rules, 'defaultAction'),
      ip_rule: objectsAt(rules, 'ipRules').map(rule => {
        const range = textAt(rule, 'value');
        return { action: textAt(rule, 'action'), ip_range: range.includes('/') ? range : `${range}/32` };
      }),
    },
  ];
}

function encryptionFromArm(properties: JsonObject): Value {
  const encryption = properties['encryption'];
  if (textAt(encryption, 'status').toLowerCase() !== 'enabled') return [];
  return [
    {
      identity_client_id: textAt(encryption, 'keyVaultProperties', 'identity'),
      key_vault_key_id: textAt(encryption, 'keyVaultProperties', 'keyIdentifier'),
    },
  ];
}

function replicationFromArm(replication: JsonObject): ObjectValue {
  return {
    location: normaliseLocation(textAt(replication, 'location')),
    tags: textMapAt(replication, 'tags'),
    zone_redundancy_enabled: textAt(replication, 'properties', 'zoneRedundancy') === 'Enabled',
    global_endpoint_routing_enabled: flagAt(replication, 'properties', 'regionEndpointEnabled'),
  };
}

/** Makes the replications in other regions those of the plan; zone redundancy of one cannot change in place. */
async function replicate(
  azure: Azure,
  id: string,
  what: string,
  prior: ObjectValue | undefined,
  planned: ObjectValue,
): Promise<void> {
  const before = new Map(blocks(prior, 'georeplications').map(item => [String(item['location']), item]));
  const after = new Map(blocks(planned, 'georeplications').map(item => [String(item['location']), item]));
  const request = (location: string) => ({ path: `${id}/replications/${location}`, apiVersion: registryVersion });
  await doing(`applying geo replications for ${what}`, async () => {
    for (const [location, old] of before) {
      const next = after.get(location);
      if (next !== undefined && !changes(old, next, 'zone_redundancy_enabled')) continue;
      await azure.arm.run('Delete', { ...request(location), method: 'DELETE' });
    }
    for (const [location, next] of after) {
      const old = before.get(location);
      if (
        old !== undefined &&
        !changes(old, next, 'zone_redundancy_enabled', 'global_endpoint_routing_enabled', 'tags')
      )
        continue;
      const body = {
        location,
        tags: textMap(next, 'tags'),
        properties: {
          zoneRedundancy: enabledOr('Disabled', flag(next, 'zone_redundancy_enabled')),
          regionEndpointEnabled: flag(next, 'global_endpoint_routing_enabled'),
        },
      };
      await azure.arm.run('Create', { ...request(location), method: 'PUT', body });
    }
  });
}

async function readAdmin(azure: Azure, id: string, what: string, enabled: boolean) {
  if (!enabled) return { admin_enabled: false, admin_username: '', admin_password: '' };
  const credentials = await doing(`retrieving credentials for ${what}`, () =>
    azure.arm.send({ method: 'POST', path: `${id}/listCredentials`, apiVersion: registryVersion }),
  );
  return {
    admin_enabled: true,
    admin_username: textAt(credentials, 'username'),
    admin_password: textAt(objectsAt(credentials, 'passwords')[0], 'value'),
  };
}

function premiumProblems(planned: ObjectValue): readonly string[] {
  const isPremium = String(planned['sku']).toLowerCase() === 'premium';
  const replications = blocks(planned, 'georeplications');
  const needs = (used: boolean, problem: string) => (used && !isPremium ? [problem] : []);
  return [
    ...needs(replications.length > 0, 'an ACR geo-replication can only be applied when using the Premium Sku'),
    ...(replications.some(item => item['location'] === planned['location'])
      ? ['the `georeplications` list cannot contain the location where the Container Registry exists']
      : []),
    ...needs(
      flag(planned, 'quarantine_policy_enabled'),
      'an ACR quarantine policy can only be applied when using the Premium Sku. If you are downgrading from a Premium SKU please unset quarantine_policy_enabled',
    ),
    ...needs(
      positive(planned, 'retention_policy_in_days') !== undefined,
      'an ACR retention policy can only be applied when using the Premium Sku. If you are downgrading from a Premium SKU please unset `retention_policy_in_days`',
    ),
    ...needs(
      planned['export_policy_enabled'] === false,
      'an ACR export policy can only be disabled when using the Premium Sku. If you are downgrading from a Premium SKU please unset `export_policy_enabled` or set `export_policy_enabled = true`',
    ),
    ...(isPremium && planned['export_policy_enabled'] === false && planned['public_network_access_enabled'] === true
      ? ['to disable export of artifacts, `public_network_access_enabled` must also be `false`']
      : []),
    ...needs(
      blocks(planned, 'encryption').length > 0,
      'an ACR encryption can only be applied when using the Premium Sku',
    ),
    ...needs(
      flag(planned, 'zone_redundancy_enabled') || replications.some(item => flag(item, 'zone_redundancy_enabled')),
      'ACR zone redundancy can only be applied when using the Premium Sku',
    ),
    ...(flag(planned, 'anonymous_pull_enabled') && planned['sku'] === 'Basic'
      ? ['`anonymous_pull_enabled` can only be applied when using the Standard/Premium Sku']
      : []),
    ...needs(
      flag(planned, 'data_endpoint_enabled'),
      '`data_endpoint_enabled` can only be applied when using the Premium Sku',
    ),
  ];
}
