import { isObject } from '@suite/foundation';
import { json, type WorldResponse } from '../../../network/http.ts';
import { isWithin } from '../../access.ts';
import { readGrantConditions } from '../../grant-conditions.ts';
import type { RoleDefinition } from '../../roles.ts';
import type { AccessToken } from '../../tokens.ts';
import { type Body, merge, properties, text } from '../body.ts';
import { ArmError, refusals } from '../errors.ts';
import { nameOf, sameId } from '../ids.ts';
import type { ArmContext, TypeBehaviour } from '../type.ts';

/** An assignment holds from the moment it is written. */
export const roleAssignments: TypeBehaviour = {
  type: 'Microsoft.Authorization/roleAssignments',
  isStateless: true,
  check: ({ context, id, tenant, sent, existing, caller }) => {
    const { principalId, principalType, roleDefinitionId, condition } = properties(sent);
    const role = context.access.roleById(nameOf(text(roleDefinitionId) ?? ''));
    if (role === undefined) {
      const name = nameOf(text(roleDefinitionId) ?? '');
      throw new ArmError(
        400,
        'RoleDefinitionDoesNotExist',
        `The specified role definition with ID '${name}' does not exist.`,
      );
    }
    if (readGrantConditions(text(condition)) === 'unknown') {
      throw new ArmError(
        400,
        'NotPlayed',
        'The sandbox plays conditions about RoleDefinitionId of role assignments only.',
      );
    }
    const granted = [role.name, ...(existing === undefined ? [] : [roleOf(existing.body)])];
    for (const one of granted) demandGrant(context, caller, 'write', one, id);
    const principal = text(principalId) ?? '';
    // A caller that names the type vouches for the principal: it may be too new to be found.
    if (text(principalType) === undefined && context.directory.byObjectId(principal) === undefined) {
      throw new ArmError(
        400,
        'PrincipalNotFound',
        `Principal ${principal.replaceAll('-', '')} does not exist in the directory ${tenant}. Check that you have the correct principal ID. If you are creating this principal and then immediately assigning a role, this error might be related to a replication delay. In this case, set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype`,
      );
    }
    if (existing !== undefined && !isSameAssignment(existing.body, principal, role.name)) {
      throw new ArmError(
        400,
        'RoleAssignmentUpdateNotPermitted',
        'Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
      );
    }
    const twin = context.access
      .assignments()
      .find(
        one =>
          sameId(one.scope, scopeOf(id)) &&
          sameId(one.principalId, principal) &&
          one.role === role.name &&
          !sameId(one.name, nameOf(id)),
      );
    if (twin !== undefined) {
      throw new ArmError(
        409,
        'RoleAssignmentExists',
        `The role assignment already exists. The ID of the conflicting role assignment is ${twin.name.replaceAll('-', '')}.`,
      );
    }
  },
  fill: ({ sent, existing, id, caller, context }) => {
    const now = new Date(context.clock.now()).toISOString();
    const before = properties(existing?.body);
    return merge({ properties: { principalType: 'ServicePrincipal', condition: null } }, sent, {
      properties: {
        scope: scopeOf(id),
        createdOn: before['createdOn'] ?? now,
        updatedOn: now,
        createdBy: before['createdBy'] ?? caller?.objectId ?? '',
        updatedBy: caller?.objectId ?? '',
      },
    });
  },
  stored: (resource, { context }) => {
    const { principalId, condition } = properties(resource.body);
    const grants = readGrantConditions(text(condition));
    context.access.assign({
      name: resource.name,
      scope: scopeOf(resource.id),
      principalId: String(principalId),
      role: roleOf(resource.body),
      ...(grants === undefined || grants === 'unknown' ? {} : { grants }),
    });
  },
  checkDelete: (resource, context, caller) =>
    demandGrant(context, caller, 'delete', roleOf(resource.body), resource.id),
  removed: (resource, { access }) => access.unassign(resource.name),
};

/** The right alone was asked for before; whether its condition holds depends on the role. */
function demandGrant(
  { access }: ArmContext,
  caller: AccessToken | undefined,
  verb: 'write' | 'delete',
  role: string,
  id: string,
): void {
  if (caller === undefined || access.permitsGrant(caller.objectId, verb, role, scopeOf(id))) return;
  throw refusals.unauthorized(caller.clientId, caller.objectId, `Microsoft.Authorization/roleAssignments/${verb}`, id);
}

function roleOf(body: Body): string {
  return nameOf(String(properties(body)['roleDefinitionId'])).toLowerCase();
}

/** Assignments that a scope has, inherits, or holds below it; `$filter` as Azure understands it. */
export function listRoleAssignments(context: ArmContext, scope: string, filter: string | null): WorldResponse {
  const principal = /(?:principalId eq|assignedTo\()\s*'([^']+)'/i.exec(filter ?? '')?.[1];
  const atScope = /atScope\(\)/i.test(filter ?? '');
  const value = context.store
    .all()
    .filter(({ type }) => type === roleAssignments.type)
    .filter(({ id }) => isWithin(scope, scopeOf(id)) || (!atScope && isWithin(scopeOf(id), scope)))
    .filter(({ body }) => principal === undefined || sameId(String(properties(body)['principalId']), principal))
    .map(({ id, name, type, body }) => ({ id, name, type, ...body }));
  return json(200, { value });
}

