import { properties } from '../body.ts';
import { sameId, subscriptionOf } from '../ids.ts';
import type { ArmContext } from '../type.ts';
import { parseVmSize } from '../types/vm-size.ts';

/** Cores that a subscription may have where nobody set another limit. */
const standardLimit = 10_000;

const poolType = 'Microsoft.ContainerService/managedClusters/agentPools';

/** Cores over all families of regular machines, and of spot machines of any family. */
export const regionalCores = 'cores';
export const spotCores = 'lowPriorityCores';

export interface Usage {
  readonly limit: number;
  readonly used: number;
}

/**
 * What a subscription may have and has in a region by a quota's name: a family (`standardDDSv5Family`), `cores` or
 * `lowPriorityCores`. Spot machines count by the last one only. `except` is the pool whose own nodes are left out.
 */
export function usageOf(
  { store, quotas }: Pick<ArmContext, 'store' | 'quotas'>,
  subscription: string,
  location: string,
  name: string,
  except = '',
): Usage {
  const limit = quotas.get(`${subscription}/${location}/${name}`.toLowerCase()) ?? standardLimit;
  const used = store
    .all()
    .filter(
      ({ type, id }) => type === poolType && subscriptionOf(id) === subscription.toLowerCase() && !sameId(id, except),
    )
    .filter(({ id }) => sameId(locationOfPool(store, id), location))
    .map(({ body }) => coresOf(properties(body), name))
    .reduce((sum, cores) => sum + cores, 0);
  return { limit, used };
}

/** The quotas that a pool's machines are counted by. */
export function quotasOf(family: string, isSpot: boolean): readonly string[] {
  return isSpot ? [spotCores] : [family, regionalCores];
}

function coresOf(pool: Readonly<Record<string, unknown>>, name: string): number {
  const size = parseVmSize(String(pool['vmSize'] ?? ''));
  if (size === undefined || !quotasOf(size.family, pool['scaleSetPriority'] === 'Spot').some(one => sameId(one, name)))
    return 0;
  return size.cores * Number(pool['count'] ?? 0);
}

function locationOfPool(store: ArmContext['store'], poolId: string): string {
  return String(store.get(poolId.split('/').slice(0, -2).join('/'))?.body['location'] ?? '');
}
