import { count } from '@suite/foundation';
import type { GpuSize } from '../sizes.ts';
import type { Finding } from '../verdict.ts';
import type { WorkloadDevice, WorkloadResult } from './result.ts';

export type Sharing = 'none' | 'mig' | 'time-slicing' | 'vgpu' | 'unknown';

/** What the process saw goes before what the cluster says: a slice is one whoever knows of it. */
export function sharingOf({ devices }: WorkloadResult, size: GpuSize | undefined, said: Sharing): Sharing {
  const [device] = devices;
  if (device?.mig === true) return 'mig';
  const isFraction = size?.fraction !== undefined;
  return isFraction || device?.vgpu === true || (device !== undefined && hasProfile(device.name)) ? 'vgpu' : said;
}

/** NVIDIA's names of virtual GPUs end with memory and kind of licence: `NVIDIA A10-8Q`. */
function hasProfile(name: string): boolean {
  return /-\d+[ABCQ]$/.test(name);
}

const shared: Readonly<Record<Exclude<Sharing, 'none' | 'unknown'>, string>> = {
  mig: 'The device is a MIG slice of a GPU',
  'time-slicing': 'Several pods take turns on this GPU (time-slicing)',
  vgpu: 'The device is a virtual GPU',
};

export function describeSharing(sharing: Exclude<Sharing, 'none' | 'unknown'>): string {
  return shared[sharing];
}

/** Driver, devices, and how they are shared. */
export function judgeDevices(result: WorkloadResult, size: GpuSize | undefined, sharing: Sharing): Finding[] {
  const { devices } = result;
  return [
    ...driver(result),
    ...(devices.length === 0 ? [] : [model(devices, size)]),
    ...(sharing === 'none' || sharing === 'unknown'
      ? []
      : [
          {
            check: 'Sharing',
            level: 'fine' as const,
            evidence: `${describeSharing(sharing)}: results are judged, speed is not.`,
          },
        ]),
  ];
}

function driver({ driver: { cuda, version } }: WorkloadResult): Finding[] {
  if (cuda === undefined && version === undefined) return [];
  const evidence = [
    version === undefined ? 'A driver that does not show its version' : `Driver ${version}`,
    cuda === undefined ? '' : `, which runs CUDA up to ${cuda}`,
  ].join('');
  return [{ check: 'Driver', level: 'fine', evidence: `${evidence}.` }];
}

function model(devices: readonly WorkloadDevice[], size: GpuSize | undefined): Finding {
  const check = 'Device';
  const evidence = `The process sees ${count(devices.length, 'device')}: ${devices.map(title).join('; ')}.`;
  const other = devices.find(({ name }) => size?.deviceName.test(name) === false);
  if (other === undefined || size === undefined) return { check, level: 'fine', evidence };
  return {
    check,
    level: 'warning',
    evidence: `${evidence} Machines of ${size.name} have ${size.model}.`,
    remedy: 'Look at the size of the node pool in Azure; figures are compared with those of the size.',
  };
}

function title({ name, uuid, memoryBytes, computeCapability }: WorkloadDevice): string {
  return [
    name,
    memoryBytes === undefined ? undefined : `${(memoryBytes / 2 ** 30).toFixed(1)} GiB`,
    computeCapability === undefined ? undefined : `compute capability ${computeCapability}`,
    uuid,
  ]
    .filter(part => part !== undefined)
    .join(', ');
}
