import { sentenceList } from '@suite/foundation';
import { azureRoleIds } from '../azure-roles.ts';

/** A role that somebody has, by the ids of all three. */
export interface Assignment {
  readonly name: string;
  readonly scope: string;
  readonly role: string;
  readonly principal: string;
}

/** What was found, or why it may not be read. */
export type Sight<T> =
  | { readonly found: T; readonly why?: undefined }
  | { readonly found?: undefined; readonly why: string };

/** A role by which an identity of the cluster uses a thing that somebody made, in the words of notes. */
export interface UsingRole {
  readonly role: 'AcrPull' | 'Key Vault Secrets User';
  /** As the resource manager lists it. */
  readonly type: string;
  /** As Terraform calls it. */
  readonly resource: string;
  readonly who: string;
  readonly what: string;
  /** What the lines come to without one, a clause. */
  readonly without: string;
}

export const registryUse: UsingRole = {
  role: 'AcrPull',
  type: 'Microsoft.ContainerRegistry/registries',
  resource: 'azurerm_container_registry',
  who: 'Its nodes',
  what: 'registry',
  without: 'one would be made. If there is one, name it under `existing: { registry: … }`.',
};

export const vaultUse: UsingRole = {
  role: 'Key Vault Secrets User',
  type: 'Microsoft.KeyVault/vaults',
  resource: 'azurerm_key_vault',
  who: 'Its Secrets Provider',
  what: 'vault',
  without:
    'the environment would use that of the shared scope. If it has one, name it under `existing: { key-vault: … }`.',
};

/** What an identity may use by the role. */
export interface Reach {
  /** On the thing itself. */
  readonly direct: readonly Assignment[];
  /** On what the thing lies in. */
  readonly wide: readonly Assignment[];
  /** Ids of all things that lie there. */
  readonly below: readonly string[];
  /** Why more was not read, a sentence each. */
  readonly unread: readonly string[];
}

/** What the lines name, and what a person has to know of it. */
export interface Use {
  readonly id?: string;
  /** Name of the assignment that the modules would make, and that Azure takes once only. */
  readonly assignment?: string;
  readonly notes: readonly string[];
}

/** Sorts what somebody may do by whether it is about one thing or all that lie somewhere. */
export function reachOf(
  { role, type }: UsingRole,
  principal: string | undefined,
  assignments: readonly Assignment[],
): Pick<Reach, 'direct' | 'wide'> {
  const given = assignments.filter(one => same(one.principal, principal) && same(one.role, azureRoleIds[role]));
  const isDirect = ({ scope }: Assignment) => scope.toLowerCase().includes(`/providers/${type.toLowerCase()}/`);
  return { direct: given.filter(isDirect), wide: given.filter(one => !isDirect(one)) };
}

/** Which thing is meant, where that can be seen. Nothing is guessed: of several that lie somewhere none is named. Pure. */
export function useOf({ role, who, what, without }: UsingRole, { direct, wide, below, unread }: Reach): Use {
  const [first, ...others] = direct;
  if (first !== undefined) {
    return {
      id: first.scope,
      assignment: first.name,
      notes: others.map(
        ({ scope }) =>
          `${who} may also use ${scope}, by the role ${role} that stays as it is. The lines name ${nameOf(first.scope)}: if the other ${what} is the platform's, name that one.`,
      ),
    };
  }
  const places = sentenceList(wide.map(({ scope }) => scope));
  const [only, ...more] = below;
  if (only !== undefined && more.length === 0) {
    return {
      id: only,
      notes: [
        `${who} may use ${nameOf(only)} by the role ${role} on ${places}. The first apply gives it to them on the ${what} too.`,
      ],
    };
  }
  const why =
    only === undefined
      ? `${who} may use no ${what} by the role ${role} that can be seen`
      : `${who} may use each of ${sentenceList(below.map(nameOf))} by the role ${role} on ${places}, and which is the platform's cannot be seen`;
  return { notes: [`${why}: ${without}`, ...unread.map(reason => `Not looked at for a ${what}: ${reason}`)] };
}

export function nameOf(id: string): string {
  return id.split('/').at(-1) ?? id;
}

export function same(one: string, other: string | undefined): boolean {
  return one.toLowerCase() === other?.toLowerCase();
}
