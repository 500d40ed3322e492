import { asArray, asObject, asString, mapInParallel, UserError } from '@suite/foundation';
import type { StateResource } from '@suite/terraform';

/** What Azure holds around what goes, that the state does not know. Undefined where it could not be read. */
export interface Surroundings {
  /** In resource groups that go. */
  readonly strangers: readonly string[] | undefined;
  /** That hold for something that goes, and do not go with it. */
  readonly locks: readonly string[] | undefined;
}

export interface SurroundingsReader {
  /** Every page of a collection; none when what it hangs on is not there. */
  list(id: string, apiVersion: string): Promise<readonly unknown[]>;
  findResource(id: string, apiVersion: string): Promise<unknown>;
}

// Of Microsoft.Resources, Microsoft.Authorization and Microsoft.Network.
const resourcesApi = '2021-04-01';
const locksApi = '2020-05-01';
const networkApi = '2025-01-01';

/** `going`: addresses. Reads nothing where nothing goes. */
export async function lookAround(
  going: ReadonlySet<string>,
  recorded: readonly StateResource[],
  reader: SurroundingsReader,
): Promise<Surroundings> {
  const ids = recorded.flatMap(({ address, id }) =>
    going.has(address) && id?.startsWith('/') ? [id.toLowerCase()] : [],
  );
  const groups = recorded.filter(({ type, address }) => type === 'azurerm_resource_group' && going.has(address));
  const [strangers, locks] = await Promise.all([
    readable(async () => {
      const known = recorded.flatMap(({ id }) => (id === undefined ? [] : [id.toLowerCase()]));
      const found = await Promise.all(groups.map(({ id }) => reader.list(`${id}/resources`, resourcesApi)));
      return withoutOurs(idsOf(found.flat()), known, reader);
    }),
    readable(async () => {
      const scopes = new Set(ids.flatMap(id => /^\/subscriptions\/[^/]+(?=\/)/.exec(id)?.[0] ?? []));
      for (const { id } of groups) if (id !== undefined) scopes.add(id);
      const found = await Promise.all(
        [...scopes].map(scope => reader.list(`${scope}/providers/Microsoft.Authorization/locks`, locksApi)),
      );
      const all = [...new Set(idsOf(found.flat()))];
      return all.filter(lock => !ids.includes(lock.toLowerCase()) && ids.some(id => holdsFor(lock.toLowerCase(), id)));
    }),
  ]);
  return { strangers, locks };
}

/** A lock holds for all below its scope; and what is above it cannot be deleted either. */
function holdsFor(lock: string, id: string): boolean {
  const scope = lock.slice(0, lock.lastIndexOf('/providers/microsoft.authorization/locks/'));
  return isWithin(id, scope) || isWithin(scope, id);
}

function isWithin(id: string, scope: string): boolean {
  return id === scope || id.startsWith(`${scope}/`);
}

/** Azure makes network interfaces for private endpoints, which go with them. */
async function withoutOurs(
  found: readonly string[],
  known: readonly string[],
  reader: SurroundingsReader,
): Promise<string[]> {
  const others = found.filter(id => !known.some(own => isWithin(id.toLowerCase(), own) && !isGroup(own)));
  const kept = await mapInParallel(others, 8, async id => {
    if (!/\/networkInterfaces\/[^/]+$/i.test(id)) return [id];
    const { privateEndpoint } = asObject(asObject(await reader.findResource(id, networkApi))['properties']);
    const owner = asString(asObject(privateEndpoint)['id']);
    return owner !== undefined && known.includes(owner.toLowerCase()) ? [] : [id];
  });
  return kept.flat().sort();
}

function isGroup(id: string): boolean {
  return /^\/subscriptions\/[^/]+\/resourcegroups\/[^/]+$/.test(id);
}

function idsOf(items: readonly unknown[]): string[] {
  return asArray(items).flatMap(item => asString(asObject(item)['id']) ?? []);
}

async function readable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
