import type { ResourceType } from './resource-type.ts';

/** How a type's id in the state differs from that of the resource in Azure. */
export interface OwnId {
  readonly toState: (armId: string) => string;
  readonly toArm: (stateId: string) => string;
}

/** The same type under ids of azurerm's own making. Texts that cannot be imported are told with Azure's id. */
export function withOwnId(type: ResourceType, { toState, toArm }: OwnId): ResourceType {
  return {
    ...type,
    create: async (azure, planned, config) => toState(await type.create(azure, planned, config)),
    read: async (azure, id, state) => {
      const found = await type.read(azure, toArm(id), state);
      return found === undefined ? undefined : { ...found, id };
    },
    update: (azure, id, prior, planned, config) => type.update(azure, toArm(id), prior, planned, config),
    delete: (azure, id, state) => type.delete(azure, toArm(id), state),
    checkImportId: id => type.checkImportId(toArm(id)),
  };
}
