import { computed, flag, identity, text } from './fields.ts';
import { block, text as textOf } from './shape.ts';
import { tableResource } from './table-resource.ts';

export const diskEncryptionSet = tableResource({
  type: 'azurerm_disk_encryption_set',
  kind: {
    label: 'Disk Encryption Set',
    namespace: 'Microsoft.Compute',
    segments: [['diskEncryptionSets', 'Disk Encryption Set Name']],
  },
  apiVersion: '2022-03-02',
  operation: 'CreateOrUpdate',
  fields: {
    key_vault_key_id: text('properties.activeKey.keyUrl'),
    key_vault_key_url: computed(text('properties.activeKey.keyUrl')),
    auto_key_rotation_enabled: flag('properties.rotationToLatestKeyVersionEnabled'),
    encryption_type: text('properties.encryptionType', { absent: 'EncryptionAtRestWithCustomerKey' }),
    federated_client_id: text('properties.federatedClientId'),
    identity,
  },
  refine: (prior, planned) => ({
    // Which version of a key is the newest, only the vault's own host can tell, and it plays no keys.
    problems:
      planned['auto_key_rotation_enabled'] === true
        ? ['The sandbox does not play `auto_key_rotation_enabled` of azurerm_disk_encryption_set']
        : [],
    // An identity of the set's own cannot come after one that it was given.
    requiresReplace:
      textOf(block(prior ?? {}, 'identity'), 'type')?.includes('UserAssigned') &&
      textOf(block(planned, 'identity'), 'type') === 'SystemAssigned'
        ? [['identity', 0, 'type']]
        : [],
    unknown: prior !== null && prior['key_vault_key_id'] !== planned['key_vault_key_id'] ? ['key_vault_key_url'] : [],
  }),
});
