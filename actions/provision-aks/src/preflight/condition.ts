import { azureRoleIds } from '../azure-roles.ts';
import type { RightNeed } from './right-needs.ts';

const guids: ReadonlyMap<string, string> = new Map(
  Object.entries(azureRoleIds).map(([name, id]) => [name.toLowerCase(), id]),
);

/**
 * Whether Azure's condition on a role assignment lets an action through; undefined where that cannot be told from here.
 * Understood are the conditions that Azure's own templates write about assigning roles: only these roles, all but these.
 */
export function conditionAllows(condition: string, need: RightNeed): boolean | undefined {
  const guarded = [...condition.matchAll(/!\s*\(\s*ActionMatches\s*\{\s*'([^']+)'\s*\}\s*\)/gi)].map(([, action]) =>
    (action ?? '').toLowerCase(),
  );
  const mentions = condition.match(/ActionMatches/gi)?.length ?? 0;
  const onlyAssignments = guarded.every(action =>
    /^microsoft\.authorization\/roleassignments\/(?:write|delete)$/.test(action),
  );
  // Every clause has to begin with the action that it is about, or it is about all of them.
  const clauses = condition.match(/@(?:Request|Resource|Principal|Environment)\[/gi)?.length ?? 0;
  if (guarded.length === 0 || guarded.length !== mentions || !onlyAssignments || clauses > guarded.length) {
    return undefined;
  }
  if (!guarded.includes(need.action.toLowerCase())) return true;
  const limits = [
    ...condition.matchAll(
      /@(?:Request|Resource)\[Microsoft\.Authorization\/roleAssignments:RoleDefinitionId\]\s*(ForAnyOfAnyValues:GuidEquals|ForAnyOfAllValues:GuidNotEquals)\s*\{([^}]*)\}/gi,
    ),
  ].map(([, operator = '', list = '']) => ({
    only: /Equals$/i.test(operator) && !/NotEquals$/i.test(operator),
    roles: list.split(',').map(role => role.trim().toLowerCase()),
  }));
  if (limits.length !== clauses || need.role === undefined) return undefined;
  const role = need.role.toLowerCase();
  const guid = guids.get(role);
  // A role that is not listed above has another id than those that are.
  const known = new Set(guids.values());
  for (const { only, roles } of limits) {
    const listed = guid === undefined ? undefined : roles.includes(guid);
    const allListedKnown = roles.every(one => known.has(one));
    if (listed === undefined && !allListedKnown) return undefined;
    if ((listed ?? false) !== only) return false;
  }
  return true;
}
