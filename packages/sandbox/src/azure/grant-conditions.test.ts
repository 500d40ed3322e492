import { describe, expect, test } from '@jest/globals';
import { conditionOf } from '@suite/platform-file';
import { allowsGrant, readGrantConditions } from './grant-conditions.ts';

const owner = '8e3af657-a8ff-443c-a75c-2fe8c4bcb635';
const secrets = '4633458b-17de-408a-b874-0445c86b69e6';

/** As the portal writes it (Microsoft Learn, "Examples to delegate Azure role assignment management with conditions"). */
const portal = `(
 (
  !(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})
 )
 OR 
 (
  @Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {${owner}}
 )
)
AND
(
 (
  !(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})
 )
 OR 
 (
  @Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAllValues:GuidNotEquals {${owner}}
 )
)`;

describe('conditions about roles', () => {
  test.each([
    ['all but Owner, as the portal writes it', portal, owner, false],
    ['all but Owner: another role', portal, secrets, true],
    ['all but Owner, as bootstrap writes it', conditionOf({ allBut: ['Owner'] }), owner, false],
    ['only one role', conditionOf({ only: ['Key Vault Secrets User'] }), secrets, true],
    ['only one role: another one', conditionOf({ only: ['Key Vault Secrets User'] }), owner, false],
  ])('%s', (_, condition, role, expected) => {
    const read = readGrantConditions(condition);
    if (read === undefined || read === 'unknown') throw new Error('The condition was not read.');
    expect([allowsGrant(read, 'write', role), allowsGrant(read, 'delete', role)]).toEqual([expected, expected]);
  });

  test('no condition, and one about something else', () => {
    expect(readGrantConditions(undefined)).toBeUndefined();
    expect(readGrantConditions("@Request[x:PrincipalType] StringEquals {'User'}")).toBe('unknown');
    expect(readGrantConditions(`${portal} AND @Request[x:PrincipalType] StringEquals {'User'}`)).toBe('unknown');
  });
});
