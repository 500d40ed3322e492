import { describe, expect, test } from '@jest/globals';
import { decide } from '../decide.ts';
import { type Finding, verdictText } from '../verdict.ts';
import { node as plainNode } from '../watch/played.fixture.ts';
import type { WorkloadDevice, WorkloadResult } from '../workload/index.ts';
import { type Counted, crossCheck, sharingOf } from './cross-check.ts';
import type { DcgmSight } from './dcgm.ts';
import { parseMetrics } from './metrics.ts';

const uuid = 'GPU-11111111-2222-3333-4444-555555555555';
const other = 'GPU-99999999-2222-3333-4444-555555555555';

function sightOf(page: string): DcgmSight {
  return { from: 'gpu-operator/nvidia-dcgm-exporter-x:9400', samples: parseMetrics(page) };
}

const series = (name: string, value: number, of = uuid) =>
  `${name}{gpu="0",UUID="${of}",device="nvidia0",modelName="Tesla T4",DCGM_FI_DRIVER_VERSION="580.159.04",Hostname="${plainNode.name}"} ${value}\n`;
const healthy =
  `# HELP DCGM_FI_DEV_GPU_TEMP GPU temperature (in C).\n# TYPE DCGM_FI_DEV_GPU_TEMP gauge\n${series('DCGM_FI_DEV_GPU_TEMP', 31)}` +
  series('DCGM_FI_DEV_XID_ERRORS', 0) +
  series('DCGM_FI_DEV_ECC_DBE_VOL_TOTAL', 0) +
  series('DCGM_FI_DEV_ROW_REMAP_FAILURE', 0) +
  series('DCGM_FI_DEV_CLOCKS_EVENT_REASONS', 1);

const device = {
  index: 0,
  uuid,
  name: 'Tesla T4',
  memoryBytes: 16e9,
  computeCapability: '7.5',
  mig: false,
} as WorkloadDevice;
const result = {
  driver: { version: '580.159.04', cuda: '13.0' },
  devices: [device],
  error: undefined,
} as unknown as WorkloadResult;
const node = { ...plainNode, reported: ['Ready', 'XIDError', 'GPUMissing'] };
const counted: Counted = {
  size: 'Standard_NC4as_T4_v3',
  gpusOfSize: 1,
  sharing: 'none',
  node,
  result,
  dcgm: sightOf(healthy),
  labels: { accelerator: 'nvidia-gpu' },
};
const find = (findings: readonly Finding[], check: string) => findings.filter(finding => finding.check === check);

test('everybody tells of the same GPU: nothing is bad, and nothing unknown', () => {
  const findings = crossCheck(counted);
  expect(findings.filter(({ level }) => level !== 'fine')).toEqual([]);
  expect(findings.map(({ check }) => check)).toEqual([
    'GPUs of the node',
    'Allocatable GPUs',
    'GPUs of the process',
    'Same GPU for all',
    'Same driver for all',
    'DCGM series',
    'Xid errors',
    'ECC errors',
    'Row remapping',
    'Throttling',
    'Node conditions',
    'Labels of the node',
  ]);
});

interface Row {
  readonly name: string;
  readonly change: Partial<Counted>;
  readonly check: string;
  readonly level: Finding['level'];
  readonly verdict: string;
  readonly evidence: RegExp;
}

