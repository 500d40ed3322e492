import type { Cluster } from '../cluster.ts';
import { at, type Fields, type KubeObject, objects, strings } from '../objects.ts';
import { devicesOf, type GpuDevice } from './devices.ts';
import { type Placed, placeOfPod } from './pods.ts';

/** How a container ends. */
export interface Ending {
  readonly exitCode: number;
  /** All that it prints. */
  readonly log: string;
}

/** The program of GPU smoke tests, wherever it lies in the container. */
const program = /(?:^|\/)smoke\.py$/;

/** Whether a pod runs the smoke test's program. */
function isSmokeTest(pod: KubeObject): boolean {
  return wordsOf(pod).some(word => program.test(word));
}

function wordsOf(pod: KubeObject): readonly string[] {
  return objects(at(pod, 'spec')['containers'])
    .flatMap(one => [...strings(one['command']), ...strings(one['args'])])
    .flatMap(word => word.split(/\s+/));
}

/**
 * What `smoke.py` would print on the node: one line of JSON, and 1 as exit code where the work was not right. Undefined for
 * pods that run something else.
 */
export function endingOf(cluster: Cluster, pod: KubeObject): Ending | undefined {
  if (!isSmokeTest(pod)) return undefined;
  const words = wordsOf(pod);
  const place = placeOfPod(cluster, pod);
  const result = words.includes('--isolation')
    ? isolation(place)
    : work(place, words.includes('quick') ? 'quick' : 'standard');
  return { exitCode: result['ok'] === true ? 0 : 1, log: `${JSON.stringify(result)}\n` };
}

const suite = { suite: 'gpu-smoke', version: 1 };
const controls = ['/dev/nvidia-uvm', '/dev/nvidia-uvm-tools', '/dev/nvidiactl'];
const filesOf = (devices: readonly GpuDevice[]) =>
  devices.length === 0 ? [] : [...devices.map(({ index }) => `/dev/nvidia${index}`), ...controls];

/** What the device plugin tells the runtime: NVIDIA_VISIBLE_DEVICES. */
const visible = (devices: readonly GpuDevice[]) => devices.map(({ uuid }) => uuid).join(',');

/** A pod without a GPU sees none, unless the node gives them to everybody. */
function isolation(place: Placed | undefined): Fields {
  const seen = place?.state === 'extra-devices' ? place.pool.gpus : (place?.gpus ?? 0);
  const deviceFiles = place === undefined ? [] : filesOf(devicesOf(place.node.metadata.name, place.pool.size, seen));
  return { ...suite, mode: 'isolation', ok: deviceFiles.length === 0, deviceFiles };
}

const nothing = { vectorAdd: null, matmul: null, fp32: null, bandwidth: null };

function work(place: Placed | undefined, level: 'quick' | 'standard'): Fields {
  const base = { ...suite, mode: 'work', level };
  const devices = place === undefined ? [] : devicesOf(place.node.metadata.name, place.pool.size, place.gpus);
  const [device] = devices;
  if (place === undefined || device === undefined || place.state === 'no-library') {
    const message = 'libcuda.so.1: cannot open shared object file: No such file or directory';
    const error = { stage: 'load', code: null, name: null, message };
    return {
      ...base,
      ok: false,
      driver: { cuda: null, version: null },
      devices: [],
      ...nothing,
      deviceFiles: [],
      visibleDevices: null,
      seconds: 0.1,
      error,
    };
  }
  const { driver } = device.model;
  if (place.state === 'cuda-insufficient') {
    const message = 'CUDA driver version is insufficient for CUDA runtime version';
    const error = { stage: 'init', code: 35, name: 'CUDA_ERROR_INSUFFICIENT_DRIVER', message };
    return {
      ...base,
      ok: false,
      driver: { cuda: null, version: '470.256.02' },
      devices: [],
      ...nothing,
      deviceFiles: filesOf(devices),
      visibleDevices: visible(devices),
      seconds: 0.2,
      error,
    };
  }
  const isWrong = place.state === 'wrong-result';
  const { figures } = device.model;
  const measured = (figure: number) => Number((place.state === 'slow' ? figure * 0.3 : figure).toFixed(2));
  const isStandard = level === 'standard';
  return {
    ...base,
    ok: !isWrong,
    driver,
    devices: devices.map(({ index, uuid, model: { name, memoryBytes, computeCapability } }) => ({
      index,
      uuid,
      name,
      memoryBytes: Math.round(memoryBytes),
      computeCapability,
      mig: false,
    })),
    vectorAdd: { elements: 1_048_576, maxError: 0 },
    matmul: { n: 1024, maxError: isWrong ? 12.5 : 0, tflops: isStandard ? measured(figures.matmul) : null },
    fp32: isStandard ? { tflops: measured(figures.fp32) } : null,
    bandwidth: isStandard
      ? {
          hostToDevice: measured(figures.hostToDevice),
          deviceToHost: measured(figures.hostToDevice),
          device: measured(figures.device),
        }
      : null,
    deviceFiles: filesOf(devices),
    visibleDevices: visible(devices),
    seconds: isStandard ? 3.1 : 0.9,
    error: isWrong
      ? {
          stage: 'matmul',
          code: null,
          name: null,
          message: 'The product differs from the one of the processor by 12.5.',
          wrongResult: true,
        }
      : null,
  };
}
