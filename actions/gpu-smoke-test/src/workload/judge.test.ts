import { describe, expect, test } from '@jest/globals';
import { type Expectation, judgeWorkload } from './judge.ts';
import type { WorkloadDevice, WorkloadError, WorkloadResult } from './result.ts';

const t4: Expectation = { size: 'Standard_NC4as_T4_v3', sharing: 'none', level: 'standard' };
const device: WorkloadDevice = {
  index: 0,
  uuid: 'GPU-1',
  name: 'Tesla T4',
  memoryBytes: 15.8 * 2 ** 30,
  computeCapability: '7.5',
  mig: false,
  vgpu: false,
};
const good: WorkloadResult = {
  level: 'standard',
  ok: true,
  driver: { cuda: '13.0', version: '580.159.04' },
  devices: [device],
  vectorAdd: { elements: 1024, maxError: 0 },
  matmul: { n: 1024, maxError: 0, tflops: 1.1 },
  fp32: { tflops: 6.2 },
  bandwidth: { hostToDevice: 12.1, deviceToHost: 12.9, device: 239 },
  deviceFiles: ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm'],
  visibleDevices: 'GPU-1',
  seconds: 4,
  error: undefined,
};
const judge = (changes: Partial<WorkloadResult>, expectation: Partial<Expectation> = {}) =>
  judgeWorkload({ kind: 'result', result: { ...good, ...changes } }, { ...t4, ...expectation });
const named = (findings: ReturnType<typeof judge>, check: string) => findings.find(one => one.check === check);

test('a healthy GPU: every finding is fine, with what was seen', () => {
  const findings = judge({});
  expect(findings.map(({ check, level }) => `${check}: ${level}`)).toEqual([
    'Driver: fine',
    'Device: fine',
    'Vector addition: fine',
    'Matrix multiplication: fine',
    '32-bit arithmetic: fine',
    'Host to device: fine',
    'Device to host: fine',
    'Device memory: fine',
  ]);
  expect(findings.map(({ evidence }) => evidence).join('\n')).toMatchInlineSnapshot(`
"Driver 580.159.04, which runs CUDA up to 13.0.
The process sees 1 device: Tesla T4, 15.8 GiB, compute capability 7.5, GPU-1.
1024 sums, all exact.
A product of 1024 by 1024 at 1.1 TFLOPS, all exact.
6.2 TFLOPS, 113 % of 5.5 TFLOPS (NVIDIA/DCGM nvvs/diag-skus.yaml.in (2026-07-06): T4 has an SGEMM performance of 5500).
12.1 GB/s, 195 % of 6.2 GB/s (eight lanes of PCIe 3.0, which NVIDIA/DCGM nvvs/diag-skus.yaml.in (2026-07-06) takes for healthy: half of bandwidthTest with sixteen on Google Colab, 12.4).
12.9 GB/s, 208 % of 6.2 GB/s (eight lanes of PCIe 3.0, which NVIDIA/DCGM nvvs/diag-skus.yaml.in (2026-07-06) takes for healthy: half of bandwidthTest with sixteen on Google Colab, 12.4).
239 GB/s, 98 % of 244 GB/s (NVIDIA/DCGM nvvs/diag-skus.yaml.in (2026-07-06): T4, experimentally about 244000 MB/s)."
`);
});

