import { json } from '../../../network/http.ts';
import { isWithin } from '../../access.ts';
import { readBody } from '../resources.ts';
import {
  deleteRoleDefinition,
  getRoleDefinition,
  listPermissions,
  listRoleAssignments,
  listRoleDefinitions,
  putRoleDefinition,
} from '../types/authorization.ts';
import type { EndpointCall, Endpoints } from './endpoint.ts';

export const authorizationEndpoints: Endpoints = {
  'Microsoft.Authorization/roleDefinitions': ({ context, request, demand, id, path, scope }) => {
    const guid = path.names[0];
    if (request.method === 'PUT' && guid !== undefined) {
      demand('Microsoft.Authorization/roleDefinitions/write');
      return readBody(request).then(sent => putRoleDefinition(context, scope, guid, sent));
    }
    if (request.method === 'DELETE' && guid !== undefined) {
      demand('Microsoft.Authorization/roleDefinitions/delete');
      return deleteRoleDefinition(context, scope, guid);
    }
    if (request.method !== 'GET') return undefined;
    demand('Microsoft.Authorization/roleDefinitions/read', guid === undefined ? scope : id);
    return guid === undefined
      ? listRoleDefinitions(context, scope, request.query.get('$filter'))
      : getRoleDefinition(context, scope, guid);
  },

  'Microsoft.Authorization/roleAssignments': ({ context, request, demand, path, scope }) => {
    if (request.method !== 'GET' || path.names.length > 0) return undefined;
    demand('Microsoft.Authorization/roleAssignments/read', scope);
    return listRoleAssignments(context, scope, request.query.get('$filter'));
  },

  'Microsoft.Authorization/permissions': ({ context, caller, scope }) =>
    listPermissions(context, caller.objectId, scope),

  'Microsoft.Authorization/denyAssignments': ({ request, demand, scope, ...call }) => {
    if (request.method !== 'GET') return undefined;
    demand('Microsoft.Authorization/denyAssignments/read', scope);
    return json(200, { value: denyAssignmentsAt({ ...call, scope }) });
  },
};

/** Those that hold at a scope, as Azure shows them. */
function denyAssignmentsAt({ context, scope }: Pick<EndpointCall, 'context' | 'scope'>): readonly object[] {
  return context.access
    .denials()
    .filter(one => isWithin(scope, one.scope))
    .map(({ name, displayName, scope: at, principals, actions }) => ({
      id: `${at}/providers/Microsoft.Authorization/denyAssignments/${name}`,
      type: 'Microsoft.Authorization/denyAssignments',
      name,
      properties: {
        denyAssignmentName: displayName,
        description: '',
        permissions: [{ actions, notActions: [], dataActions: [], notDataActions: [] }],
        scope: at,
        doNotApplyToChildScopes: false,
        principals: principals.map(id => ({ id, type: 'ServicePrincipal' })),
        excludePrincipals: [],
        isSystemProtected: true,
      },
    }));
}
