import { randomUUID } from 'node:crypto';
import { allowsGrant, type GrantConditions } from './grant-conditions.ts';
import { builtInRoles, platformReader, type RoleDefinition } from './roles.ts';

/** A role given to somebody over a scope and everything under it. */
export interface RoleAssignment {
  /** GUID, the last segment of its id. */
  readonly name: string;
  /** Resource id, group id, subscription id or `/`. */
  readonly scope: string;
  /** Object id. */
  readonly principalId: string;
  /** GUID of the role definition. */
  readonly role: string;
  /** Roles that it lets its holder assign and take away; all where it has no condition. */
  readonly grants?: GrantConditions;
}

/** A deny assignment: rights that its principals do not have over a scope. */
export interface Denial {
  /** GUID, the last segment of its id. */
  readonly name: string;
  readonly displayName: string;
  readonly scope: string;
  /** Object ids. */
  readonly principals: readonly string[];
  readonly actions: readonly string[];
}

/** Who may do what: Azure's role-based access control. Changes hold from the next request on. */
export interface AccessControl {
  readonly assignments: () => readonly RoleAssignment[];
  readonly roles: () => readonly RoleDefinition[];
  assign(assignment: RoleAssignment): void;
  unassign(name: string): void;
  /** Drops the assignments at or under a scope that ceased to exist. */
  unassignUnder(scope: string): void;
  define(role: RoleDefinition): void;
  undefine(name: string): void;
  roleByName(roleName: string): RoleDefinition | undefined;
  roleById(guid: string): RoleDefinition | undefined;
  /** Whether `objectId` may perform an action (`Microsoft.X/type/read`) or data action over a scope. */
  permits(objectId: string, action: string, scope: string, kind?: 'control' | 'data'): boolean;
  /** Whether `objectId` may assign a role, or take it away, over a scope: conditions of its own assignments count. */
  permitsGrant(objectId: string, verb: 'write' | 'delete', role: string, scope: string): boolean;
  /** Takes rights away, whatever roles give. */
  deny(denial: Denial): void;
  denials(): readonly Denial[];
  /** What keeps somebody from an action over a scope, if anything does. */
  denialOf(objectId: string, action: string, scope: string): Denial | undefined;
  /** The definitions that hold for `objectId` at a scope. */
  rolesAt(objectId: string, scope: string): readonly RoleDefinition[];
}

export function createAccessControl(): AccessControl {
  const roles = new Map([...builtInRoles, platformReader].map(role => [role.name, role]));
  const assignments = new Map<string, RoleAssignment>();
  const denials: Denial[] = [];

  const assignmentsAt = (objectId: string, scope: string) =>
    [...assignments.values()].filter(
      assignment => assignment.principalId === objectId.toLowerCase() && isWithin(scope, assignment.scope),
    );
  const rolesAt: AccessControl['rolesAt'] = (objectId, scope) =>
    assignmentsAt(objectId, scope).flatMap(assignment => roles.get(assignment.role) ?? []);
  const gives = (role: RoleDefinition, action: string) =>
    matchesAny(role.actions, action) && !matchesAny(role.notActions, action);

  return {
    assignments: () => [...assignments.values()],
    roles: () => [...roles.values()],
    assign: assignment => {
      const lower = { principalId: assignment.principalId.toLowerCase(), role: assignment.role.toLowerCase() };
      assignments.set(assignment.name.toLowerCase(), { ...assignment, ...lower });
    },
    unassign: name => void assignments.delete(name.toLowerCase()),
    unassignUnder: scope => {
      for (const [name, assignment] of assignments) if (isWithin(assignment.scope, scope)) assignments.delete(name);
    },
    deny: denial => void denials.push(denial),
    denials: () => denials,
    denialOf: (objectId, action, scope) =>
      denials.find(
        denial =>
          denial.principals.some(principal => principal.toLowerCase() === objectId.toLowerCase()) &&
          isWithin(scope, denial.scope) &&
          matchesAny(denial.actions, action),
      ),
    undefine: name => void roles.delete(name.toLowerCase()),
    define: role => void roles.set(role.name.toLowerCase(), role),
    roleByName: roleName => [...roles.values()].find(role => role.roleName.toLowerCase() === roleName.toLowerCase()),
    roleById: guid => roles.get(guid.toLowerCase()),
    rolesAt,
    permits: (objectId, action, scope, kind = 'control') =>
      rolesAt(objectId, scope).some(role =>
        kind === 'control'
          ? gives(role, action)
          : matchesAny(role.dataActions, action) && !matchesAny(role.notDataActions, action),
      ),
    permitsGrant: (objectId, verb, role, scope) =>
      assignmentsAt(objectId, scope).some(({ role: held, grants }) => {
        const definition = roles.get(held);
        if (definition === undefined || !gives(definition, `Microsoft.Authorization/roleAssignments/${verb}`))
          return false;
        return grants === undefined || allowsGrant(grants, verb, role);
      }),
  };
}

/** A role of the user's own making; names and actions as Azure writes them. */
export function customRole(role: {
  roleName: string;
  description?: string;
  actions?: readonly string[];
  notActions?: readonly string[];
  dataActions?: readonly string[];
}): RoleDefinition {
  const { roleName, description = '', actions = [], notActions = [], dataActions = [] } = role;
  return {
    name: randomUUID(),
    roleName,
    description,
    type: 'CustomRole',
    actions,
    notActions,
    dataActions,
    notDataActions: [],
  };
}

/** Whether a scope lies at or under another one; letter case does not count in ids. */
export function isWithin(scope: string, outer: string): boolean {
  const [inside, around] = [scope.toLowerCase(), outer.toLowerCase().replace(/\/$/, '')];
  return inside === around || inside.startsWith(`${around}/`);
}

const patterns = new Map<string, RegExp>();

function matchesAny(all: readonly string[], action: string): boolean {
  return all.some(pattern => toRegExp(pattern).test(action));
}

function toRegExp(pattern: string): RegExp {
  let known = patterns.get(pattern);
  if (known === undefined) {
    known = new RegExp(`^${pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`, 'i');
    patterns.set(pattern, known);
  }
  return known;
}