describe('speed', () => {
  test.each<[string, number, Partial<Expectation>, string, RegExp]>([
    ['80 % is enough', 244 * 0.8, {}, 'fine', /80 %/],
    ['just below warns', 244 * 0.79, {}, 'warning', /79 %/],
    ['50 % warns', 122, {}, 'warning', /50 %/],
    ['just below fails', 121.9, {}, 'bad', /50 %/],
    ['nothing is no speed', 0, {}, 'bad', /0 %/],
    [
      'a size without a figure',
      1,
      { size: 'Standard_NC24lds_xl_RTXPRO6000BSE_v6', sharing: 'none' },
      'unknown',
      /nothing to compare/,
    ],
    ['a size that nobody knows', 1, { size: 'Standard_NX1' }, 'unknown', /Nobody has published what Standard_NX1 does/],
    ['MIG', 1, { sharing: 'mig' }, 'unknown', /MIG slice/],
    ['time-slicing', 1, { sharing: 'time-slicing' }, 'unknown', /take turns/],
    ['a virtual GPU', 1, { sharing: 'vgpu' }, 'unknown', /virtual GPU/],
    ['nobody knows who else is there: slow is a doubt', 1, { sharing: 'unknown' }, 'warning', /is not known/],
    ['nobody knows, and it is fast', 240, { sharing: 'unknown' }, 'fine', /98 %/],
  ])('%s', (_name, speed, expectation, level, evidence) => {
    const found = named(
      judge({ bandwidth: { hostToDevice: 12, deviceToHost: 12, device: speed } }, expectation),
      'Device memory',
    );
    expect(found?.level).toBe(level);
    expect(found?.evidence).toMatch(evidence);
    expect(found?.verdict).toEqual(level === 'bad' ? { kind: 'failed', cause: 'performance' } : undefined);
  });

  test('what was not measured is unknown at the level that measures, and left out at the other', () => {
    const without = { fp32: undefined, bandwidth: undefined };
    expect(named(judge(without), '32-bit arithmetic')?.level).toBe('unknown');
    expect(judge({ ...without, level: 'quick' }, { level: 'quick' }).map(({ check }) => check)).toEqual([
      'Driver',
      'Device',
      'Vector addition',
      'Matrix multiplication',
    ]);
  });
});

