import { asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import { check } from '../check.ts';
import { ignoringCase } from '../match.ts';
import { type Inspection, inspect, property, read } from './inspection.ts';
import { assignmentName, locate } from './names.ts';

/** Ids of Azure's built-in roles. */
const roles = {
  AcrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  'AppGw for Containers Configuration Manager': 'fbc52c3f-28ad-4303-a892-8a056630b8f1',
  Contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  'DNS Zone Contributor': 'befefa01-2a29-4197-83a8-272ff33ce314',
  'Data Operator for Managed Disks': '959f8984-c045-4866-89c7-12bf9737be2e',
  'Disk Snapshot Contributor': '7efff54f-a5b4-42b5-a1c5-5411624893ce',
  'Key Vault Crypto Service Encryption User': 'e147488a-f6f5-4113-8e2d-b22465e65bf6',
  'Key Vault Secrets User': '4633458b-17de-408a-b874-0445c86b69e6',
  'Network Contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7',
  'Private DNS Zone Contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f',
  Reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'Storage Blob Data Contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
} as const;

/** A right that somebody has to have. What they have besides is not looked for. */
export interface Grant {
  /** What its assignment is named by. */
  readonly purpose: string;
  readonly scope: string;
  readonly role: keyof typeof roles;
}

export function grantInspection(
  view: EnvironmentScope,
  who: string,
  principal: string,
  { purpose, scope, role }: Grant,
): Inspection {
  const at = locate('azurerm_role_assignment', { scope, name: assignmentName(view, purpose) });
  return inspect(`Role ${role} of ${who} on ${scope.split('/').at(-1)}`, at, [
    property('principal', 'principalId', principal, ignoringCase),
    check('role', 'roleDefinitionId', roles[role], roleOf, ignoringCase),
  ]);
}

/** Ids of role definitions may begin with any scope. */
function roleOf(assignment: JsonObject): string | undefined {
  return asString(read(assignment, 'roleDefinitionId'))?.split('/').at(-1);
}
