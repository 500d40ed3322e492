import { asObject, asString } from '@suite/foundation';
import { type Answer, known, mapAnswer } from './answer.ts';
import { type Arm, objects, properties, strings } from './arm.ts';

/** What a role, or a set of roles, permits. Patterns are Azure's: `*` stands for anything. */
export interface Permission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** What may be done with the data that resources hold. */
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
}

/** A role that somebody holds over a scope and everything under it. */
export interface Grant {
  readonly scope: string;
  readonly role: string;
  readonly permissions: readonly Permission[];
  /** Azure's condition on the assignment; undefined without one. */
  readonly condition: string | undefined;
}

/** Actions that are taken from somebody, whatever roles say. */
export interface Denial {
  readonly name: string;
  readonly scope: string;
  readonly permissions: readonly Permission[];
  /** Object ids; all zeros is everybody. */
  readonly principals: readonly string[];
  readonly excluded: readonly string[];
  /** It concerns groups, whose members are not known here. */
  readonly groups: boolean;
  readonly condition: string | undefined;
}

const authorization = '2022-04-01';

/** The object id of a user-assigned identity of the subscription; undefined when it has none with that client id. */
export async function findPrincipal(
  arm: Arm,
  subscription: string,
  clientId: string,
): Promise<Answer<string | undefined>> {
  const answer = await arm.list({
    path: `/subscriptions/${subscription}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`,
    apiVersion: '2024-11-30',
    doing: 'looking for the apply identity',
    right: {
      action: 'Microsoft.ManagedIdentity/userAssignedIdentities/read',
      scope: `/subscriptions/${subscription}`,
    },
  });
  return mapAnswer(answer, items => {
    const own = objects(items).find(
      item => asString(properties(item)['clientId'])?.toLowerCase() === clientId.toLowerCase(),
    );
    return asString(properties(own)['principalId'])?.toLowerCase();
  });
}

/** Every role that the principal holds in the subscription, above it and below it, also through groups. */
export async function readGrants(arm: Arm, subscription: string, principal: string): Promise<Answer<readonly Grant[]>> {
  const scope = `/subscriptions/${subscription}`;
  const assignments = await arm.list({
    path: `${scope}/providers/Microsoft.Authorization/roleAssignments`,
    apiVersion: authorization,
    query: { $filter: `assignedTo('${principal}')` },
    doing: 'asking for the roles of the apply identity',
    right: { action: 'Microsoft.Authorization/roleAssignments/read', scope },
  });
  if (!assignments.known) return assignments;
  const given = objects(assignments.value).map(properties);
  const ids = [...new Set(given.map(({ roleDefinitionId }) => asString(roleDefinitionId) ?? ''))];
  const roles = new Map<string, Omit<Grant, 'scope' | 'condition'>>();
  for (const [index, answer] of (await Promise.all(ids.map(id => readRole(arm, id)))).entries()) {
    if (!answer.known) return answer;
    roles.set(ids[index] ?? '', answer.value);
  }
  return known(
    given.map(({ scope: over, roleDefinitionId, condition }) => ({
      scope: asString(over) ?? '',
      ...(roles.get(asString(roleDefinitionId) ?? '') ?? { role: '', permissions: [] }),
      condition: asString(condition),
    })),
  );
}

function readRole(arm: Arm, id: string): Promise<Answer<Omit<Grant, 'scope' | 'condition'>>> {
  return arm.ask(
    {
      path: id,
      apiVersion: authorization,
      doing: 'asking what the roles of the apply identity permit',
      right: { action: 'Microsoft.Authorization/roleDefinitions/read', scope: id },
    },
    body => {
      const { roleName, permissions } = properties(body);
      return { role: asString(roleName) ?? '', permissions: objects(permissions).map(readPermission) };
    },
  );
}

function readPermission(item: Readonly<Record<string, unknown>>): Permission {
  const [actions, notActions] = [strings(item['actions']), strings(item['notActions'])];
  return {
    actions,
    notActions,
    dataActions: strings(item['dataActions']),
    notDataActions: strings(item['notDataActions']),
  };
}

/** Deny assignments that hold in the subscription or below it. */
export async function readDenials(arm: Arm, subscription: string): Promise<Answer<readonly Denial[]>> {
  const scope = `/subscriptions/${subscription}`;
  const answer = await arm.list({
    path: `${scope}/providers/Microsoft.Authorization/denyAssignments`,
    apiVersion: authorization,
    doing: 'asking for deny assignments',
    right: { action: 'Microsoft.Authorization/denyAssignments/read', scope },
  });
  return mapAnswer(answer, items =>
    objects(items).map((item): Denial => {
      const own = properties(item);
      const principals = objects(own['principals']);
      return {
        name: asString(own['denyAssignmentName']) ?? '',
        scope: asString(own['scope']) ?? '',
        permissions: objects(own['permissions']).map(readPermission),
        principals: principals.flatMap(({ id }) => asString(id)?.toLowerCase() ?? []),
        excluded: objects(own['excludePrincipals']).flatMap(({ id }) => asString(id)?.toLowerCase() ?? []),
        groups: principals.some(({ type }) => asString(type)?.toLowerCase() === 'group'),
        condition: asString(own['condition']),
      };
    }),
  );
}

/** What the caller itself may do at a scope, one entry per role, groups and activated roles included. */
export async function readOwnPermissions(arm: Arm, scope: string): Promise<Answer<readonly Permission[] | undefined>> {
  return arm.find(
    {
      path: `${scope}/providers/Microsoft.Authorization/permissions`,
      apiVersion: authorization,
      doing: `asking for the rights on ${scope}`,
      right: { action: 'Microsoft.Authorization/permissions/read', scope },
    },
    body => objects(asObject(body)['value']).map(readPermission),
  );
}
