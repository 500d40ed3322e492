export type Level = 'quick' | 'standard';

/** What the workload printed, in our words: what it left out or could not find out is undefined. */
export interface WorkloadResult {
  readonly level: Level;
  /** By its own word; the numbers have to bear it out. */
  readonly ok: boolean;
  readonly driver: {
    /** The newest CUDA that the driver runs: `12.8`. */
    readonly cuda: string | undefined;
    /** `570.211.01` */
    readonly version: string | undefined;
  };
  readonly devices: readonly WorkloadDevice[];
  readonly vectorAdd: { readonly elements: number; readonly maxError: number } | undefined;
  readonly matmul: { readonly n: number; readonly maxError: number; readonly tflops: number | undefined } | undefined;
  readonly fp32: { readonly tflops: number } | undefined;
  /** GB/s, 10⁹ bytes; `device` counts what was read and what was written. */
  readonly bandwidth: { readonly [part in BandwidthPart]: number | undefined } | undefined;
  /** `/dev/nvidia0`, `/dev/nvidiactl`, … */
  readonly deviceFiles: readonly string[];
  /** What the device plugin told the container's runtime to show (NVIDIA_VISIBLE_DEVICES); undefined where it told it otherwise. */
  readonly visibleDevices: string | undefined;
  readonly seconds: number | undefined;
  readonly error: WorkloadError | undefined;
}

export type BandwidthPart = 'hostToDevice' | 'deviceToHost' | 'device';

export interface WorkloadDevice {
  readonly index: number;
  /** `GPU-…`, of a slice `MIG-…` */
  readonly uuid: string | undefined;
  /** `Tesla T4` */
  readonly name: string;
  readonly memoryBytes: number | undefined;
  /** `7.5` */
  readonly computeCapability: string | undefined;
  readonly mig: boolean;
  /** A part of a GPU that the hypervisor gives to a machine; undefined where the driver does not say. */
  readonly vgpu: boolean | undefined;
}

export const workloadStages = ['load', 'init', 'device', 'module', 'vectorAdd', 'matmul', 'fp32', 'bandwidth'] as const;
export type WorkloadStage = (typeof workloadStages)[number];

export interface WorkloadError {
  readonly stage: WorkloadStage;
  /** `CUresult` of the driver (cuda.h). */
  readonly code: number | undefined;
  /** `CUDA_ERROR_NO_DEVICE` */
  readonly name: string | undefined;
  readonly message: string;
  /** The stage came to no end in the time that the program gives it. */
  readonly timedOut: boolean;
  /** The stage computed or copied something, and it was wrong. */
  readonly wrongResult: boolean;
}

export type WorkloadOutcome =
  | { readonly kind: 'result'; readonly result: WorkloadResult }
  | { readonly kind: 'isolation'; readonly ok: boolean; readonly deviceFiles: readonly string[] }
  /** Nothing that the workload prints is in the log. `tail`: how it ends, harmless, on one line; empty for an empty log. */
  | { readonly kind: 'none'; readonly tail: string };
