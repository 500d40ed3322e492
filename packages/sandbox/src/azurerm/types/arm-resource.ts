import type { JsonObject } from '@suite/foundation';
import { describeId, formatId, type IdKind, type IdParts, parseId } from '../arm/ids.ts';
import type { ObjectValue } from '../schema/values.ts';
import { alreadyExists, doing } from './messages.ts';
import type { Azure, InvalidValue, Readable, Refinement, ResourceType } from './resource-type.ts';

export interface ArmResource {
  readonly type: string;
  readonly kind: IdKind;
  readonly apiVersion: string;
  /** The names in the id, without subscription. */
  readonly parts: (planned: ObjectValue) => IdParts;
  /** The body of the PUT. `existing` is the resource as it is, for an update; `config` also holds what no plan shows. */
  readonly toArm: (planned: ObjectValue, existing: JsonObject | undefined, config: ObjectValue) => JsonObject;
  readonly fromArm: (body: JsonObject, parts: IdParts, state: ObjectValue) => Readable;
  /** Name of the operation in messages; without it the call is one that azurerm takes as final when it answers. */
  readonly operation?: string;
  /** What must not be written at the same time. */
  readonly lock?: (id: string, planned: ObjectValue) => string;
  /** Completes the first PUT with what only Azure knows, such as the location of the resource it is a part of. */
  readonly prepare?: (azure: Azure, planned: ObjectValue, body: JsonObject) => Promise<JsonObject>;
  /** Before the first PUT. */
  readonly beforeCreate?: (azure: Azure, planned: ObjectValue) => Promise<void>;
  readonly afterCreate?: (azure: Azure, id: string, planned: ObjectValue) => Promise<void>;
  readonly afterUpdate?: (azure: Azure, id: string, prior: ObjectValue, planned: ObjectValue) => Promise<void>;
  /** Before the resource itself. */
  readonly beforeDelete?: (azure: Azure, id: string, state: ObjectValue) => Promise<void>;
  readonly afterDelete?: (azure: Azure, id: string, state: ObjectValue) => Promise<void>;
  /** Reads what the resource's own body does not hold. */
  readonly readMore?: (azure: Azure, id: string, body: JsonObject) => Promise<Readable>;
  readonly refine?: (prior: ObjectValue | null, planned: ObjectValue) => Refinement;
  readonly validate?: (config: ObjectValue) => readonly InvalidValue[];
}

/** Name and resource group: the parts of most ids. */
export function namedParts(segment: string): (planned: ObjectValue) => IdParts {
  return planned => ({ resourceGroups: String(planned['resource_group_name']), [segment]: String(planned['name']) });
}

/** A resource that is read, written and deleted whole: GET, PUT, DELETE on its id. */
export function armResource(definition: ArmResource): ResourceType {
  const { kind, apiVersion, operation = '' } = definition;
  const locked = <T>(azure: Azure, id: string, planned: ObjectValue, run: () => Promise<T>): Promise<T> =>
    definition.lock === undefined ? run() : azure.exclusively(definition.lock(id, planned), run);

  return {
    async create(azure, planned, config) {
      const id = formatId(kind, { subscriptions: azure.subscriptionId, ...definition.parts(planned) });
      const what = describeId(kind, id);
      return locked(azure, id, planned, async () => {
        const existing = await doing(`checking for presence of existing ${what}`, () => azure.arm.get(id, apiVersion));
        if (existing !== undefined) throw alreadyExists(definition.type, id);
        await definition.beforeCreate?.(azure, planned);
        const plain = definition.toArm(planned, undefined, config);
        const body = (await definition.prepare?.(azure, planned, plain)) ?? plain;
        await doing(`creating ${what}`, () => azure.arm.run(operation, { method: 'PUT', path: id, apiVersion, body }));
        await definition.afterCreate?.(azure, id, planned);
        return id;
      });
    },

    async read(azure, id, state) {
      const parts = parseId(kind, id);
      if (parts === undefined) throw new Error(`"${id}" is no id of a ${kind.label}`);
      const body = await doing(`retrieving ${describeId(kind, id)}`, () => azure.arm.get(id, apiVersion));
      if (body === undefined) return undefined;
      return {
        ...definition.fromArm(body, parts, state),
        ...(await definition.readMore?.(azure, id, body)),
        id: formatId(kind, parts),
      };
    },

    async update(azure, id, prior, planned, config) {
      const what = describeId(kind, id);
      await locked(azure, id, planned, async () => {
        const existing = await doing(`retrieving ${what}`, () => azure.arm.get(id, apiVersion));
        const body = definition.toArm(planned, existing ?? {}, config);
        await doing(`updating ${what}`, () => azure.arm.run(operation, { method: 'PUT', path: id, apiVersion, body }));
        await definition.afterUpdate?.(azure, id, prior, planned);
      });
    },

    async delete(azure, id, state) {
      await locked(azure, id, state, async () => {
        await definition.beforeDelete?.(azure, id, state);
        await doing(`deleting ${describeId(kind, id)}`, () =>
          azure.arm.run(operation === '' ? '' : 'Delete', { method: 'DELETE', path: id, apiVersion }),
        );
        await definition.afterDelete?.(azure, id, state);
      });
    },

    checkImportId: id => checkId(kind, id),
    ...(definition.refine === undefined ? {} : { refine: definition.refine }),
    ...(definition.validate === undefined ? {} : { validate: definition.validate }),
  };
}

export function checkId(kind: IdKind, id: string): string | undefined {
  if (parseId(kind, id) !== undefined) return undefined;
  const names = Object.fromEntries(kind.segments.map(([segment, title]) => [segment, `<${title}>`]));
  const expected = formatId(kind, {
    subscriptions: '<Subscription>',
    resourceGroups: '<Resource Group Name>',
    scope: '<Scope>',
    ...names,
  });
  return `parsing "${id}": the ID of a ${kind.label} has the form ${expected}`;
}
