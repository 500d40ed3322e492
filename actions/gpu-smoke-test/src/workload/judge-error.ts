import { sentenceList } from '@suite/foundation';
import type { GpuSize } from '../sizes.ts';
import type { Finding, Verdict } from '../verdict.ts';
import { replaceNode } from './judge-results.ts';
import type { WorkloadError, WorkloadResult, WorkloadStage } from './result.ts';

interface Judgement {
  readonly verdict: Verdict;
  readonly remedy: string;
  readonly link?: string;
  /** What the code means here, where its own words do not say it. */
  readonly meaning?: string;
}

const failed = (cause: Extract<Verdict, { kind: 'failed' }>['cause']): Verdict => ({ kind: 'failed', cause });

const doing: Readonly<Record<WorkloadStage, string>> = {
  load: 'Loading the driver’s library failed',
  init: 'Starting the driver failed',
  device: 'Looking at the device failed',
  module: 'The driver could not translate the program for the device',
  vectorAdd: 'Adding vectors failed',
  matmul: 'Multiplying matrices failed',
  fp32: 'The loop of multiplications and additions failed',
  bandwidth: 'Copying failed',
};

/** Why the work did not come to its end, and whose matter that is. */
export function judgeError(error: WorkloadError, result: WorkloadResult, size: GpuSize | undefined): Finding {
  const { verdict, remedy, link, meaning } = judge(error, result, size);
  const named = [error.name, error.code].filter(part => part !== undefined).join(', ');
  return {
    check: 'Work on the GPU',
    level: 'bad',
    verdict,
    evidence: [
      `${doing[error.stage]}: ${error.message}${named === '' ? '' : ` (${named})`}`.replace(/[^.!?…]$/, '$&.'),
      meaning,
      surroundings(result),
    ]
      .filter(text => text !== undefined)
      .join(' '),
    remedy,
    ...(link === undefined ? {} : { link }),
  };
}

/** What the container had, which tells a missing device from a missing library. */
function surroundings({ driver: { version }, deviceFiles }: WorkloadResult): string {
  const files = deviceFiles.length === 0 ? 'no device file of NVIDIA' : sentenceList(deviceFiles);
  return `The container has ${files}${version === undefined ? ', and sees no kernel driver' : `; the kernel driver is ${version}`}.`;
}

const lookAtDriver =
  'Look at the driver on the node (`nvidia-smi` in a privileged debug pod, `dmesg` for NVRM and Xid); upgrade the node image (`az aks nodepool upgrade --node-image-only`), or replace the node.';
const lookAtToolkit =
  'Look at the NVIDIA container toolkit of the node: is `nvidia` the default runtime of containerd, or does the pod need the RuntimeClass `nvidia` of the GPU operator? Restart its toolkit pod, or upgrade the node image.';
const lookAtPlugin =
  'Look at the device plugin’s pod on this node and its log: it gave the pod a GPU and did not tell the runtime which. Restart it.';

function judge(error: WorkloadError, result: WorkloadResult, size: GpuSize | undefined): Judgement {
  const { stage, code, timedOut, wrongResult } = error;
  if (wrongResult) return { verdict: failed('hardware'), remedy: replaceNode };
  if (timedOut) {
    return isBeforeWork(stage)
      ? { verdict: failed('driver'), remedy: lookAtDriver }
      : {
          verdict: failed('hardware'),
          remedy: replaceNode,
          meaning: 'A GPU that hangs has usually fallen off the bus.',
        };
  }
  if (code !== undefined) return judgeCode(code, stage, result, size);
  if (stage === 'load') return notGiven(result);
  return {
    verdict: { kind: 'inconclusive', cause: 'unknown' },
    remedy: 'Run the test again. If it fails in the same way, report the message: it is not one of the driver’s.',
  };
}

/** Containers whose devices systemd has taken back ("NVML: Unknown Error", Azure/AKS#3680). */
const lostDevice = 'https://github.com/NVIDIA/nvidia-container-toolkit/issues/1397';

const isBeforeWork = (stage: WorkloadStage) => ['load', 'init', 'device', 'module'].includes(stage);

/** The pod was granted a GPU, and its container lacks the device or the driver's library. */
function notGiven({ deviceFiles, visibleDevices }: WorkloadResult, link?: string): Judgement {
  const hasDevice = deviceFiles.some(file => /^\/dev\/nvidia\d+$/.test(file));
  const isTold = visibleDevices !== undefined && !['void', 'none'].includes(visibleDevices);
  if (hasDevice || isTold) {
    return {
      verdict: failed('toolkit'),
      remedy: lookAtToolkit,
      meaning: hasDevice
        ? 'The device is in the container, what belongs to it is not.'
        : 'The device plugin named a GPU, and the runtime brought none into the container.',
      ...(hasDevice && link !== undefined ? { link } : {}),
    };
  }
  return { verdict: failed('plugin'), remedy: lookAtPlugin };
}

