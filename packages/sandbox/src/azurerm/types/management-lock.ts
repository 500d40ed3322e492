import { text } from './fields.ts';
import { tableResource } from './table-resource.ts';

export const managementLock = tableResource({
  type: 'azurerm_management_lock',
  kind: {
    label: 'Scoped Lock',
    namespace: 'Microsoft.Authorization',
    isScoped: true,
    segments: [['locks', 'Lock Name']],
  },
  apiVersion: '2020-05-01',
  scope: 'scope',
  fields: {
    lock_level: text('properties.level'),
    notes: text('properties.notes'),
  },
});
