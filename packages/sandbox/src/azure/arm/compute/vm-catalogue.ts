import { parseVmSize } from '../types/vm-size.ts';

/** What Compute knows of a VM size; memory and disks in the units of its `capabilities`. */
export interface VmSizeFacts {
  readonly name: string;
  /** By which quotas count: `standardDDSv5Family`. */
  readonly family: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly gpus: number;
  /** Temporary disk in MiB, 0 where there is none. */
  readonly temporaryDiskMb: number;
  /** Cache in bytes; absent where the size has none. */
  readonly cacheBytes?: number;
  /** Local NVMe disk in MiB, where an ephemeral OS disk can lie too. */
  readonly nvmeDiskMb?: number;
}

/** Series whose sizes differ in cores only: memory in GiB, temporary disk in MiB and cache in GiB per core. */
interface Series {
  readonly pattern: (cores: number) => string;
  readonly cores: readonly number[];
  readonly memoryGb: number;
  readonly temporaryDiskMb: number;
  readonly cacheGb?: number;
  readonly nvmeDiskMb?: number;
}

const upTo96 = [2, 4, 8, 16, 32, 48, 64, 96];
const series: readonly Series[] = [
  { pattern: n => `Standard_D${n}s_v3`, cores: [2, 4, 8, 16, 32, 48, 64], memoryGb: 4, temporaryDiskMb: 8192, cacheGb: 25 },
  { pattern: n => `Standard_D${n}s_v5`, cores: upTo96, memoryGb: 4, temporaryDiskMb: 0 },
  { pattern: n => `Standard_D${n}as_v5`, cores: upTo96, memoryGb: 4, temporaryDiskMb: 0 },
  { pattern: n => `Standard_D${n}ds_v5`, cores: upTo96, memoryGb: 4, temporaryDiskMb: 38_400 },
  { pattern: n => `Standard_D${n}ads_v5`, cores: upTo96, memoryGb: 4, temporaryDiskMb: 38_400 },
  { pattern: n => `Standard_D${n}s_v6`, cores: upTo96, memoryGb: 4, temporaryDiskMb: 0 },
  { pattern: n => `Standard_D${n}ds_v6`, cores: upTo96, memoryGb: 4, temporaryDiskMb: 0, nvmeDiskMb: 56_320 },
  { pattern: n => `Standard_E${n}s_v5`, cores: upTo96, memoryGb: 8, temporaryDiskMb: 0 },
  { pattern: n => `Standard_E${n}ds_v5`, cores: upTo96, memoryGb: 8, temporaryDiskMb: 38_400 },
  { pattern: n => `Standard_E${n}ads_v5`, cores: upTo96, memoryGb: 8, temporaryDiskMb: 38_400 },
  { pattern: n => `Standard_F${n}s_v2`, cores: [2, 4, 8, 16, 32, 48, 64, 72], memoryGb: 2, temporaryDiskMb: 8192, cacheGb: 16 },
]; // biome-ignore format: a table to read across

type Accelerated = readonly [name: string, memoryGb: number, gpus: number, temporaryDiskMb: number, cacheGb?: number];

const accelerated: readonly Accelerated[] = [
  ['Standard_NC4as_T4_v3', 28, 1, 180_224, 144],
  ['Standard_NC8as_T4_v3', 56, 1, 360_448, 288],
  ['Standard_NC16as_T4_v3', 110, 1, 360_448, 288],
  ['Standard_NC64as_T4_v3', 440, 4, 2_883_584, 2304],
  ['Standard_NC24ads_A100_v4', 220, 1, 65_536, 256],
  ['Standard_NC48ads_A100_v4', 440, 2, 131_072, 512],
  ['Standard_NC96ads_A100_v4', 880, 4, 262_144, 1024],
  ['Standard_NC40ads_H100_v5', 320, 1, 131_072],
  ['Standard_NC80adis_H100_v5', 640, 2, 262_144],
  ['Standard_NV36ads_A10_v5', 440, 1, 737_280],
  ['Standard_NV72ads_A10_v5', 880, 2, 1_474_560],
  ['Standard_ND96isr_H100_v5', 1900, 8, 1_024_000],
];

const gib = 1024 ** 3;

/**
 * The sizes that the sandbox's regions offer: those of the platform and their neighbours (Microsoft Learn, "Sizes for virtual
 * machines"; AKS reads the same capabilities).
 */
export const vmCatalogue: ReadonlyMap<string, VmSizeFacts> = new Map(
  [
    ...series.flatMap(({ pattern, cores, memoryGb, temporaryDiskMb, cacheGb, nvmeDiskMb }) =>
      cores.map(n => ({
        ...named(pattern(n)),
        memoryGb: n * memoryGb,
        gpus: 0,
        temporaryDiskMb: n * temporaryDiskMb,
        ...(cacheGb === undefined ? {} : { cacheBytes: n * cacheGb * gib }),
        ...(nvmeDiskMb === undefined ? {} : { nvmeDiskMb: n * nvmeDiskMb }),
      })),
    ),
    ...accelerated.map(([name, memoryGb, gpus, temporaryDiskMb, cacheGb]) => ({
      ...named(name),
      memoryGb,
      gpus,
      temporaryDiskMb,
      ...(cacheGb === undefined ? {} : { cacheBytes: cacheGb * gib }),
    })),
  ].map(facts => [facts.name.toLowerCase(), facts]),
);

export function findVmSize(name: string): VmSizeFacts | undefined {
  return vmCatalogue.get(name.toLowerCase());
}

/** Bytes that an ephemeral OS disk can have on this size; 0 where it has no place for one. */
export function ephemeralBytes({ cacheBytes = 0, temporaryDiskMb, nvmeDiskMb = 0 }: VmSizeFacts): number {
  return Math.max(cacheBytes, Math.max(temporaryDiskMb, nvmeDiskMb) * 1024 ** 2);
}

function named(name: string): Pick<VmSizeFacts, 'name' | 'family' | 'cores'> {
  const size = parseVmSize(name);
  if (size === undefined) throw new Error(`${name} is no name of a VM size.`);
  return { name, ...size };
}
