import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseJson } from '@suite/foundation';
import { judgeWorkload } from './judge.ts';
import { parseWorkloadLog } from './parse.ts';

// The program runs as it is: real ctypes calls into a driver that runs on the CPU and interprets the kernels (fixtures/).
const smoke = join(import.meta.dirname, '../../workload/smoke.py');
const fixture = (name: string) => join(import.meta.dirname, 'fixtures', name);

function python(...args: readonly string[]): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve, reject) => {
    execFile('python3', ['-B', ...args], (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      if (typeof code === 'number') resolve({ stdout, stderr, code });
      else reject(error);
    });
  });
}

interface Play {
  readonly level: 'quick' | 'standard';
  readonly script?: object;
  readonly sizes?: object;
  readonly limits?: object;
  readonly missing?: readonly string[];
  readonly files?: readonly string[];
  readonly version?: string;
}

interface Played {
  readonly stdout: string;
  readonly seen: Readonly<Record<string, unknown>>;
  readonly code: number;
}

const plays: Play[] = [];
let playing: Promise<readonly Played[]> | undefined;

/** Plans a run. All that are planned share one start of Python; the answer gives what the program printed, and what the driver saw. */
function play(how: Play) {
  const index = plays.push(how) - 1;
  return async () => {
    playing ??= python(fixture('play.py'), smoke, JSON.stringify(plays)).then(
      ({ stdout }) => parseJson(stdout) as readonly Played[],
    );
    const played = (await playing)[index];
    const outcome = parseWorkloadLog(played?.stdout ?? '');
    if (played === undefined || outcome.kind !== 'result') throw new Error(`No result: ${JSON.stringify(played)}`);
    expect(played.stdout.split('\n')).toHaveLength(2);
    return { outcome, result: outcome.result, code: played.code, seen: played.seen };
  };
}

const verdictOf = (outcome: Parameters<typeof judgeWorkload>[0], level: Play['level'] = 'quick') =>
  judgeWorkload(outcome, { size: 'Standard_NC4as_T4_v3', sharing: 'none', level }).find(
    ({ level: is }) => is === 'bad',
  );

describe('the work on a driver that does what it is asked', () => {
  const quick = play({ level: 'quick' });
  test('quick: adds and multiplies, and gives everything back', async () => {
    const { result, code, seen } = await quick();
    expect(result).toEqual({
      level: 'quick',
      ok: true,
      driver: { cuda: '12.8', version: '570.211.01' },
      devices: [
        {
          index: 0,
          uuid: 'GPU-01234567-89ab-cdef-0123-456789abcdef',
          name: 'Tesla T4',
          memoryBytes: 16_000_000_000,
          computeCapability: '7.5',
          mig: false,
          vgpu: false,
        },
      ],
      vectorAdd: { elements: 300, maxError: 0 },
      matmul: { n: 16, maxError: 0, tflops: expect.any(Number) },
      fp32: undefined,
      bandwidth: undefined,
      deviceFiles: ['/dev/nvidia0', '/dev/nvidiactl', '/dev/nvidia-uvm'],
      visibleDevices: undefined,
      seconds: expect.any(Number),
      error: undefined,
    });
    expect(code).toBe(0);
    expect(seen).toMatchObject({ left: 0, pinned: 0, context: null, events: 0 });
  });

  const standard = play({ level: 'standard', script: { up: 12e9, down: 13e9, inside: 240e9, processors: 2 } });
  test('standard: counts its operations and bytes as the driver counts them', async () => {
    const { result, code, seen } = await standard();
    expect(code).toBe(0);
    expect(result.bandwidth).toEqual({ hostToDevice: 12, deviceToHost: 13, device: 240 });
    // Three launches of equal length: one to wake up, one to find the length, one that counts.
    const { fma_loop: fmas } = seen['fmas'] as { fma_loop: number };
    expect(result.fp32?.tflops).toBeCloseTo((2 * fmas) / 3 / 0.1 / 1e12, 9);
    expect(seen).toMatchObject({ left: 0, pinned: 0, context: null, events: 0 });
  });

  const tiles = play({ level: 'quick', sizes: { n: { quick: 32 } } });
  test('a product of several tiles', async () => {
    const { result, seen } = await tiles();
    expect(result.matmul).toMatchObject({ n: 32, maxError: 0 });
    expect(seen['fmas']).toMatchObject({ matrix_multiply: 2 * 32 ** 3 });
  });

  const uneven = play({ level: 'quick', sizes: { elements: 16 * 3 + 1 } });
  test('more elements than threads, and a block that is not full', async () => {
    const { result } = await uneven();
    expect(result.vectorAdd).toEqual({ elements: 49, maxError: 0 });
  });

  const slice = play({
    level: 'quick',
    script: { devices: [{ name: 'NVIDIA A100 80GB PCIe MIG 1g.10gb', capability: [8, 0] }] },
  });
  const older = play({ level: 'quick', script: { lacks: ['cuDeviceGetUuid_v2'], virtualization: 2 } });
  test('a MIG slice, an older driver without its UUID, a virtual GPU', async () => {
    const { result } = await slice();
    expect(result.devices[0]).toMatchObject({ mig: true, uuid: expect.stringMatching(/^MIG-0123/) });
    const old = await older();
    expect(old.result.devices[0]).toMatchObject({ mig: false, uuid: expect.stringMatching(/^GPU-0123/), vgpu: true });
  });

  const unmanaged = play({ level: 'quick', missing: ['libnvidia-ml.so.1'], version: '580.159.04' });
  test('no libnvidia-ml: the kernel module says its version, nobody says the rest', async () => {
    const { result, code } = await unmanaged();
    expect(code).toBe(0);
    expect(result.driver.version).toBe('580.159.04');
    expect(result.devices[0]?.vgpu).toBeUndefined();
  });
});

