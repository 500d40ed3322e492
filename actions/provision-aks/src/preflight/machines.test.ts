import { describe, expect, test } from '@jest/globals';
import type { ExistingCluster } from './existing.ts';
import type { VmSize } from './ports.ts';
import { type CountedPool, judgeQuota, surgeOf } from './quota.ts';
import { brief, cluster, known, pool, refused, size, subscription, t4, text, usage } from './samples.fixture.ts';
import { judgeSizes, type SizedPool } from './sizes.ts';

describe('sizes', () => {
  const gpu = pool({ name: 'gpu', setting: 'cluster.pools.gpu', size: 'Standard_NC4as_T4_v3', gpu: true });
  const closed = (zones: string[]) => ({ of: 'zones', zones, reason: 'NotAvailableForSubscription' }) as const;
  const whole = (reason: string) => ({ of: 'location', zones: [], reason }) as const;

  test.each<[string, SizedPool, VmSize[], unknown[], RegExp]>([
    [
      'all well',
      pool({ zones: ['1', '3'], hostEncryption: true, ephemeral: true }),
      [size()],
      [['sizes', 'passed']],
      /has all of them/,
    ],
    ['letter case', pool({ size: 'standard_d4DS_v5' }), [size()], [['sizes', 'passed']], /has all/],
    [
      'not offered',
      pool(),
      [t4],
      [['sizes/user/offered', 'blocked', 'cluster.pools.user.size']],
      /westeurope does not offer the size `Standard_D4ds_v5` of pool `user`.*az vm list-skus --location westeurope --size Standard_D/,
    ],
    [
      'closed to the subscription',
      pool(),
      [size({ restrictions: [whole('NotAvailableForSubscription')] })],
      [['sizes/user/restricted', 'blocked', 'cluster.pools.user.size']],
      /may not use.*NotAvailableForSubscription.*Ask for access/,
    ],
    [
      'not of this offer',
      pool(),
      [size({ restrictions: [whole('QuotaId')] })],
      [['sizes/user/restricted', 'blocked', 'cluster.pools.user.size']],
      /QuotaId.*another offer/,
    ],
    [
      'a zone without it',
      pool({ zones: ['1', '2', '3'] }),
      [size({ zones: ['1', '2'] })],
      [['sizes/user/zones', 'blocked', 'cluster.pools.user.zones']],
      /zone 3 does not have it; it can be had in zones 1 and 2\. Write `zones: \[1, 2\]`/,
    ],
    [
      'zones closed to the subscription',
      pool({ zones: ['1', '2', '3'] }),
      [size({ restrictions: [closed(['1', '2'])] })],
      [['sizes/user/zones', 'blocked', 'cluster.pools.user.zones']],
      /zones 1 and 2 are closed to this subscription; it can be had in zone 3/,
    ],
    [
      'a closed zone that nobody wants',
      pool({ zones: ['1'] }),
      [size({ restrictions: [closed(['2'])] })],
      [['sizes', 'passed']],
      /has all/,
    ],
    ['a GPU', gpu, [t4], [['sizes', 'passed']], /has all/],
    ['no GPU', gpu, [{ ...t4, gpus: 0 }], [['sizes/gpu/gpu', 'blocked', 'cluster.pools.gpu.size']], /has no GPU/],
    [
      'no encryption at the host',
      pool({ hostEncryption: true }),
      [size({ encryptionAtHost: false })],
      [['sizes/user/host-encryption', 'blocked', 'cluster.pools.user.host-encryption']],
      /cannot encrypt at the host\. Set `host-encryption: false`/,
    ],
    [
      'no ephemeral disk',
      pool({ ephemeral: true }),
      [size({ ephemeralGb: undefined })],
      [['sizes/user/ephemeral', 'blocked', 'cluster.pools.user.disk-type']],
      /no room for a system disk on the host/,
    ],
    [
      'too small for the disk',
      pool({ ephemeral: true, osDiskGb: 200 }),
      [size()],
      [['sizes/user/ephemeral', 'blocked', 'cluster.pools.user.disk']],
      /has 200 GB, and `Standard_D4ds_v5` has room for 150 GB/,
    ],
  ])('%s', (_, one, sizes, expected, says) => {
    const checks = judgeSizes([one], 'westeurope', known(sizes), undefined);
    expect(brief(checks)).toEqual(expected);
    expect(text(checks)).toMatch(says);
  });

  test('what a pool runs on already is a warning; another size for it is not', () => {
    expect(brief(judgeSizes([pool()], 'westeurope', known([]), cluster()))).toEqual([
      ['sizes/user/offered', 'warning', 'cluster.pools.user.size'],
    ]);
    expect(brief(judgeSizes([pool({ size: 'Standard_D8ds_v5' })], 'westeurope', known([]), cluster()))).toEqual([
      ['sizes/user/offered', 'blocked', 'cluster.pools.user.size'],
    ]);
  });

  test('nobody could say', () => {
    const checks = judgeSizes([pool()], 'westeurope', refused, undefined);
    expect(brief(checks)).toEqual([['sizes/unknown', 'unknown']]);
    expect(text(checks)).toMatch(/may not perform `x\/read`.*Give it a role/);
  });
});