const rows: readonly Row[] = [
  {
    name: 'fewer GPUs than the size has',
    change: { gpusOfSize: 4, node: { ...node, capacity: 3, allocatable: 3 } },
    check: 'GPUs of the node',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /offers 3 GPUs, Standard_NC4as_T4_v3 has 4/,
  },
  {
    name: 'a size that nobody knows',
    change: { gpusOfSize: undefined },
    check: 'GPUs of the node',
    level: 'unknown',
    verdict: 'passed',
    evidence: /is not known/,
  },
  {
    name: 'slices of time',
    change: { sharing: 'time-slicing', node: { ...node, capacity: 4, allocatable: 4 } },
    check: 'GPUs of the node',
    level: 'fine',
    verdict: 'passed',
    evidence: /shared out by time-slicing/,
  },
  {
    name: 'a GPU that the plugin calls unhealthy',
    change: { gpusOfSize: 2, node: { ...node, capacity: 2, allocatable: 1 } },
    check: 'Allocatable GPUs',
    level: 'bad',
    verdict: 'failed: plugin',
    evidence: /has 2 GPUs and hands out 1/,
  },
  {
    name: 'more devices than were asked for',
    change: { result: { ...result, devices: [device, { ...device, index: 1, uuid: other }] } },
    check: 'GPUs of the process',
    level: 'bad',
    verdict: 'failed: isolation',
    evidence: /asked for 1 GPU and sees 2/,
  },
  {
    name: 'another GPU than DCGM knows',
    change: { result: { ...result, devices: [{ ...device, uuid: other }] } },
    check: 'Same GPU for all',
    level: 'warning',
    verdict: 'passed',
    evidence: /GPU-99999999.*knows nothing/,
  },
  {
    name: 'a driver that was changed under the exporter (Azure/AKS#5869)',
    change: { dcgm: sightOf(healthy.replaceAll('580.159.04', '570.211.01')) },
    check: 'Same driver for all',
    level: 'warning',
    verdict: 'passed',
    evidence: /works with driver 580\.159\.04; gpu-operator\/\S+ says 570\.211\.01/,
  },
  {
    name: 'and under the feature discovery',
    change: { node: { ...node, labels: { ...node.labels, 'nvidia.com/cuda.driver-version.full': '570.211.01' } } },
    check: 'Same driver for all',
    level: 'warning',
    verdict: 'passed',
    evidence: /a label of aks-gpu-\S+ says 570\.211\.01/,
  },
  {
    name: 'no exporter',
    change: { dcgm: undefined },
    check: 'DCGM',
    level: 'unknown',
    verdict: 'passed',
    evidence: /stay unknown/,
  },
  {
    name: 'Xid 79',
    change: { dcgm: sightOf(healthy + series('DCGM_FI_DEV_XID_ERRORS', 79)) },
    check: 'Xid errors',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /Xid 79, the GPU has fallen off the bus/,
  },
  {
    name: 'Xid 119 (Azure/AKS#3364), from an exporter that counts them',
    change: {
      dcgm: sightOf(`DCGM_EXP_XID_ERRORS_COUNT{UUID="${uuid}",xid="119"} 2\n`),
    },
    check: 'Xid errors',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /Xid 119/,
  },
  {
    name: 'Xid 31, a program’s own',
    change: {
      dcgm: sightOf(healthy.replace(series('DCGM_FI_DEV_XID_ERRORS', 0), series('DCGM_FI_DEV_XID_ERRORS', 31))),
    },
    check: 'Xid errors',
    level: 'warning',
    verdict: 'passed',
    evidence: /is 31/,
  },
  {
    name: 'no series of Xid errors is not the same as none',
    change: { dcgm: sightOf(series('DCGM_FI_DEV_GPU_TEMP', 31)) },
    check: 'Xid errors',
    level: 'unknown',
    verdict: 'passed',
    evidence: /no series of Xid/,
  },
  {
    name: 'an error that ECC did not correct',
    change: { dcgm: sightOf(healthy + series('DCGM_FI_DEV_ECC_DBE_VOL_TOTAL', 2)) },
    check: 'ECC errors',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /DCGM_FI_DEV_ECC_DBE_VOL_TOTAL is 2/,
  },
  {
    name: 'rows that can be remapped say nothing of ECC errors',
    change: { dcgm: sightOf(series('DCGM_FI_DEV_ROW_REMAP_FAILURE', 0)) },
    check: 'ECC errors',
    level: 'unknown',
    verdict: 'passed',
    evidence: /no series of ECC errors/,
  },
  {
    name: 'no ECC errors say nothing of rows',
    change: { dcgm: sightOf(series('DCGM_FI_DEV_ECC_DBE_VOL_TOTAL', 0)) },
    check: 'Row remapping',
    level: 'unknown',
    verdict: 'passed',
    evidence: /no series of row remapping/,
  },
  {
    name: 'rows that cannot be remapped any more',
    change: { dcgm: sightOf(healthy + series('DCGM_FI_DEV_ROW_REMAP_FAILURE', 1)) },
    check: 'Row remapping',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /DCGM_FI_DEV_ROW_REMAP_FAILURE is 1/,
  },
  {
    name: 'heat',
    change: { dcgm: sightOf(series('DCGM_FI_DEV_CLOCK_THROTTLE_REASONS', 0x40 | 0x4)) },
    check: 'Throttling',
    level: 'warning',
    verdict: 'passed',
    evidence: /hardware thermal slowdown/,
  },
  {
    name: 'the live name of the condition (Azure/AgentBaker#8797)',
    change: { node: { ...node, problems: [{ type: 'XIDError', message: 'Xid 79 in the kernel log' }] } },
    check: 'Node conditions',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /XIDError: Xid 79/,
  },
  {
    name: 'the documented name of it',
    change: { node: { ...node, problems: [{ type: 'XIDErrors', message: 'x' }] } },
    check: 'Node conditions',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /XIDErrors/,
  },
  {
    name: 'a plugin that its node calls unhealthy',
    change: { node: { ...node, problems: [{ type: 'UnhealthyNvidiaDevicePlugin', message: 'inactive' }] } },
    check: 'Node conditions',
    level: 'bad',
    verdict: 'failed: plugin',
    evidence: /inactive/,
  },
  {
    name: 'a GRID driver without a licence (Azure/AKS#4880)',
    change: { node: { ...node, problems: [{ type: 'NvidiaGRIDDriverUnlicensed', message: 'unlicensed' }] } },
    check: 'Node conditions',
    level: 'bad',
    verdict: 'failed: driver',
    evidence: /NvidiaGRIDDriverUnlicensed: unlicensed/,
  },
  {
    name: 'a GPU that the node misses',
    change: { node: { ...node, problems: [{ type: 'GPUMissing', message: '3 of 4' }] } },
    check: 'Node conditions',
    level: 'bad',
    verdict: 'failed: hardware',
    evidence: /GPUMissing: 3 of 4/,
  },
  {
    name: 'a node that says it throttles',
    change: { node: { ...node, problems: [{ type: 'GPUClockThrottling', message: 'thermal' }] } },
    check: 'Node conditions',
    level: 'warning',
    verdict: 'passed',
    evidence: /GPUClockThrottling: thermal/,
  },
  {
    name: 'a node that reports nothing of GPUs',
    change: { node: { ...node, reported: ['Ready', 'MemoryPressure'] } },
    check: 'Node conditions',
    level: 'unknown',
    verdict: 'passed',
    evidence: /Nothing on/,
  },
  {
    name: 'a label that somebody wrote over',
    change: { node: { ...node, labels: { accelerator: 'nvidia' } } },
    check: 'Labels of the node',
    level: 'warning',
    verdict: 'passed',
    evidence: /accelerator is nvidia instead of nvidia-gpu/,
  },
];

