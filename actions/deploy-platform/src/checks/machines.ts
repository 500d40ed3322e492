/** What a VM size has. */
export interface Machine {
  readonly cores: number;
  readonly memoryGiB: number;
  readonly gpus: number;
}

/** Series whose sizes all have the same memory per core (Microsoft Learn, "Sizes for virtual machines in Azure"). */
const series: readonly { readonly pattern: RegExp; readonly gibPerCore: number; readonly upTo: number }[] = [
  { pattern: /^Standard_D(\d+)p?l[a-z]*_v[5-9]$/i, gibPerCore: 2, upTo: 96 },
  { pattern: /^Standard_D(\d+)p?a?d?s?_v[3-9]$/i, gibPerCore: 4, upTo: 96 },
  { pattern: /^Standard_E(\d+)p?a?d?s?_v[3-9]$/i, gibPerCore: 8, upTo: 48 },
  { pattern: /^Standard_F(\d+)s_v2$/i, gibPerCore: 2, upTo: 72 },
];

/** Sizes with GPUs: cores, GiB, GPUs (the same pages). */
const accelerated: Readonly<Record<string, readonly [cores: number, memoryGiB: number, gpus: number]>> = {
  standard_nc4as_t4_v3: [4, 28, 1],
  standard_nc8as_t4_v3: [8, 56, 1],
  standard_nc16as_t4_v3: [16, 110, 1],
  standard_nc64as_t4_v3: [64, 440, 4],
  standard_nc24ads_a100_v4: [24, 220, 1],
  standard_nc48ads_a100_v4: [48, 440, 2],
  standard_nc96ads_a100_v4: [96, 880, 4],
  standard_nc40ads_h100_v5: [40, 320, 1],
  standard_nc80adis_h100_v5: [80, 640, 2],
};

/** Cores, memory and GPUs of a VM size, by its name; undefined for sizes that are not in the table. */
export function machineOf(size: string): Machine | undefined {
  const name = size.toLowerCase();
  const known = Object.hasOwn(accelerated, name) ? accelerated[name] : undefined;
  if (known !== undefined) {
    const [cores, memoryGiB, gpus] = known;
    return { cores, memoryGiB, gpus };
  }
  for (const { pattern, gibPerCore, upTo } of series) {
    const cores = Number(pattern.exec(size)?.[1]);
    if (cores >= 1 && cores <= upTo) return { cores, memoryGiB: cores * gibPerCore, gpus: 0 };
  }
  return undefined;
}

/** What pods may request of a node. CPU in cores, memory in bytes. */
export interface Allocatable {
  readonly cpu: number;
  readonly memory: number;
  readonly gpus: number;
}

// Millicores that AKS keeps of a node with so many cores.
const reservedCpu = [
  [1, 60],
  [2, 100],
  [4, 140],
  [8, 180],
  [16, 260],
  [32, 420],
  [64, 740],
] as const;

/**
 * What AKS leaves of a machine (Microsoft Learn, "Node resource reservations in AKS", 1.29 and later): a table for CPU; of memory
 * the lesser of 20 MB for each pod and 50 MB, or a quarter, and 100 MiB for eviction. AKS's own pods take more of it.
 */
export function allocatableOf({ cores, memoryGiB, gpus }: Machine, maxPods: number): Allocatable {
  const reserved = reservedCpu.findLast(([from]) => from <= cores)?.[1] ?? 0;
  const memory = memoryGiB * 2 ** 30;
  const kept = Math.min((20 * maxPods + 50) * 1e6, memory / 4) + 100 * 2 ** 20;
  return { cpu: cores - reserved / 1000, memory: memory - kept, gpus };
}
