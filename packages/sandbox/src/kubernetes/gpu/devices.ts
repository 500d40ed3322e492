import { createHash } from 'node:crypto';

/** What a node's GPUs are, by its VM size. */
export interface GpuModel {
  /** As the driver names it. */
  readonly name: string;
  readonly memoryBytes: number;
  readonly computeCapability: string;
  /** What AKS installs (AgentBaker, `components.json`), and the newest CUDA that it runs. */
  readonly driver: { readonly version: string; readonly cuda: string };
  /** What a healthy one measures: GB/s and TFLOPS. */
  readonly figures: {
    readonly hostToDevice: number;
    readonly device: number;
    readonly fp32: number;
    readonly matmul: number;
  };
}

const gib = 1024 ** 3;
const lts = { version: '580.159.04', cuda: '13.0' };
const grid = { version: '570.211.01', cuda: '12.8' };

const models: readonly (readonly [size: RegExp, model: GpuModel])[] = [
  [/_T4_/, { name: 'Tesla T4', memoryBytes: 15.6 * gib, computeCapability: '7.5', driver: lts, figures: { hostToDevice: 11.9, device: 270, fp32: 7.9, matmul: 1.2 } }],
  [/_A100_/, { name: 'NVIDIA A100 80GB PCIe', memoryBytes: 79.3 * gib, computeCapability: '8.0', driver: lts, figures: { hostToDevice: 24, device: 1650, fp32: 18.9, matmul: 3.4 } }],
  [/_H100_/, { name: 'NVIDIA H100 NVL', memoryBytes: 93.1 * gib, computeCapability: '9.0', driver: lts, figures: { hostToDevice: 51, device: 3100, fp32: 55, matmul: 8.1 } }],
  [/_A10_/, { name: 'NVIDIA A10-24Q', memoryBytes: 24 * gib, computeCapability: '8.6', driver: grid, figures: { hostToDevice: 23, device: 500, fp32: 29, matmul: 3 } }],
]; // biome-ignore format: a table to read across

/** Of a size with GPUs that has no row: a T4's, under a name that says so. */
function modelOf(size: string): GpuModel {
  const found = models.find(([pattern]) => pattern.test(size))?.[1];
  const [, t4] = models[0] as (typeof models)[number];
  return found ?? { ...t4, name: 'NVIDIA GPU' };
}

export interface GpuDevice {
  readonly index: number;
  /** `GPU-` and a uuid, always the same for a node. */
  readonly uuid: string;
  readonly model: GpuModel;
}

/** The GPUs of a node, of which the first `count` are asked for. */
export function devicesOf(node: string, size: string, count: number): readonly GpuDevice[] {
  return Array.from({ length: count }, (_, index) => {
    const hex = createHash('sha256').update(`${node}/${index}`).digest('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)];
    return { index, uuid: `GPU-${parts.join('-')}`, model: modelOf(size) };
  });
}