/** Codes of cuda.h that say whose matter they are. */
function judgeCode(code: number, stage: WorkloadStage, result: WorkloadResult, size: GpuSize | undefined): Judgement {
  const isKernelSeen = result.driver.version !== undefined;
  switch (code) {
    case 2: // OUT_OF_MEMORY
    case 46: // DEVICE_UNAVAILABLE
      return {
        verdict: { kind: 'inconclusive', cause: 'busy' },
        remedy: 'Somebody else holds this GPU or its memory: run the test again when it is free.',
      };
    case 34: // STUB_LIBRARY
      return {
        verdict: failed('toolkit'),
        remedy: lookAtToolkit,
        meaning: 'The image’s stub is still where the node’s library should be.',
      };
    case 35: // INSUFFICIENT_DRIVER, of the runtime library
    case 36: // CALL_REQUIRES_NEWER_DRIVER
      return isKernelSeen
        ? {
            verdict: failed('driver'),
            remedy: 'Use an image of a CUDA that this driver runs, or upgrade the node image.',
            link: 'https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html',
          }
        : {
            verdict: failed('toolkit'),
            remedy: lookAtToolkit,
            meaning: 'No kernel driver is to be seen: its libraries were not brought into the container.',
          };
    case 100: // NO_DEVICE
    case 101: // INVALID_DEVICE
      return notGiven(result, lostDevice);
    case 102: // DEVICE_NOT_LICENSED
      return {
        verdict: failed('driver'),
        remedy:
          'The GRID driver has no licence: nodes get it from Azure’s licence server, which firewalls and drivers of others keep away. Let AKS install the driver, and look at `nvidia-gridd` on the node.',
        link: 'https://github.com/Azure/AKS/issues/5875',
      };
    case 3: // NOT_INITIALIZED
    case 200: // INVALID_IMAGE
    case 209: // NO_BINARY_FOR_GPU
    case 218: // INVALID_PTX
    case 222: // UNSUPPORTED_PTX_VERSION
    case 500: // NOT_FOUND
      return { verdict: failed('driver'), remedy: lookAtDriver };
    case 221: // JIT_COMPILER_NOT_FOUND
      return {
        verdict: failed('toolkit'),
        remedy: lookAtToolkit,
        meaning: 'libnvidia-ptxjitcompiler.so.1 was not brought into the container.',
      };
    case 223: // JIT_COMPILATION_DISABLED
      return {
        verdict: { kind: 'blocked', cause: 'configuration' },
        remedy: 'Take CUDA_DISABLE_PTX_JIT out of the image’s environment.',
      };
    case 304: // OPERATING_SYSTEM
    case 800: // NOT_PERMITTED
      return {
        verdict: failed('toolkit'),
        remedy: lookAtToolkit,
        meaning: 'The container may not use the device files that it has.',
        link: lostDevice,
      };
    case 802: // SYSTEM_NOT_READY
      return {
        verdict: failed('driver'),
        remedy:
          'The GPUs of this machine are joined by NVSwitch, and its fabric manager does not run: look at `nvidia-fabricmanager` on the node, whose version must be the driver’s, or replace the node.',
      };
    case 803: // SYSTEM_DRIVER_MISMATCH
      return {
        verdict: failed('driver'),
        remedy:
          'Library and kernel module are of different versions, as after an upgrade of one of them: restart the node, or upgrade its image. With the GPU operator, the pool’s `driver` must be `none`.',
        link: 'https://github.com/Azure/AKS/issues/5869',
      };
    case 804: // COMPAT_NOT_SUPPORTED_ON_DEVICE
      return {
        verdict: { kind: 'blocked', cause: 'configuration' },
        remedy:
          'The image brings CUDA’s compatibility libraries along, which this GPU cannot use: take an image without them.',
        link: 'https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html',
      };
    case 805: // MPS_CONNECTION_FAILED
      return {
        verdict: failed('plugin'),
        remedy: 'The device plugin shares GPUs by MPS, whose daemon does not answer: look at its pod on this node.',
      };
    case 214: // ECC_UNCORRECTABLE
    case 220: // NVLINK_UNCORRECTABLE
    case 226: // CONTAINED
      return { verdict: failed('hardware'), remedy: replaceNode };
    case 999: // UNKNOWN
      return judgeUnknown(stage, result);
    default:
      return judgeOther(code, stage, size);
  }
}

function judgeUnknown(stage: WorkloadStage, { deviceFiles }: WorkloadResult): Judgement {
  if (!isBeforeWork(stage)) return { verdict: failed('hardware'), remedy: replaceNode };
  return deviceFiles.includes('/dev/nvidia-uvm')
    ? { verdict: failed('driver'), remedy: lookAtDriver }
    : { verdict: failed('toolkit'), remedy: lookAtToolkit, meaning: '/dev/nvidia-uvm is not there, which CUDA needs.' };
}

function judgeOther(code: number, stage: WorkloadStage, size: GpuSize | undefined): Judgement {
  // What a program does wrong, which this one does on no sound GPU: addresses, instructions, time.
  if (code >= 700 && code < 800) return { verdict: failed('hardware'), remedy: replaceNode };
  if (!isBeforeWork(stage)) {
    return {
      verdict: { kind: 'inconclusive', cause: 'unknown' },
      remedy: `Look the code up in cuda.h, and at the driver’s messages on the node.`,
    };
  }
  const licence =
    size?.branch.name.startsWith('GRID') === true ? ' GRID drivers need a licence, too: look at `nvidia-gridd`.' : '';
  return { verdict: failed('driver'), remedy: `${lookAtDriver}${licence}` };
}