describe('how a GPU is shared', () => {
  test.each<[string, Partial<WorkloadDevice>, Partial<Expectation>, RegExp | undefined]>([
    ['whole', {}, {}, undefined],
    ['nobody knows', {}, { sharing: 'unknown' }, undefined],
    ['the process sees a slice that nobody told of', { mig: true }, {}, /MIG slice/],
    ['the driver says that it is virtual', { vgpu: true }, {}, /virtual GPU/],
    ['its name says that it is virtual', { name: 'NVIDIA A10-24Q', vgpu: undefined }, {}, /virtual GPU/],
    ['the machine has a part of a GPU', { name: 'NVIDIA A10' }, { size: 'Standard_NV12ads_A10_v5' }, /virtual GPU/],
    ['the cluster slices time', {}, { sharing: 'time-slicing' }, /time-slicing/],
  ])('%s', (_name, changes, expectation, evidence) => {
    const found = named(judge({ devices: [{ ...device, ...changes }] }, expectation), 'Sharing');
    if (evidence === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject({ level: 'fine', evidence: expect.stringMatching(evidence) });
  });

  test('another GPU than the size has is a warning', () => {
    const found = named(judge({ devices: [{ ...device, name: 'NVIDIA A100 80GB PCIe' }] }), 'Device');
    expect(found).toMatchObject({
      level: 'warning',
      evidence: expect.stringMatching(/A100.*Machines of Standard_NC4as_T4_v3 have T4/),
    });
  });
});

describe('wrong results', () => {
  test.each<[string, Partial<WorkloadResult>, object]>([
    ['a sum', { ok: false, vectorAdd: { elements: 4, maxError: 1 } }, { kind: 'failed', cause: 'hardware' }],
    [
      'a product',
      { ok: false, matmul: { n: 4, maxError: 0.5, tflops: undefined } },
      { kind: 'failed', cause: 'hardware' },
    ],
    [
      'a sum that the work calls right',
      { ok: true, vectorAdd: { elements: 4, maxError: 1 } },
      { kind: 'failed', cause: 'hardware' },
    ],
    ['something else', { ok: false }, { kind: 'inconclusive', cause: 'unknown' }],
    ['half of the work', { ok: true, matmul: undefined }, { kind: 'inconclusive', cause: 'unknown' }],
  ])('%s', (_name, changes, verdict) => {
    expect(judge(changes).filter(({ level }) => level === 'bad')).toMatchObject([{ verdict }]);
  });
});

describe('an error', () => {
  const error = (changes: Partial<WorkloadError>): WorkloadError => ({
    stage: 'init',
    code: undefined,
    name: undefined,
    message: 'it failed',
    timedOut: false,
    wrongResult: false,
    ...changes,
  });
  const bare = { deviceFiles: [], visibleDevices: undefined, driver: { cuda: undefined, version: undefined } };
  const told = { ...bare, visibleDevices: 'GPU-1' };
  const half = { ...bare, deviceFiles: ['/dev/nvidia0'] };
  const grid = { size: 'Standard_NV36ads_A10_v5' };

  test.each<[string, Partial<WorkloadError>, Partial<WorkloadResult>, string, RegExp]>([
    [
      'no library, no device, nobody told',
      { stage: 'load' },
      bare,
      'failed: plugin',
      /no device file.*sees no kernel driver/,
    ],
    [
      'no library, no device, though the plugin told',
      { stage: 'load' },
      told,
      'failed: toolkit',
      /runtime brought none/,
    ],
    [
      'the plugin told of no device',
      { stage: 'load' },
      { ...bare, visibleDevices: 'void' },
      'failed: plugin',
      /no device file/,
    ],
    ['no library beside the device', { stage: 'load' }, half, 'failed: toolkit', /what belongs to it is not/],
    ['NO_DEVICE without one', { code: 100 }, bare, 'failed: plugin', /no device file/],
    ['NO_DEVICE with one', { code: 100 }, {}, 'failed: toolkit', /\/dev\/nvidia0/],
    ['INVALID_DEVICE', { stage: 'device', code: 101 }, {}, 'failed: toolkit', /Looking at the device failed/],
    ['STUB_LIBRARY', { code: 34 }, {}, 'failed: toolkit', /stub/],
    ['insufficient, and the kernel driver is there', { code: 35 }, {}, 'failed: driver', /580\.159\.04/],
    ['insufficient, and no kernel driver', { code: 35 }, half, 'failed: toolkit', /No kernel driver is to be seen/],
    ['CALL_REQUIRES_NEWER_DRIVER', { code: 36 }, {}, 'failed: driver', /580/],
    [
      'SYSTEM_DRIVER_MISMATCH',
      { code: 803, name: 'CUDA_ERROR_SYSTEM_DRIVER_MISMATCH' },
      {},
      'failed: driver',
      /\(CUDA_ERROR_SYSTEM_DRIVER_MISMATCH, 803\)/,
    ],
    ['SYSTEM_NOT_READY', { code: 802 }, {}, 'failed: driver', /Starting the driver failed/],
    ['COMPAT_NOT_SUPPORTED_ON_DEVICE', { code: 804 }, {}, 'blocked: configuration', /it failed/],
    ['MPS_CONNECTION_FAILED', { code: 805 }, {}, 'failed: plugin', /it failed/],
    ['DEVICE_NOT_LICENSED', { stage: 'device', code: 102 }, {}, 'failed: driver', /it failed/],
    ['UNKNOWN at the start', { code: 999 }, {}, 'failed: driver', /it failed/],
    ['UNKNOWN without uvm', { code: 999 }, half, 'failed: toolkit', /nvidia-uvm is not there/],
    ['UNKNOWN at work', { stage: 'matmul', code: 999 }, {}, 'failed: hardware', /Multiplying matrices failed/],
    ['NOT_PERMITTED', { code: 800 }, {}, 'failed: toolkit', /may not use/],
    ['JIT_COMPILER_NOT_FOUND', { stage: 'module', code: 221 }, {}, 'failed: toolkit', /ptxjitcompiler/],
    ['JIT_COMPILATION_DISABLED', { stage: 'module', code: 223 }, {}, 'blocked: configuration', /translate/],
    ['UNSUPPORTED_PTX_VERSION', { stage: 'module', code: 222 }, {}, 'failed: driver', /translate/],
    ['OUT_OF_MEMORY', { stage: 'vectorAdd', code: 2 }, {}, 'inconclusive: busy', /Adding vectors failed/],
    ['DEVICE_UNAVAILABLE', { stage: 'device', code: 46 }, {}, 'inconclusive: busy', /it failed/],
    ['ECC_UNCORRECTABLE', { stage: 'bandwidth', code: 214 }, {}, 'failed: hardware', /Copying failed/],
    ['ILLEGAL_ADDRESS', { stage: 'vectorAdd', code: 700 }, {}, 'failed: hardware', /it failed/],
    ['LAUNCH_FAILED', { stage: 'fp32', code: 719 }, {}, 'failed: hardware', /loop/],
    ['another code at the start', { code: 12_345 }, {}, 'failed: driver', /12345/],
    ['another code at work', { stage: 'matmul', code: 12_345 }, {}, 'inconclusive: unknown', /12345/],
    ['a start without an end', { timedOut: true }, {}, 'failed: driver', /it failed/],
    ['work without an end', { stage: 'fp32', timedOut: true }, {}, 'failed: hardware', /fallen off the bus/],
    ['copies that change', { stage: 'bandwidth', wrongResult: true }, {}, 'failed: hardware', /it failed/],
    [
      'a fault of the program',
      { stage: 'matmul', message: 'TypeError: x' },
      {},
      'inconclusive: unknown',
      /TypeError: x\./,
    ],
  ])('%s', (_name, what, changes, verdict, evidence) => {
    const findings = judge({ ok: false, ...changes, error: error(what) });
    const bad = findings.filter(({ level }) => level === 'bad');
    expect(bad).toHaveLength(1);
    const [found] = bad;
    const is = found?.verdict;
    expect(is === undefined || is.kind === 'passed' ? is : `${is.kind}: ${is.cause}`).toBe(verdict);
    expect(found?.evidence).toMatch(evidence);
    expect(found?.remedy).toMatch(/\w/);
  });

  test('a device file that the container may not use any more (Azure/AKS#3680): where to read on', () => {
    for (const code of [100, 304, 800]) {
      const found = named(judge({ ok: false, error: error({ code }) }), 'Work on the GPU');
      expect(found).toMatchObject({
        verdict: { kind: 'failed', cause: 'toolkit' },
        link: 'https://github.com/NVIDIA/nvidia-container-toolkit/issues/1397',
      });
    }
  });

  test('after a wrong result: both are told', () => {
    const after = { ok: false, matmul: { n: 4, maxError: 1, tflops: undefined }, error: error({ stage: 'fp32' }) };
    expect(judge(after).filter(({ level }) => level === 'bad')).toMatchObject([
      { check: 'Matrix multiplication', verdict: { kind: 'failed', cause: 'hardware' } },
      { check: 'Work on the GPU', verdict: { kind: 'inconclusive' } },
    ]);
  });

  test('where drivers need a licence, it is named among what may be wrong', () => {
    const found = named(judge({ ok: false, error: error({ code: 12_345 }) }, grid), 'Work on the GPU');
    expect(found?.remedy).toMatch(/licence/);
  });
});

describe('a pod without a GPU', () => {
  test.each<[string, boolean, string[], string]>([
    ['sees none', true, [], 'fine'],
    ['sees one', false, ['/dev/nvidia0'], 'bad'],
    ['sees one and says that all is well', true, ['/dev/nvidia0'], 'bad'],
    ['says that it sees one', false, [], 'bad'],
  ])('%s', (_name, ok, deviceFiles, level) => {
    const findings = judgeWorkload({ kind: 'isolation', ok, deviceFiles }, t4);
    expect(findings).toMatchObject([
      { level, ...(level === 'bad' ? { verdict: { kind: 'failed', cause: 'isolation' } } : {}) },
    ]);
  });
});

describe('no result', () => {
  test.each<[string, string, string]>([
    ['an empty log', '', 'inconclusive'],
    ['an end in the middle', 'Killed', 'inconclusive'],
    ['no Python', 'sh: 1: python3: not found', 'blocked'],
    ['an old Python', "AttributeError: 'Random' object has no attribute 'randbytes'", 'blocked'],
    ['no program', "python3: can't open file '/smoke/smoke.py': [Errno 2] No such file or directory", 'blocked'],
  ])('%s', (_name, tail, kind) => {
    expect(judgeWorkload({ kind: 'none', tail }, t4)).toMatchObject([{ level: 'bad', verdict: { kind } }]);
  });
});