export function listRoleDefinitions(context: ArmContext, scope: string, filter: string | null): WorldResponse {
  const roleName = /roleName eq '((?:[^']|'')*)'/i.exec(filter ?? '')?.[1]?.replaceAll("''", "'");
  const type = /type eq '(\w+)'/i.exec(filter ?? '')?.[1];
  const value = context.access
    .roles()
    .filter(role => roleName === undefined || sameId(role.roleName, roleName))
    .filter(role => type === undefined || sameId(role.type, type))
    .map(role => showRole(role, scope));
  return json(200, { value });
}

export function getRoleDefinition(context: ArmContext, scope: string, guid: string): WorldResponse {
  const role = context.access.roleById(guid);
  if (role === undefined) {
    throw new ArmError(
      404,
      'RoleDefinitionDoesNotExist',
      `The specified role definition with ID '${guid}' does not exist.`,
    );
  }
  return json(200, showRole(role, scope));
}

export function putRoleDefinition(context: ArmContext, scope: string, guid: string, sent: Body): WorldResponse {
  const { roleName, description, permissions, assignableScopes } = properties(sent);
  const all = Array.isArray(permissions) ? permissions : [];
  const first = isObject(all[0]) ? all[0] : {};
  const strings = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  const name = text(roleName);
  if (name === undefined) throw refusals.badBody();
  if (all.length > 1) throw refusals.noOperation('PUT', `role definition ${name} with several permissions`);
  const before = context.access.roleById(guid);
  const twin = context.access.roleByName(name);
  if (twin !== undefined && !sameId(twin.name, guid)) {
    throw new ArmError(
      409,
      'RoleDefinitionWithSameNameExists',
      `A custom role with the same name already exists in this directory. Use a different name.`,
    );
  }
  const now = new Date(context.clock.now()).toISOString();
  const role: RoleDefinition = {
    name: guid.toLowerCase(),
    roleName: name,
    description: text(description) ?? '',
    type: 'CustomRole',
    actions: strings(first['actions']),
    notActions: strings(first['notActions']),
    dataActions: strings(first['dataActions']),
    notDataActions: strings(first['notDataActions']),
    assignableScopes: strings(assignableScopes).length === 0 ? [scope] : strings(assignableScopes),
    createdOn: before?.createdOn ?? now,
    updatedOn: now,
  };
  context.access.define(role);
  return json(201, showRole(role, scope));
}

/** A role that is assigned somewhere stays. */
export function deleteRoleDefinition(context: ArmContext, scope: string, guid: string): WorldResponse {
  const role = context.access.roleById(guid);
  if (role === undefined) return { status: 204 };
  if (role.type === 'BuiltInRole') {
    throw new ArmError(
      400,
      'CannotDeleteBuiltInRole',
      `The role definition '${guid}' is built in and cannot be deleted.`,
    );
  }
  if (context.access.assignments().some(assignment => assignment.role === role.name)) {
    throw new ArmError(
      400,
      'RoleDefinitionHasAssignments',
      'There are existing role assignments referencing role (code: RoleDefinitionHasAssignments).',
    );
  }
  context.access.undefine(guid);
  return json(200, showRole(role, scope));
}

/** What the caller may do at a scope, role by role. */
export function listPermissions(context: ArmContext, objectId: string, scope: string): WorldResponse {
  return json(200, { value: context.access.rolesAt(objectId, scope).map(permissionOf) });
}

function showRole(role: RoleDefinition, scope: string): object {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(scope)?.[0] ?? '';
  return {
    id: `${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role.name}`,
    type: 'Microsoft.Authorization/roleDefinitions',
    name: role.name,
    properties: {
      roleName: role.roleName,
      type: role.type,
      description: role.description,
      assignableScopes: role.assignableScopes ?? [role.type === 'BuiltInRole' ? '/' : subscription],
      permissions: [permissionOf(role)],
      ...(role.createdOn === undefined ? {} : { createdOn: role.createdOn, updatedOn: role.updatedOn }),
    },
  };
}

function permissionOf({ actions, notActions, dataActions, notDataActions }: RoleDefinition): object {
  return { actions, notActions, dataActions, notDataActions };
}

function scopeOf(id: string): string {
  const scope = id.slice(0, id.toLowerCase().lastIndexOf('/providers/'));
  return scope === '' ? '/' : scope;
}

function isSameAssignment(body: Body, principal: string, role: string): boolean {
  const { principalId, roleDefinitionId } = properties(body);
  return sameId(String(principalId), principal) && sameId(nameOf(String(roleDefinitionId)), role);
}
