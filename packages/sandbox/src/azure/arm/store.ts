import { randomUUID } from 'node:crypto';
import type { Body } from './body.ts';
import type { Operation } from './operations.ts';

export interface Resource {
  /** In the case of its creation. */
  readonly id: string;
  /** `Microsoft.Network/virtualNetworks`; of groups `Microsoft.Resources/resourceGroups`. */
  readonly type: string;
  readonly name: string;
  body: Body;
  etag: string;
  /** The operation that works on it now. */
  operation?: Operation;
}

/** All resources, resource groups included, in the order of their creation. */
export interface ResourceStore {
  get(id: string): Resource | undefined;
  set(resource: Resource): void;
  delete(id: string): void;
  all(): readonly Resource[];
  /** Everything under an id, at any depth. */
  under(id: string): readonly Resource[];
  /** The direct children of one type (its last segment, e.g. `subnets`). */
  children(id: string, type: string): readonly Resource[];
}

export function createResourceStore(): ResourceStore {
  const resources = new Map<string, Resource>();
  const under = (id: string) => {
    const prefix = `${id.toLowerCase()}/`;
    return [...resources].filter(([key]) => key.startsWith(prefix)).map(([, resource]) => resource);
  };
  return {
    get: id => resources.get(id.toLowerCase()),
    set: resource => void resources.set(resource.id.toLowerCase(), resource),
    delete: id => void resources.delete(id.toLowerCase()),
    all: () => [...resources.values()],
    under,
    children: (id, type) => {
      const prefix = `${id}/${type}/`.toLowerCase();
      return under(id).filter(
        ({ id: child }) => child.toLowerCase().startsWith(prefix) && !child.slice(prefix.length).includes('/'),
      );
    },
  };
}

export function makeEtag(): string {
  return `W/"${randomUUID()}"`;
}
