import { asObject, type JsonObject } from '@suite/foundation';
import { formatId, type IdKind, type IdParts, parseId } from '../arm/ids.ts';
import { normaliseLocation } from '../schema/plan.ts';
import { azurermSchema } from '../schema/schema.ts';
import type { ObjectValue } from '../schema/values.ts';
import { type ArmResource, armResource } from './arm-resource.ts';
import { checkTable, type Field, type Fields, map, readFields, refuseOthers, text, writeFields } from './fields.ts';
import type { Readable, ResourceType } from './resource-type.ts';

export interface TableResource extends Omit<ArmResource, 'parts' | 'toArm' | 'fromArm'> {
  /** Arguments for the names in the id after the resource group, or after the parent; `name` unless said otherwise. */
  readonly names?: readonly string[];
  /** Names in the id that are always the same: `{ blobServices: 'default' }`. */
  readonly fixed?: IdParts;
  /** The argument that holds the id of what this is a part of. Without it the id starts with `resource_group_name`. */
  readonly parent?: { readonly argument: string; readonly kind: IdKind };
  /** The argument that holds the scope of a scoped kind. */
  readonly scope?: string;
  /** `location` and `tags` are in every table where azurerm has them. */
  readonly fields: Fields;
  /** Arguments that do not go into the body: the type's own code speaks of them. */
  readonly elsewhere?: readonly string[];
  /** The body with what the table cannot say. */
  readonly complete?: (
    body: JsonObject,
    planned: ObjectValue,
    existing: JsonObject | undefined,
    config: ObjectValue,
  ) => JsonObject;
  /** Attributes that the table cannot say. */
  readonly readAlso?: (body: JsonObject, parts: IdParts, state: ObjectValue) => Readable;
}

const location: Field = {
  write: (body, value) => text('location').write?.(body, value),
  read: body => normaliseLocation(String(asObject(body)['location'] ?? '')),
};

/**
 * An {@link armResource} whose arguments are told by a table. It refuses by name whatever azurerm has and the table has not.
 * Throws when the table names an argument that azurerm does not have.
 */
export function tableResource(definition: TableResource): ResourceType {
  const { type, kind, parent, scope, names = ['name'], fixed = {}, elsewhere = [] } = definition;
  const { complete, readAlso } = definition;
  const schema = azurermSchema.resources[type];
  if (schema === undefined) throw new Error(`${type} has no schema in the sandbox`);
  const attributes = schema.block.attributes ?? {};
  const fields: Fields = {
    ...('location' in attributes ? { location } : {}),
    ...('tags' in attributes ? { tags: map('tags') } : {}),
    ...definition.fields,
  };
  checkTable(type, schema.block, fields);
  const segments = kind.segments
    .slice(parent?.kind.segments.length ?? 0)
    .map(([segment]) => segment)
    .filter(segment => fixed[segment] === undefined);
  const owner = parent?.argument ?? scope ?? 'resource_group_name';
  const identifying = ['id', ...names, owner, ...elsewhere];

  return armResource({
    ...definition,
    parts: planned => ({
      ...(parent !== undefined
        ? parseId(parent.kind, String(planned[parent.argument]))
        : { [scope === undefined ? 'resourceGroups' : 'scope']: String(planned[owner]) }),
      ...fixed,
      ...Object.fromEntries(segments.map((segment, index) => [segment, String(planned[names[index] ?? ''])])),
    }),
    toArm: (planned, existing, config) => {
      const body = writeFields(fields, planned, existing ?? { properties: {} });
      return complete?.(body, planned, existing, config) ?? body;
    },
    fromArm: (body, parts, state) => ({
      ...readFields(fields, body),
      ...Object.fromEntries(names.map((name, index) => [name, parts[segments[index] ?? '']])),
      [owner]:
        parent !== undefined ? formatId(parent.kind, parts) : parts[scope === undefined ? 'resourceGroups' : 'scope'],
      ...readAlso?.(body, parts, state),
    }),
    validate: config => [
      ...refuseOthers(type, schema, fields, identifying, config),
      ...(definition.validate?.(config) ?? []),
    ],
  });
}
