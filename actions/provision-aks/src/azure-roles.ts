import { builtInRoleIds } from '@suite/platform-file';

/** Ids of the built-in roles that bootstrap and our modules assign, by name (Microsoft Learn, "Azure built-in roles"). */
export const azureRoleIds = {
  ...builtInRoleIds,
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  'AppGw for Containers Configuration Manager': 'fbc52c3f-28ad-4303-a892-8a056630b8f1',
  'DNS Zone Contributor': 'befefa01-2a29-4197-83a8-272ff33ce314',
  'Data Operator for Managed Disks': '959f8984-c045-4866-89c7-12bf9737be2e',
  'Disk Snapshot Contributor': '7efff54f-a5b4-42b5-a1c5-5411624893ce',
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7',
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f',
} as const;
