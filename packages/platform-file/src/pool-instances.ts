import type { Cluster, GpuPool, WorkerPool } from './resolved.ts';

/** One pool of workers as Azure has it: a kind may be several pools, one per zone or color. */
export interface PoolInstance {
  /** What the modules call it: `user`, `usergreen`, `gpu1`. */
  readonly key: string;
  /** What Azure calls it, which is the same unless another tool has made it. At most 12 lower-case letters and digits. */
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
      const color = each.color === 'blue' ? '' : each.color;
      const called = (suffix: string) => ({ key: `${kind}${suffix}`, name: `${each.name}${suffix}` });
      if (!each.perZone) return [{ ...called(color), kind, zones: each.zones, pool: each }];
      return each.zones.map(zone => ({ ...called(`${color}${zone}`), kind, zones: [zone], pool: each }));
    });
  });
}