describe('quota', () => {
  const judge = (
    pools: CountedPool[],
    usages: ReturnType<typeof usage>[],
    existing?: ExistingCluster,
    upgrades = false,
  ) =>
    judgeQuota({
      pools,
      location: 'westeurope',
      subscription,
      sizes: known([size(), size({ name: 'Standard_D8ds_v5', cores: 8 }), t4]),
      usages: known(usages),
      existing,
      upgrades,
    });
  const plenty = usage('cores', 0, 1000);
  const family = (current: number, limit: number) => usage('standardDDSv5Family', current, limit);

  // min 1, max 3, surge 33%: 8 vCPUs at once (a node and its surge), 16 at most.
  test.each<[string, CountedPool[], ReturnType<typeof usage>[], ExistingCluster | undefined, unknown[], RegExp]>([
    ['room for the most', [pool()], [plenty, family(0, 16)], undefined, [['quota', 'passed']], /room for all/],
    [
      'not room for the most',
      [pool()],
      [plenty, family(0, 15)],
      undefined,
      [['quota/standardDDSv5Family', 'warning', 'cluster.pools.user.max']],
      /Pool `user` may grow by 16 vCPUs.*15 of 15 left in westeurope.*value=16 --resource-type dedicated/,
    ],
    [
      'exactly what is started',
      [pool()],
      [plenty, family(2, 10)],
      undefined,
      [['quota/standardDDSv5Family', 'warning', 'cluster.pools.user.max']],
      /may grow/,
    ],
    [
      'one short of what is started',
      [pool()],
      [plenty, family(3, 10)],
      undefined,
      [['quota/standardDDSv5Family', 'blocked', 'cluster.pools.user.min']],
      /Pool `user` needs 8 vCPUs of `standardDDSv5Family` \(4 to start nodes, 4 for the surge of an upgrade\).*7 of 10 left.*az quota update --resource-name 'standardDDSv5Family' --scope \/subscriptions\/3+-.*\/locations\/westeurope --limit-object value=19/,
    ],
    [
      'the whole location',
      [pool()],
      [usage('cores', 98, 100), family(0, 100)],
      undefined,
      [['quota/cores', 'blocked', 'cluster.pools.user.min']],
      /2 of 100 left/,
    ],
    [
      'two pools of a family',
      [pool(), pool({ name: 'system', setting: 'cluster.pools.system', min: 2 })],
      [plenty, family(0, 15)],
      undefined,
      [['quota/standardDDSv5Family', 'blocked', 'cluster.pools']],
      /Pools `user` and `system` need 16 vCPUs.*12 to start nodes, 4 for the surge/,
    ],
    [
      'a GPU family without quota',
      [pool({ name: 'gpu', setting: 'cluster.pools.gpu', size: t4.name, min: 0, max: 2, surge: '1' })],
      [plenty, usage('standardNCASv3_T4Family', 0, 0)],
      undefined,
      [['quota/standardNCASv3_T4Family', 'warning', 'cluster.pools.gpu.max']],
      /0 of 0 left.*not a single node will start.*az quota update/,
    ],
    [
      'a GPU node at once without quota',
      [pool({ name: 'gpu', setting: 'cluster.pools.gpu', size: t4.name, min: 1, max: 2, surge: '1' })],
      [plenty, usage('standardNCASv3_T4Family', 0, 0)],
      undefined,
      [['quota/standardNCASv3_T4Family', 'blocked', 'cluster.pools.gpu.min']],
      /needs 8 vCPUs/,
    ],
    [
      'spot counts elsewhere, without surge',
      [pool({ spot: true })],
      [usage('lowPriorityCores', 0, 11), family(0, 0), usage('cores', 0, 0)],
      undefined,
      [['quota/lowPriorityCores', 'warning', 'cluster.pools.user.max']],
      /may grow by 12 vCPUs.*--resource-type lowPriority/,
    ],
    ['nodes that run are counted already', [pool()], [plenty, family(8, 20)], cluster(), [['quota', 'passed']], /room/],
    [
      'only the next upgrade lacks its surge',
      [pool({ max: 2 })],
      [plenty, family(8, 8)],
      cluster(),
      [['quota/standardDDSv5Family', 'warning', 'cluster.pools.user.min']],
      /The next upgrade needs 4 vCPUs/,
    ],
    [
      'a changed size takes twice its nodes',
      [pool({ size: 'Standard_D8ds_v5', max: 2 })],
      [plenty, family(8, 39)],
      cluster(),
      [['quota/standardDDSv5Family', 'blocked', 'cluster.pools.user.min']],
      /32 to start nodes/,
    ],
    [
      'a size that is not there is told elsewhere',
      [pool({ size: 'Standard_Z1' })],
      [],
      undefined,
      [['quota', 'passed']],
      /room/,
    ],
    [
      'a family that Azure does not list',
      [pool()],
      [plenty],
      undefined,
      [['quota/standardDDSv5Family', 'unknown']],
      /lists no quota/,
    ],
  ])('%s', (_, pools, usages, existing, expected, says) => {
    const checks = judge(pools, usages, existing);
    expect(brief(checks)).toEqual(expected);
    expect(text(checks)).toMatch(says);
  });

  test('an upgrade needs its surge now', () => {
    expect(brief(judge([pool({ max: 2 })], [plenty, family(8, 8)], cluster(), true))).toEqual([
      ['quota/standardDDSv5Family', 'blocked', 'cluster.pools.user.min'],
    ]);
  });

  test('nobody could say, once for the same reason', () => {
    const question = { pools: [pool()], location: 'westeurope', subscription, existing: undefined, upgrades: false };
    expect(brief(judgeQuota({ ...question, sizes: refused, usages: refused }))).toEqual([['quota/unknown', 'unknown']]);
    expect(brief(judgeQuota({ ...question, sizes: known([]), usages: refused }))).toEqual([
      ['quota/unknown', 'unknown'],
    ]);
  });

  test.each([
    ['33%', 1, 1],
    ['33%', 10, 4],
    ['100%', 3, 3],
    ['1', 5, 1],
    ['33%', 0, 0],
    ['1', 0, 0],
  ])('a surge of %s over %i nodes is %i', (surge, nodes, expected) => {
    expect(surgeOf(surge, nodes)).toBe(expected);
  });
});
