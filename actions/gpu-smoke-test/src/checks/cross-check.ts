import type { Finding } from '../verdict.ts';
import type { NodeFacts } from '../watch/facts.ts';
import type { Sharing, WorkloadResult } from '../workload/index.ts';
import { type DcgmSight, driversOf, judgeDcgm, uuidsOf } from './dcgm.ts';
import { judgeConditions } from './node-health.ts';

/** Everybody who counts GPUs, asked about one node. */
export interface Counted {
  /** VM size of the pool. */
  readonly size: string;
  /** What the size has, by Azure's word; undefined where nobody says. */
  readonly gpusOfSize: number | undefined;
  readonly sharing: Sharing;
  readonly node: NodeFacts;
  /** Undefined where the work told nothing. */
  readonly result: WorkloadResult | undefined;
  readonly dcgm: DcgmSight | undefined;
  /** Labels that the pool has by the platform file. */
  readonly labels: Readonly<Record<string, string>>;
}

/** GPUs that the test asks for. */
const asked = 1;

/** Whether all of them tell of the same GPUs. */
export function crossCheck(counted: Counted): readonly Finding[] {
  const { node, dcgm, result } = counted;
  return [
    judgeCapacity(counted),
    judgeAllocatable(node),
    ...(result === undefined ? [] : [judgeSeen(result)]),
    ...judgeUuids(result, dcgm),
    ...judgeDriver(counted),
    ...judgeDcgm(dcgm, counted.gpusOfSize ?? node.capacity),
    ...judgeConditions(node),
    judgeLabels(counted),
  ];
}

/**
 * How the GPUs of a node are divided: GPU feature discovery labels it (NVIDIA/k8s-device-plugin, "GPU Feature Discovery Labels"); where
 * it is not installed, more GPUs than the machine has are slices of time.
 */
export function sharingOf(
  { labels, capacity }: Pick<NodeFacts, 'labels' | 'capacity'>,
  gpusOfSize: number | undefined,
  devices: readonly { readonly mig: boolean }[],
): Sharing {
  if (devices.some(({ mig }) => mig) || /^(?:single|mixed)$/.test(labels['nvidia.com/mig.strategy'] ?? '')) {
    return devices.length > 0 && devices.every(({ mig }) => !mig) ? 'none' : 'mig';
  }
  if (labels['nvidia.com/vgpu.present'] === 'true') return 'vgpu';
  const strategy = labels['nvidia.com/gpu.sharing-strategy'] ?? '';
  if (/^(?:time-slicing|mps)$/.test(strategy)) return 'time-slicing';
  if (gpusOfSize !== undefined && gpusOfSize > 0 && capacity > gpusOfSize) return 'time-slicing';
  if (strategy === 'none' || (gpusOfSize !== undefined && capacity === gpusOfSize)) return 'none';
  return 'unknown';
}

function judgeCapacity({ size, gpusOfSize, sharing, node }: Counted): Finding {
  const check = 'GPUs of the node';
  const { name, capacity } = node;
  if (gpusOfSize === undefined) {
    return { check, level: 'unknown', evidence: `${name} offers ${capacity}; how many ${size} has is not known.` };
  }
  if (sharing === 'mig' || sharing === 'time-slicing' || sharing === 'vgpu') {
    return {
      check,
      level: 'fine',
      evidence: `${name} offers ${capacity}, shared out by ${sharing}, of ${gpusOfSize} that ${size} has.`,
    };
  }
  if (capacity === gpusOfSize) return { check, level: 'fine', evidence: `${name} offers ${capacity}, as ${size} has.` };
  return {
    check,
    level: 'bad',
    verdict: { kind: 'failed', cause: capacity < gpusOfSize ? 'hardware' : 'plugin' },
    evidence: `${name} offers ${capacity} GPUs, ${size} has ${gpusOfSize}.`,
    remedy:
      'Look at the log of the device plugin on this node; a GPU that the driver does not see needs another machine.',
  };
}

