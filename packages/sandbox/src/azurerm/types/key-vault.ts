import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import { describeId, type IdKind } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { matches } from './check.ts';
import { block, blocks, computed, count, type Field, flag, items, list, text } from './fields.ts';
import { doing } from './messages.ts';
import type { Azure } from './resource-type.ts';
import { at, flagAt, flag as flagOf, textAt } from './shape.ts';
import { tableResource } from './table-resource.ts';

const apiVersion = '2026-02-01';
const standardRetention = 90;

export const vaultKind: IdKind = {
  label: 'Key Vault',
  namespace: 'Microsoft.KeyVault',
  segments: [['vaults', 'Vault Name']],
};

const networkAcls = block('properties.networkAcls', {
  bypass: text('bypass'),
  default_action: text('defaultAction'),
  ip_rules: items('ipRules', 'value', { sendEmpty: true }),
  virtual_network_subnet_ids: items('virtualNetworkRules', 'id', { sendEmpty: true }),
});

/** Without rules of its own a vault is open, and azurerm says so. */
const openNetwork = { bypass: 'AzureServices', default_action: 'Allow', ip_rules: [], virtual_network_subnet_ids: [] };
const shownNetworkAcls: Field = {
  ...networkAcls,
  read: body =>
    at(body, 'properties', 'networkAcls') === undefined ? [openNetwork] : (networkAcls.read?.(body) ?? []),
};

/** Azure takes it only when it is on. */
const purgeProtection: Field = {
  write: (body, value) => {
    const { enablePurgeProtection: _, ...properties } = asObject(body['properties']);
    body['properties'] = value === true ? { ...properties, enablePurgeProtection: true } : properties;
  },
  read: body => flagAt(body, 'properties', 'enablePurgeProtection'),
};

export const keyVault = tableResource({
  type: 'azurerm_key_vault',
  kind: vaultKind,
  apiVersion,
  operation: 'CreateOrUpdate',
  lock: id => id,
  fields: {
    sku_name: text('properties.sku.name'),
    tenant_id: text('properties.tenantId'),
    rbac_authorization_enabled: flag('properties.enableRbacAuthorization'),
    enabled_for_deployment: flag('properties.enabledForDeployment'),
    enabled_for_disk_encryption: flag('properties.enabledForDiskEncryption'),
    enabled_for_template_deployment: flag('properties.enabledForTemplateDeployment'),
    public_network_access_enabled: flag('properties.publicNetworkAccess', {
      words: ['Enabled', 'Disabled'],
      absent: true,
    }),
    purge_protection_enabled: purgeProtection,
    soft_delete_retention_days: count('properties.softDeleteRetentionInDays', { none: standardRetention }),
    network_acls: shownNetworkAcls,
    access_policy: blocks(
      'properties.accessPolicies',
      {
        tenant_id: text('tenantId'),
        object_id: text('objectId'),
        application_id: text('applicationId'),
        certificate_permissions: list('permissions.certificates', { sendEmpty: true }),
        key_permissions: list('permissions.keys', { sendEmpty: true }),
        secret_permissions: list('permissions.secrets', { sendEmpty: true }),
        storage_permissions: list('permissions.storage', { sendEmpty: true }),
      },
      { sendEmpty: true },
    ),
    vault_uri: computed(text('properties.vaultUri')),
  },
  complete: (body, planned, existing) => {
    if (existing !== undefined)
      checkUnchanged(planned['soft_delete_retention_days'], flagOf(planned, 'purge_protection_enabled'), existing);
    const properties = asObject(body['properties']);
    return {
      ...body,
      properties: {
        ...properties,
        // A vault without a list is refused.
        accessPolicies: properties['accessPolicies'] ?? [],
        enableSoftDelete: true,
        sku: { ...asObject(properties['sku']), family: 'A' },
      },
    };
  },
  prepare: async (azure, planned, body) => {
    const location = normaliseLocation(String(planned['location']));
    const deleted = await deletedVault(azure, location, String(planned['name']));
    if (deleted !== undefined && !azure.features.keyVault.recoversDeleted)
      throw new ArmError(optedOut(planned['name'], location));
    const createMode = deleted === undefined ? 'default' : 'recover';
    return { ...body, properties: { ...asObject(body['properties']), createMode } };
  },
  afterDelete: async (azure, id, state) => {
    if (!azure.features.keyVault.purgesOnDestroy || flagOf(state, 'purge_protection_enabled')) return;
    const path = `${deletedVaultId(azure, normaliseLocation(String(state['location'])), String(state['name']))}/purge`;
    await doing(`purging ${describeId(vaultKind, id)}`, () =>
      azure.arm.run('VaultsPurgeDeleted', { method: 'POST', path, apiVersion }),
    );
  },
  validate: config =>
    matches(
      config,
      ['name'],
      /^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/,
      'may only contain alphanumeric characters and dashes and must be between 3-24 chars',
    ),
});

function deletedVaultId({ subscriptionId }: Azure, location: string, name: string): string {
  return `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/locations/${location}/deletedVaults/${name}`;
}

/** Whoever may not look at the subscription as a whole finds nothing, and goes on. */
async function deletedVault(azure: Azure, location: string, name: string): Promise<JsonObject | undefined> {
  try {
    return await azure.arm.get(deletedVaultId(azure, location, name), apiVersion);
  } catch (error) {
    if (error instanceof ArmError && error.status === 403) return undefined;
    throw error;
  }
}

function checkUnchanged(retention: unknown, isProtected: boolean, existing: JsonObject): void {
  const what = describeId(vaultKind, textAt(existing, 'id'));
  if (flagAt(existing, 'properties', 'enablePurgeProtection') && !isProtected) {
    throw new ArmError(`updating ${what}: once Purge Protection has been Enabled it's not possible to disable it`);
  }
  const before = at(existing, 'properties', 'softDeleteRetentionInDays');
  if (typeof before === 'number' && before !== retention) {
    throw new ArmError(
      `updating ${what}: once \`soft_delete_retention_days\` has been configured it cannot be modified`,
    );
  }
}

function optedOut(name: unknown, location: string): string {
  return `
An existing soft-deleted Key Vault exists with the Name ${JSON.stringify(name)} in the location ${JSON.stringify(location)}, however
automatically recovering this KeyVault has been disabled via the "features" block.

Terraform can automatically recover the soft-deleted Key Vault when this behaviour is
enabled within the "features" block (located within the "provider" block) - more
information can be found here:

https://registry.terraform.io/providers/hashicorp/azurerm/latest/docs/guides/features-block

Alternatively you can manually recover this (e.g. using the Azure CLI) and then import
this into Terraform via "terraform import", or pick a different name/location.
`;
}
