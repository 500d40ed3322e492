import { randomUUID } from 'node:crypto';
import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import type { ObjectValue } from '../schema/values.ts';
import { alreadyExists, doing } from './messages.ts';
import type { ResourceType } from './resource-type.ts';
import { blocks, objectsAt, text, textAt, texts, textsAt } from './shape.ts';

const apiVersion = '2022-05-01-preview';
const middle = '/providers/Microsoft.Authorization/roleDefinitions/';

const lists = [
  ['actions', 'actions'],
  ['data_actions', 'dataActions'],
  ['not_actions', 'notActions'],
  ['not_data_actions', 'notDataActions'],
] as const;

/** The id in the state is `<id in Azure>|<scope>`: Azure knows a definition below the subscription only. */
export const roleDefinition: ResourceType = {
  async create(azure, planned) {
    const scope = String(planned['scope']);
    const guid = text(planned, 'role_definition_id') ?? randomUUID();
    const path = `${scope}${middle}${guid}`;
    const existing = await doing(
      `checking for presence of existing Role Definition ID for ${JSON.stringify(text(planned, 'name') ?? '')} (Scope ${JSON.stringify(scope)})`,
      () => azure.arm.get(path, apiVersion),
    );
    if (existing !== undefined) throw alreadyExists('azurerm_role_definition', `${path}|${scope}`);
    await azure.arm.send({ method: 'PUT', path, apiVersion, body: toArm(planned, {}) });
    return `${textAt(await azure.arm.get(path, apiVersion), 'id')}|${scope}`;
  },

  async read(azure, id) {
    const { scope, guid } = parse(id);
    const body = await doing(`retrieving Role Definition ${id}`, () =>
      azure.arm.get(`${scope}${middle}${guid}`, apiVersion),
    );
    if (body === undefined) return undefined;
    const properties = asObject(body['properties']);
    return {
      id,
      scope,
      role_definition_id: guid,
      role_definition_resource_id: textAt(body, 'id'),
      name: textAt(properties, 'roleName'),
      description: textAt(properties, 'description'),
      assignable_scopes: textsAt(properties, 'assignableScopes'),
      permissions: objectsAt(properties, 'permissions').map(permission =>
        Object.fromEntries(lists.map(([argument, property]) => [argument, textsAt(permission, property)])),
      ),
    };
  },

  async update(azure, id, _prior, planned) {
    const { scope, guid } = parse(id);
    const path = `${scope}${middle}${guid}`;
    const existing = await doing(`retrieving ${id}`, () => azure.arm.get(path, apiVersion));
    if (existing === undefined) throw new ArmError(`retrieving ${id}: model was nil`);
    await doing(`updating ${id}`, () =>
      azure.arm.send({ method: 'PUT', path, apiVersion, body: toArm(planned, existing) }),
    );
  },

  async delete(azure, id) {
    const { scope, guid } = parse(id);
    await azure.arm.run('', { method: 'DELETE', path: `${scope}${middle}${guid}`, apiVersion });
  },

  refine: (_prior, planned) => ({
    problems:
      blocks(planned, 'permissions').length > 1
        ? ['The sandbox plays one `permissions` block of azurerm_role_definition']
        : [],
  }),
  checkImportId: id =>
    id.includes(middle) && id.includes('|') ? undefined : `parsing "${id}": expected <scope>${middle}<guid>|<scope>`,
};

function parse(id: string): { readonly scope: string; readonly guid: string } {
  const [resource = '', scope = ''] = id.split('|');
  return { scope, guid: resource.slice(resource.lastIndexOf('/') + 1) };
}

function toArm(planned: ObjectValue, existing: JsonObject): JsonObject {
  const scopes = texts(planned, 'assignable_scopes');
  return {
    ...existing,
    properties: {
      ...asObject(existing['properties']),
      roleName: text(planned, 'name'),
      description: text(planned, 'description') ?? '',
      type: 'CustomRole',
      assignableScopes: scopes.length === 0 ? [text(planned, 'scope')] : scopes,
      permissions: blocks(planned, 'permissions').map(permission =>
        Object.fromEntries(lists.map(([argument, property]) => [property, texts(permission, argument)])),
      ),
    },
  };
}
