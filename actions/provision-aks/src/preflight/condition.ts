import type { RightNeed } from './right-needs.ts';

// Microsoft Learn, "Azure built-in roles": those that our modules assign, and those that conditions forbid.
const guids: Readonly<Record<string, string>> = {
  owner: '8e3af657-a8ff-443c-a75c-2fe8c4bcb635',
  contributor: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
  reader: 'acdd72a7-3385-48ef-bd42-f606fba81ae7',
  'user access administrator': '18d7d88d-d35e-4fb5-a5c3-7773c20a72d9',
  'role based access control administrator': 'f58310d9-a9f6-439a-9e8d-f62e7b41a168',
  'network contributor': '4d97b98b-1d4f-4787-a291-c67834d212e7',
  acrpull: '7f951dda-4ed3-4680-a7ca-43fe172d538d',
  'dns zone contributor': 'befefa01-2a29-4197-83a8-272ff33ce314',
  'private dns zone contributor': 'b12aa53e-6015-4669-85d0-8515ebb3ae7f',
  'key vault secrets user': '4633458b-17de-408a-b874-0445c86b69e6',
  'storage blob data contributor': 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
  'appgw for containers configuration manager': 'fbc52c3f-28ad-4303-a892-8a056630b8f1',
};

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
  const guid = guids[role];
  // A role that is not listed above has another id than those that are.
  const known = new Set(Object.values(guids));
  for (const { only, roles } of limits) {
    const listed = guid === undefined ? undefined : roles.includes(guid);
    const allListedKnown = roles.every(one => known.has(one));
    if (listed === undefined && !allListedKnown) return undefined;
    if ((listed ?? false) !== only) return false;
  }
  return true;
}