describe('the work on what is broken', () => {
  const noFiles: readonly string[] = [];
  const broken: readonly (readonly [string, Play, object, string])[] = [
    [
      'no library and no device',
      { level: 'quick', missing: ['libcuda.so.1'], files: noFiles },
      { stage: 'load', code: undefined },
      'plugin',
    ],
    ['no library, but the device', { level: 'quick', missing: ['libcuda.so.1'] }, { stage: 'load' }, 'toolkit'],
    [
      'library and kernel module that differ',
      { level: 'quick', script: { codes: { cuInit: 803 } } },
      { stage: 'init', code: 803, name: 'CUDA_ERROR_SYSTEM_DRIVER_MISMATCH' },
      'driver',
    ],
    [
      'no device in the driver',
      { level: 'quick', script: { devices: [] }, files: noFiles },
      { stage: 'device', code: 100 },
      'plugin',
    ],
    [
      'no licence',
      { level: 'quick', script: { codes: { cuCtxCreate_v2: 102 } } },
      { stage: 'device', code: 102 },
      'driver',
    ],
    [
      'no translator of kernels',
      { level: 'quick', script: { codes: { cuModuleLoadDataEx: 221 } } },
      { stage: 'module', code: 221 },
      'toolkit',
    ],
    [
      'a driver that takes the program for wrong, with what it says',
      { level: 'quick', script: { break: ['fma.rn.f32 %f1', 'fma.rn.f32 %f77'] } },
      { stage: 'module', code: 218, message: expect.stringMatching(/ptxas error : .*%f77/) },
      'driver',
    ],
    [
      'a driver without a call',
      { level: 'quick', script: { lacks: ['cuCtxCreate_v2'] } },
      { stage: 'device', code: 500 },
      'driver',
    ],
    [
      'an uncorrectable memory error',
      { level: 'quick', script: { codes: { cuLaunchKernel: 214 } } },
      { stage: 'vectorAdd', code: 214 },
      'hardware',
    ],
    [
      'memory that somebody else has',
      { level: 'quick', script: { memory: 1024 } },
      { stage: 'vectorAdd', code: 2 },
      'busy',
    ],
    [
      'copies that change a byte',
      { level: 'standard', script: { flips: true } },
      { stage: 'bandwidth', wrongResult: true },
      'hardware',
    ],
    [
      'a loop that ends elsewhere',
      { level: 'standard', script: { spoils: { fma_loop: [3, 1] } } },
      { stage: 'fp32', wrongResult: true },
      'hardware',
    ],
    [
      'a driver that hangs at the start',
      { level: 'quick', script: { hangs: ['cuInit'] }, limits: { init: 0.2 } },
      { stage: 'init', timedOut: true },
      'driver',
    ],
    [
      'a GPU that hangs at work',
      { level: 'quick', script: { hangs: ['cuCtxSynchronize'] }, limits: { vectorAdd: 0.2 } },
      { stage: 'vectorAdd', timedOut: true },
      'hardware',
    ],
  ];
  test.each(broken.map(([name, how, error, cause]) => [name, how.level, play(how), error, cause] as const))(
    '%s',
    async (_name, level, played, error, cause) => {
      const { outcome, result, code } = await played();
      expect(code).toBe(1);
      expect(result.ok).toBe(false);
      expect(result.error).toMatchObject(error);
      expect(verdictOf(outcome, level)?.verdict).toMatchObject({ cause });
    },
  );

  const wrong: readonly (readonly [string, object, 'vectorAdd' | 'matmul', number])[] = [
    ['a sum', { vector_add: [299, 100] }, 'vectorAdd', 85],
    ['an element of a product', { matrix_multiply: [17, -1] }, 'matmul', 85],
    ['no number', { matrix_multiply: [17, 'nan'] }, 'matmul', 3e38],
  ];
  test.each(
    wrong.map(
      ([name, spoils, part, least]) => [name, play({ level: 'quick', script: { spoils } }), part, least] as const,
    ),
  )('%s that is wrong', async (_name, played, part, least) => {
    const { outcome, result, code } = await played();
    expect(code).toBe(1);
    expect(result.error).toBeUndefined();
    expect(result[part]?.maxError).toBeGreaterThan(least);
    expect(verdictOf(outcome)).toMatchObject({ verdict: { kind: 'failed', cause: 'hardware' } });
  });
});

