/** What a condition of a role assignment says of the roles that its holder may assign and take away. */
export interface GrantConditions {
  readonly write: RoleLimit | undefined;
  readonly delete: RoleLimit | undefined;
}

interface RoleLimit {
  readonly operator: 'equals' | 'not-equals';
  /** GUIDs in lower case. */
  readonly roles: readonly string[];
}

const clause =
  /\(*!\(ActionMatches\{'Microsoft\.Authorization\/roleAssignments\/(write|delete)'\}\)\)*OR\(*@(?:Request|Resource)\[Microsoft\.Authorization\/roleAssignments:RoleDefinitionId\]ForAnyOf(AllValues:GuidNotEquals|AnyValues:GuidEquals)\{([0-9a-fA-F,-]+)\}\)*/g;

/**
 * Reads the conditions that Microsoft documents for delegating role assignments: for each of both actions, roles that are
 * allowed or that are not. `unknown` for any other one.
 */
export function readGrantConditions(condition: string | undefined): GrantConditions | 'unknown' | undefined {
  if (condition === undefined) return undefined;
  const dense = condition.replace(/\s+/g, '');
  const found = [...dense.matchAll(clause)];
  const rest = found.reduce((text, [whole]) => text.replace(whole, ''), dense);
  if (found.length === 0 || !/^(?:AND)*$/.test(rest)) return 'unknown';
  const limitOf = (verb: string): RoleLimit | undefined => {
    const one = found.find(match => match[1] === verb);
    if (one === undefined) return undefined;
    const roles = (one[3] ?? '').toLowerCase().split(',');
    return { operator: one[2]?.startsWith('All') === true ? 'not-equals' : 'equals', roles };
  };
  return { write: limitOf('write'), delete: limitOf('delete') };
}

export function allowsGrant(conditions: GrantConditions, verb: 'write' | 'delete', role: string): boolean {
  const limit = conditions[verb];
  if (limit === undefined) return true;
  return limit.roles.includes(role.toLowerCase()) === (limit.operator === 'equals');
}
