import { sentenceList } from '@suite/foundation';
import type { Finding } from '../verdict.ts';
import type { Sample } from './metrics.ts';
import { hardwareXid } from './xid.ts';

/** What the exporter of one node tells; undefined where none answers. */
export interface DcgmSight {
  /** `gpu-operator/nvidia-dcgm-exporter-x7k2p:9400`, for a person who wants to look. */
  readonly from: string;
  readonly samples: readonly Sample[];
}

const hardware = { kind: 'failed', cause: 'hardware' } as const;

/** UUIDs of the GPUs that have series. Those of MIG slices come with the UUID of their GPU. */
export function uuidsOf({ samples }: DcgmSight): readonly string[] {
  const uuids = samples.filter(({ name }) => name.startsWith('DCGM_')).flatMap(({ labels }) => labels['UUID'] ?? []);
  return [...new Set(uuids)].sort();
}

/** Versions of the driver that its series are labelled with (dcgm-exporter, `DCGM_FI_DRIVER_VERSION`). */
export function driversOf(sight: DcgmSight | undefined): readonly string[] {
  const versions = (sight?.samples ?? []).flatMap(({ labels }) => labels['DCGM_FI_DRIVER_VERSION'] ?? []);
  return [...new Set(versions)].filter(version => version !== '').sort();
}

/** The GPU's own account of its health. Where nobody reports, that is unknown and not fine. */
export function judgeDcgm(sight: DcgmSight | undefined, capacity: number): readonly Finding[] {
  if (sight === undefined) {
    return [
      {
        check: 'DCGM',
        level: 'unknown',
        evidence:
          'No DCGM exporter answers for this node (port 9400 of its pods or service, 19400 of the node): Xid and ECC errors and throttling stay unknown.',
        remedy: 'Install dcgm-exporter, with the GPU operator or by itself.',
      },
    ];
  }
  const uuids = uuidsOf(sight);
  const count: Finding =
    uuids.length === 0 || uuids.length === capacity
      ? {
          check: 'DCGM series',
          level: uuids.length === 0 ? 'unknown' : 'fine',
          evidence:
            uuids.length === 0
              ? `${sight.from} has no series of a GPU.`
              : `${sight.from} has series of ${uuids.length} of ${capacity} GPUs.`,
        }
      : {
          check: 'DCGM series',
          level: uuids.length < capacity ? 'warning' : 'fine',
          evidence: `${sight.from} has series of ${uuids.length} GPUs, the node offers ${capacity}.`,
        };
  return [count, ...judgeXid(sight), judgeMemory(sight, ecc), judgeMemory(sight, remapping), judgeThrottling(sight)];
}

function judgeXid({ samples, from }: DcgmSight): readonly Finding[] {
  const xids = samples.filter(({ name }) => name === 'DCGM_FI_DEV_XID_ERRORS' || name === 'DCGM_EXP_XID_ERRORS_COUNT');
  // Newer exporters make the series with the first error, so an absent one says nothing either way.
  if (xids.length === 0)
    return [{ check: 'Xid errors', level: 'unknown', evidence: `${from} has no series of Xid errors.` }];
  const bad = xids.flatMap(({ name, value, labels }) => {
    const number = name === 'DCGM_FI_DEV_XID_ERRORS' ? value : Number(labels['xid'] ?? 0);
    return number > 0 && value > 0 ? [{ number, uuid: labels['UUID'] ?? 'a GPU' }] : [];
  });
  if (bad.length === 0) return [{ check: 'Xid errors', level: 'fine', evidence: 'none since the exporter began' }];
  return bad.map(({ number, uuid }): Finding => {
    const meaning = hardwareXid(number);
    return meaning === undefined
      ? {
          check: 'Xid errors',
          level: 'warning',
          evidence: `${uuid}: the last Xid error is ${number}, most often the fault of a program.`,
          link: 'https://docs.nvidia.com/deploy/xid-errors/',
        }
      : {
          check: 'Xid errors',
          level: 'bad',
          verdict: hardware,
          evidence: `${uuid}: Xid ${number}, ${meaning}.`,
          remedy:
            'Drain the node and delete its machine, so that Azure gives another one; report it when it comes again.',
          link: 'https://docs.nvidia.com/deploy/xid-errors/',
        };
  });
}

/** Errors that were not corrected, since the driver was loaded. The exporter's default counters leave them out. */
const ecc = {
  check: 'ECC errors',
  series: 'DCGM_FI_DEV_ECC_DBE_VOL_TOTAL',
  absent: 'has no series of ECC errors (DCGM_FI_DEV_ECC_DBE_VOL_TOTAL).',
  none: 'none that was not corrected',
};
/** Rows of memory that broke and cannot be exchanged for spare ones any more. */
const remapping = {
  check: 'Row remapping',
  series: 'DCGM_FI_DEV_ROW_REMAP_FAILURE',
  absent: 'has no series of row remapping, which GPUs before Ampere do not do.',
  none: 'none that failed',
};

function judgeMemory({ samples, from }: DcgmSight, { check, series, absent, none }: typeof ecc): Finding {
  const told = samples.filter(({ name }) => name === series);
  if (told.length === 0) return { check, level: 'unknown', evidence: `${from} ${absent}` };
  const bad = told.filter(({ value }) => value > 0);
  if (bad.length === 0) return { check, level: 'fine', evidence: none };
  return {
    check,
    level: 'bad',
    verdict: hardware,
    evidence: bad.map(({ value, labels }) => `${labels['UUID'] ?? 'a GPU'}: ${series} is ${value}`).join('; '),
    remedy: 'Drain the node and delete its machine, so that Azure gives another one.',
  };
}

/** Bits of NVML's clock event reasons (nvml.h, nvmlClocksEventReason*): those that say that something is wrong. */
const throttles: readonly (readonly [bit: number, name: string])[] = [
  [0x8, 'hardware slowdown'],
  [0x40, 'hardware thermal slowdown'],
  [0x80, 'hardware power brake'],
  [0x20, 'software thermal slowdown'],
];

function judgeThrottling({ samples, from }: DcgmSight): Finding {
  const check = 'Throttling';
  const series = samples.filter(({ name }) => /^DCGM_FI_DEV_CLOCK(?:S_EVENT|_THROTTLE)_REASONS$/.test(name));
  if (series.length === 0) return { check, level: 'unknown', evidence: `${from} has no series of clock reasons.` };
  const bad = series.flatMap(({ value, labels }) => {
    const names = throttles.filter(([bit]) => (BigInt(Math.trunc(value)) & BigInt(bit)) !== 0n).map(([, name]) => name);
    return names.length === 0 ? [] : [`${labels['UUID'] ?? 'a GPU'}: ${sentenceList(names)}`];
  });
  return bad.length === 0
    ? { check, level: 'fine', evidence: 'no slowdown for heat or power faults' }
    : {
        check,
        level: 'warning',
        evidence: bad.join('; '),
        remedy: 'A machine that stays so hot or short of power should be exchanged.',
      };
}
