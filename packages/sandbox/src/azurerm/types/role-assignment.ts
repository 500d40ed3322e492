import { randomUUID } from 'node:crypto';
import { asObject, type JsonObject } from '@suite/foundation';
import { ArmError } from '../arm/client.ts';
import type { ObjectValue } from '../schema/values.ts';
import { changes } from './changes.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, ResourceType } from './resource-type.ts';
import { flag, objectsAt, text, textAt } from './shape.ts';

const assignmentVersion = '2022-04-01';
const definitionVersion = '2022-05-01-preview';
const middle = '/providers/Microsoft.Authorization/roleAssignments/';
// A new principal reaches Azure's authorisation some time after it was made; azurerm asks until the create timeout.
const principalAttempts = 30;
const principalPauseMs = 2_000;

export const roleAssignment: ResourceType = {
  async create(azure, planned) {
    const scope = String(planned['scope']);
    const roleId = await definitionId(azure, scope, planned);
    const id = `${scope}${middle}${text(planned, 'name') ?? randomUUID()}`;
    const existing = await doing(`checking for presence of existing ${describe(id)}`, () =>
      azure.arm.get(id, assignmentVersion),
    );
    if (existing !== undefined) throw alreadyExists('azurerm_role_assignment', id);
    const condition = text(planned, 'condition');
    const conditionVersion = text(planned, 'condition_version');
    if (condition === undefined && conditionVersion !== undefined) {
      throw new ArmError('`condition_version` should not be set without `condition`');
    }
    await putWhenPrincipalIsKnown(azure, id, {
      properties: {
        roleDefinitionId: roleId,
        principalId: planned['principal_id'],
        description: text(planned, 'description') ?? '',
        principalType:
          text(planned, 'principal_type') ??
          (flag(planned, 'skip_service_principal_aad_check') ? 'ServicePrincipal' : undefined),
        delegatedManagedIdentityResourceId: text(planned, 'delegated_managed_identity_resource_id'),
        ...(condition === undefined ? {} : { condition, conditionVersion: conditionVersion ?? '2.0' }),
      },
    });
    return id;
  },

  async read(azure, id) {
    const body = await doing(`retrieving ${describe(id)}`, () => azure.arm.get(id, assignmentVersion));
    if (body === undefined) return undefined;
    const properties = asObject(body['properties']);
    const roleId = textAt(properties, 'roleDefinitionId');
    const role = await doing(`retrieving Role Definition ${JSON.stringify(roleId)}`, () =>
      azure.arm.send({ method: 'GET', path: roleId, apiVersion: definitionVersion }),
    );
    return {
      id,
      name: textAt(body, 'name') || id.slice(id.lastIndexOf('/') + 1),
      scope: textAt(properties, 'scope') || id.slice(0, id.indexOf(middle)),
      role_definition_id: roleId,
      role_definition_name: textAt(role, 'properties', 'roleName'),
      principal_id: textAt(properties, 'principalId'),
      principal_type: textAt(properties, 'principalType'),
      delegated_managed_identity_resource_id: textAt(properties, 'delegatedManagedIdentityResourceId'),
      description: textAt(properties, 'description'),
      condition: textAt(properties, 'condition'),
      condition_version: textAt(properties, 'conditionVersion'),
    };
  },

  async update(azure, id, prior, planned, config) {
    const existing = await doing(`retrieving ${describe(id)}`, () => azure.arm.get(id, assignmentVersion));
    const condition = text(planned, 'condition');
    const implied = condition === undefined ? undefined : '2.0';
    const conditionVersion =
      text(config, 'condition_version') ??
      (changes(prior, planned, 'condition') ? implied : text(planned, 'condition_version'));
    const body = {
      properties: {
        ...asObject(existing?.['properties']),
        description: text(planned, 'description'),
        condition,
        conditionVersion,
      },
    };
    await doing(`updating ${describe(id)}`, () =>
      azure.arm.send({ method: 'PUT', path: id, apiVersion: assignmentVersion, body }),
    );
  },

  async delete(azure, id) {
    await azure.arm.run('', { method: 'DELETE', path: id, apiVersion: assignmentVersion });
  },

  checkImportId: id => (id.includes(middle) ? undefined : `parsing "${id}": expected <scope>${middle}<name>`),
};

async function definitionId(azure: Azure, scope: string, planned: ObjectValue): Promise<string> {
  const name = text(planned, 'role_definition_name');
  if (name === undefined) return text(planned, 'role_definition_id') ?? '';
  const path = `${scope}/providers/Microsoft.Authorization/roleDefinitions?$filter=roleName eq '${name}'`;
  const found = await doing('listing role definitions', () =>
    azure.arm.send({ method: 'GET', path, apiVersion: definitionVersion }),
  );
  const definitions = objectsAt(found, 'value');
  if (definitions.length !== 1) throw new ArmError(`listing role definitions: could not find role \`${name}\``);
  return textAt(definitions[0], 'id');
}

async function putWhenPrincipalIsKnown(azure: Azure, id: string, body: JsonObject): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await azure.arm.send({ method: 'PUT', path: id, apiVersion: assignmentVersion, body });
      return;
    } catch (error) {
      const isUnknown =
        error instanceof ArmError && error.status === 400 && error.message.includes('PrincipalNotFound');
      if (!isUnknown || attempt === principalAttempts) throw error;
      await azure.pause(principalPauseMs);
    }
  }
}

function describe(id: string): string {
  const at = id.indexOf(middle);
  return `Scoped Role Assignment (Scope: ${JSON.stringify(id.slice(0, at))}\nRole Assignment Name: ${JSON.stringify(id.slice(at + middle.length))})`;
}
