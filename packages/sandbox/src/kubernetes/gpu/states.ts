/**
 * What a GPU pool goes through when somebody asks it for GPUs, by the rows of the state table that smoke tests are judged by.
 * Each state but the first is one thing that goes wrong; everything before it goes well.
 */
const gpuStates = [
  /** The node comes, offers its GPUs, and work on them is right and fast. */
  'healthy',
  /** The autoscaler finds no pool that would do. */
  'no-scale-up',
  /** The pool has as many nodes as it may have, whatever it has. */
  'max-reached',
  /** The scale-up is triggered, the autoscaler says the opposite afterwards, and the node comes all the same. */
  'contradicted',
  /** Azure refuses the machine: no quota. */
  'quota',
  /** Azure refuses the machine: none left in the region. */
  'capacity',
  /** The machine is made and never becomes a node. */
  'never-joins',
  /** The node is ready, and nobody offers its GPUs. */
  'no-plugin',
  /** The device plugin runs, and finds no GPU. */
  'zero-devices',
  /** The image is not to be had. */
  'unpullable',
  /** The pod gets no sandbox: the container runtime cannot talk to the driver. */
  'sandbox-error',
  /** The container is not made: its devices are unknown to the runtime. */
  'cdi-error',
  /** The container does not start: library and kernel module of the driver differ. */
  'driver-mismatch',
  /** The driver is too old for the CUDA that is asked of it. */
  'cuda-insufficient',
  /** The process finds no driver at all. */
  'no-library',
  /** The work is done, and its result is wrong. */
  'wrong-result',
  /** The work is right, and takes three times as long. */
  'slow',
  /** Pods that ask for no GPU see some. */
  'extra-devices',
  /** Azure takes the machine back while the work runs. */
  'evicted',
  /** The driver reported an Xid. */
  'xid',
  /** Notebooks of others hold all GPUs that the pool may have. */
  'busy',
] as const;

export type GpuState = (typeof gpuStates)[number];

/** What pools play, by their names. */
export interface GpuScripts {
  of(pool: string): GpuState;
  set(pool: string, state: GpuState): void;
  /** Every pool that has none of its own. */
  setAll(state: GpuState): void;
}

export function createGpuScripts(): GpuScripts {
  const own = new Map<string, GpuState>();
  let others: GpuState = 'healthy';
  return {
    of: pool => own.get(pool) ?? others,
    set: (pool, state) => void own.set(pool, state),
    setAll: state => {
      own.clear();
      others = state;
    },
  };
}
