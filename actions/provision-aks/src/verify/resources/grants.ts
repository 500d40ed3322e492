import { asString, type JsonObject } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import { azureRoleIds } from '../../azure-roles.ts';
import { check } from '../check.ts';
import { ignoringCase } from '../match.ts';
import { type Inspection, inspect, property, read } from './inspection.ts';
import { assignmentName, locate } from './names.ts';

/** A right that somebody has to have. What they have besides is not looked for. */
export interface Grant {
  /** What its assignment is named by. */
  readonly purpose: string;
  readonly scope: string;
  readonly role: keyof typeof azureRoleIds;
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
    check('role', 'roleDefinitionId', azureRoleIds[role], roleOf, ignoringCase),
  ]);
}

/** Ids of role definitions may begin with any scope. */
function roleOf(assignment: JsonObject): string | undefined {
  return asString(read(assignment, 'roleDefinitionId'))?.split('/').at(-1);
}
