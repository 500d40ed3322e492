import type { Cluster, GpuPool, WorkerPool } from './resolved.ts';

/** One pool of workers as Azure has it: a kind may be several pools, one per zone or color. */
export interface PoolInstance {
  /** At most 12 lower-case letters and digits. */
  readonly name: string;
  readonly kind: 'user' | 'gpu';
  readonly zones: readonly string[];
  readonly pool: WorkerPool | GpuPool;
}

/** Every pool of workers, by name: `user`, `gpu`; `user1`, `user2` per zone; `usergreen` for one that was replaced. */
export function poolInstances({ pools }: Pick<Cluster, 'pools'>): PoolInstance[] {
  return (['user', 'gpu'] as const).flatMap(kind => {
    const pool = pools[kind];
    if (pool === undefined) return [];
    return [pool, ...(pool.replacement === undefined ? [] : [pool.replacement])].flatMap(each => {
      const name = each.color === 'blue' ? kind : `${kind}${each.color}`;
      if (!each.perZone) return [{ name, kind, zones: each.zones, pool: each }];
      return each.zones.map(zone => ({ name: `${name}${zone}`, kind, zones: [zone], pool: each }));
    });
  });
}