describe('one of them tells of something else', () => {
  test.each(rows)('$name: $verdict', ({ change, check, level, verdict, evidence }) => {
    const findings = crossCheck({ ...counted, ...change });
    const told = find(findings, check);
    expect(told.map(finding => finding.level)).toContain(level);
    expect(told.map(finding => finding.evidence).join('\n')).toMatch(evidence);
    expect(verdictText(decide(findings))).toBe(verdict);
  });
});

describe('how GPUs are shared out', () => {
  const labelled = (labels: Readonly<Record<string, string>>, capacity = 1) => ({ labels, capacity });
  test.each<readonly [string, Parameters<typeof sharingOf>, string]>([
    ['as many as the machine has', [labelled({}), 1, [device]], 'none'],
    ['more than the machine has', [labelled({}, 4), 1, [device]], 'time-slicing'],
    [
      'by label',
      [labelled({ 'nvidia.com/gpu.sharing-strategy': 'time-slicing' }), undefined, [device]],
      'time-slicing',
    ],
    ['MIG by label', [labelled({ 'nvidia.com/mig.strategy': 'single' }, 7), 1, []], 'mig'],
    ['MIG by the process', [labelled({}, 7), 1, [{ ...device, mig: true }]], 'mig'],
    [
      'the label of MIG where no device is a slice',
      [labelled({ 'nvidia.com/mig.strategy': 'single' }), 1, [device]],
      'none',
    ],
    ['vGPU by label', [labelled({ 'nvidia.com/vgpu.present': 'true' }), 1, [device]], 'vgpu'],
    ['nobody says', [labelled({}, 2), undefined, [device]], 'unknown'],
  ])('%s', (_, given, expected) => {
    expect(sharingOf(...given)).toBe(expected);
  });
});

test('a page of metrics is read line by line, and what is none is left out', () => {
  expect(parseMetrics('a{x="1,\\"}2"} 3 1700000000\nnot a line\nb NaN\nc 1e3\nd{} 0x\n')).toEqual([
    { name: 'a', labels: { x: '1,"}2' }, value: 3 },
    { name: 'c', labels: {}, value: 1000 },
  ]);
});