function judgeAllocatable({ name, capacity, allocatable }: NodeFacts): Finding {
  const check = 'Allocatable GPUs';
  if (allocatable === capacity) return { check, level: 'fine', evidence: `${name} hands out all ${capacity}.` };
  return {
    check,
    level: 'bad',
    verdict: { kind: 'failed', cause: 'plugin' },
    evidence: `${name} has ${capacity} GPUs and hands out ${allocatable}: the device plugin calls the others unhealthy.`,
    remedy: 'Look at the log of the device plugin on this node, and at the Xid errors.',
    link: 'https://github.com/NVIDIA/gpu-operator/issues/637',
  };
}

function judgeSeen({ devices, error }: WorkloadResult): Finding {
  const check = 'GPUs of the process';
  if (devices.length === asked)
    return { check, level: 'fine', evidence: `The process sees the ${asked} that it asked for.` };
  if (devices.length > asked) {
    return {
      check,
      level: 'bad',
      verdict: { kind: 'failed', cause: 'isolation' },
      evidence: `The process asked for ${asked} GPU and sees ${devices.length}.`,
      remedy:
        'Set `accept-nvidia-visible-devices-envvar-when-unprivileged = false` in the toolkit, and use an image without NVIDIA_VISIBLE_DEVICES.',
    };
  }
  // Why it sees none is told by the judgement of its work.
  return { check, level: 'unknown', evidence: error === undefined ? 'It told of no device.' : 'It came to no device.' };
}

function judgeUuids(result: WorkloadResult | undefined, dcgm: DcgmSight | undefined): readonly Finding[] {
  const seen = (result?.devices ?? []).flatMap(({ uuid, mig }) => (uuid === undefined || mig ? [] : [uuid]));
  if (dcgm === undefined || seen.length === 0) return [];
  const known = new Set(uuidsOf(dcgm));
  if (known.size === 0) return [];
  const strangers = seen.filter(uuid => !known.has(uuid));
  const check = 'Same GPU for all';
  return [
    strangers.length === 0
      ? { check, level: 'fine', evidence: `${seen.join(', ')} is known to DCGM.` }
      : {
          check,
          level: 'warning',
          evidence: `The process ran on ${strangers.join(', ')}, of which ${dcgm.from} knows nothing (it knows ${[...known].join(', ')}).`,
          remedy: 'Restart the exporter of this node: it may have been started before the GPU was there.',
        },
  ];
}

/** A driver that was changed under those who look at it: what they tell may be of the one before, and libraries of both may be about. */
function judgeDriver({ result, dcgm, node }: Counted): readonly Finding[] {
  const own = result?.driver.version;
  const others = [
    ...driversOf(dcgm).map(version => ({ who: dcgm?.from ?? '', version })),
    // GPU feature discovery (NVIDIA/k8s-device-plugin, "GPU Feature Discovery Labels").
    { who: `a label of ${node.name}`, version: node.labels['nvidia.com/cuda.driver-version.full'] },
  ].flatMap(({ who, version }) => (version === undefined ? [] : [{ who, version }]));
  if (own === undefined || others.length === 0) return [];
  const check = 'Same driver for all';
  const strangers = others.filter(({ version }) => version !== own);
  if (strangers.length === 0) return [{ check, level: 'fine', evidence: `${own}, by everybody’s word.` }];
  return [
    {
      check,
      level: 'warning',
      evidence: `The process works with driver ${own}; ${strangers.map(({ who, version }) => `${who} says ${version}`).join('; ')}.`,
      remedy:
        'Restart the pods of the exporter and of the feature discovery on this node; if it stays so, restart the node.',
      link: 'https://github.com/Azure/AKS/issues/5869',
    },
  ];
}

/** AKS and the autoscaler write `accelerator` over; whoever selects by it waits for ever (autoscaler, `azure_template.go`). */
function judgeLabels({ node, labels }: Counted): Finding {
  const check = 'Labels of the node';
  const wrong = Object.entries(labels).filter(([key, value]) => node.labels[key] !== value);
  if (wrong.length === 0) return { check, level: 'fine', evidence: `${node.name} has the labels of its pool.` };
  const told = wrong.map(([key, value]) => `${key} is ${node.labels[key] ?? 'absent'} instead of ${value}`).join('; ');
  return {
    check,
    level: 'warning',
    evidence: `${node.name}: ${told}.`,
    remedy: 'Notebooks that select by such a label find no node: select by another one, or by none.',
  };
}
