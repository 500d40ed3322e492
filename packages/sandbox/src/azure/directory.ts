import { randomUUID } from 'node:crypto';

/** Trust in tokens of another issuer. All three are compared exactly, letter case included. */
export interface FederatedCredential {
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** An application or a managed identity: whoever can get a token. */
export interface Principal {
  readonly tenant: string;
  readonly name: string;
  /** `appid` of its tokens. */
  readonly clientId: string;
  /** `oid` of its tokens: what role assignments name. */
  readonly objectId: string;
  /** Keyed by name in lower case. */
  readonly credentials: Map<string, FederatedCredential>;
  /** Resource id of a managed identity. */
  readonly resourceId?: string;
}

/** Entra's directory: tenants and who is in them. */
export interface Directory {
  hasTenant(tenant: string): boolean;
  addTenant(tenant: string): void;
  add(principal: {
    tenant: string;
    name: string;
    clientId?: string;
    objectId?: string;
    resourceId?: string;
  }): Principal;
  remove(principal: Principal): void;
  byClientId(tenant: string, clientId: string): Principal | undefined;
  byObjectId(objectId: string): Principal | undefined;
  byResourceId(resourceId: string): Principal | undefined;
  all(): readonly Principal[];
}

export function createDirectory(): Directory {
  const tenants = new Set<string>();
  const principals = new Set<Principal>();
  const find = (test: (principal: Principal) => boolean) => [...principals].find(test);
  return {
    hasTenant: tenant => tenants.has(tenant.toLowerCase()),
    addTenant: tenant => void tenants.add(tenant.toLowerCase()),
    add: ({ tenant, name, clientId = randomUUID(), objectId = randomUUID(), resourceId }) => {
      const principal: Principal = {
        tenant: tenant.toLowerCase(),
        name,
        clientId: clientId.toLowerCase(),
        objectId: objectId.toLowerCase(),
        credentials: new Map(),
        ...(resourceId === undefined ? {} : { resourceId }),
      };
      principals.add(principal);
      return principal;
    },
    remove: principal => void principals.delete(principal),
    byClientId: (tenant, clientId) =>
      find(one => one.clientId === clientId.toLowerCase() && one.tenant === tenant.toLowerCase()),
    byObjectId: objectId => find(one => one.objectId === objectId.toLowerCase()),
    byResourceId: resourceId => find(one => one.resourceId?.toLowerCase() === resourceId.toLowerCase()),
    all: () => [...principals],
  };
}