test('sizes of the levels are checked within the memory that the Job has', async () => {
  const { stdout } = await python(fixture('large.py'), smoke);
  const { errors, peakMiB } = parseJson(stdout) as { errors: number[]; peakMiB: number };
  expect(errors).toEqual([0, 2, 3.4e38, 0]);
  // 512 MiB less what the driver takes of the host, some 150 MiB.
  expect(peakMiB).toBeLessThan(256);
});

test('isolation: no file is right, any is not; a folder without files is none', async () => {
  const script = [
    'import importlib.util, sys',
    'specification = importlib.util.spec_from_file_location("smoke", sys.argv[1])',
    'smoke = importlib.util.module_from_spec(specification)',
    'specification.loader.exec_module(smoke)',
    'for files in ([], ["/dev/nvidia-caps"], ["/dev/nvidia0", "/dev/nvidia-caps", "/dev/nvidia-caps/nvidia-cap1"]):',
    '    sys.stdout.write(str(smoke.run_isolation(files, smoke.write_out)) + "\\n")',
  ].join('\n');
  const { stdout } = await python('-c', script, smoke);
  const [first = '', one, second = '', two, third = '', three] = stdout.trim().split('\n');
  expect([one, two, three]).toEqual(['0', '0', '1']);
  expect([first, second, third].map(parseWorkloadLog)).toEqual([
    { kind: 'isolation', ok: true, deviceFiles: [] },
    { kind: 'isolation', ok: true, deviceFiles: [] },
    { kind: 'isolation', ok: false, deviceFiles: ['/dev/nvidia0', '/dev/nvidia-caps/nvidia-cap1'] },
  ]);
});

test('it is Python 3.9 and fits a ConfigMap', async () => {
  const source = await readFile(smoke, 'utf8');
  expect(Buffer.byteLength(source)).toBeLessThan(256 * 1024);
  const check = 'import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))';
  expect(await python('-c', check, smoke)).toMatchObject({ code: 0 });
  expect(await python(smoke, '--level', 'thorough')).toMatchObject({ code: 2, stdout: '' });
});

/**
 * The PTX of this hash was assembled by NVIDIA's ptxas: 11.8 for sm_50, 70, 75, 80, 86, 90; 12.4 for these and sm_89; 13.5 for sm_75, 80, 86,
 * 89, 90, 100, 103, 120. Whoever changes the kernels assembles them again (`ptxas -arch=sm_75`, PyPI nvidia-cuda-nvcc-cu12) and
 * writes the new hash here.
 */
test('the kernels are those that were assembled', async () => {
  const script = [
    'import importlib.util, sys',
    'specification = importlib.util.spec_from_file_location("smoke", sys.argv[1])',
    'smoke = importlib.util.module_from_spec(specification)',
    'specification.loader.exec_module(smoke)',
    'sys.stdout.write(smoke.PTX)',
  ].join('\n');
  const { stdout } = await python('-c', script, smoke);
  expect(createHash('sha256').update(stdout).digest('hex')).toBe(
    'ac788ef3bffc4feac240f1aa8af9f37cb7b30bbe94908f25fc8ec6c613407263',
  );
});
