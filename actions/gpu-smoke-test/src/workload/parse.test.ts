import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeWorkload } from './judge.ts';
import { parseWorkloadLog } from './parse.ts';

fc.configureGlobal({ seed: 1 });

/** As the program prints it. */
const line = {
  suite: 'gpu-smoke',
  version: 1,
  mode: 'work',
  level: 'standard',
  ok: true,
  driver: { cuda: '12.8', version: '570.211.01' },
  devices: [
    { index: 0, uuid: 'GPU-1', name: 'Tesla T4', memoryBytes: 1, computeCapability: '7.5', mig: false, vgpu: null },
  ],
  vectorAdd: { elements: 1_048_576, maxError: 0 },
  matmul: { n: 1024, maxError: 0, tflops: 1.2 },
  fp32: { tflops: 7.9 },
  bandwidth: { hostToDevice: 11.9, deviceToHost: 12.1, device: 280 },
  deviceFiles: ['/dev/nvidia0'],
  visibleDevices: 'GPU-1',
  seconds: 3.1,
  error: null,
};
const resultOf = (changes: object) => {
  const outcome = parseWorkloadLog(JSON.stringify({ ...line, ...changes }));
  if (outcome.kind !== 'result') throw new Error(`That is no result: ${outcome.kind}`);
  return outcome.result;
};

test('a whole line', () => {
  expect(resultOf({})).toEqual({
    level: 'standard',
    ok: true,
    driver: { cuda: '12.8', version: '570.211.01' },
    devices: [
      {
        index: 0,
        uuid: 'GPU-1',
        name: 'Tesla T4',
        memoryBytes: 1,
        computeCapability: '7.5',
        mig: false,
        vgpu: undefined,
      },
    ],
    vectorAdd: { elements: 1_048_576, maxError: 0 },
    matmul: { n: 1024, maxError: 0, tflops: 1.2 },
    fp32: { tflops: 7.9 },
    bandwidth: { hostToDevice: 11.9, deviceToHost: 12.1, device: 280 },
    deviceFiles: ['/dev/nvidia0'],
    visibleDevices: 'GPU-1',
    seconds: 3.1,
    error: undefined,
  });
});

describe('a log', () => {
  const text = JSON.stringify(line);
  test.each<[string, string, object]>([
    ['with lines around the result', `==== CUDA ====\n${text}\nbye\n`, { kind: 'result' }],
    [
      'with two results: the last one counts',
      `${text}\n${text.replace('true', 'false')}`,
      { kind: 'result', result: { ok: false } },
    ],
    ['of Windows', `${text}\r\n`, { kind: 'result' }],
    ['that is cut off', text.slice(0, -5), { kind: 'none' }],
    ['of another suite', text.replace('gpu-smoke', 'other'), { kind: 'none' }],
    ['of another version', text.replace('"version":1', '"version":2'), { kind: 'none' }],
    ['of an unknown level', text.replace('standard', 'all'), { kind: 'none' }],
    ['without a word on whether it went well', text.replace('"ok":true,', ''), { kind: 'none' }],
    [
      'of the other mode',
      text.replace('"work"', '"isolation"'),
      { kind: 'isolation', ok: true, deviceFiles: ['/dev/nvidia0'] },
    ],
    ['of words', 'sh: 1: python3: not found\n', { kind: 'none', tail: 'sh: 1: python3: not found' }],
    ['that is empty', '', { kind: 'none', tail: '' }],
  ])('%s', (_name, log, outcome) => {
    expect(parseWorkloadLog(log)).toMatchObject(outcome);
  });
});

test.each<[string, object, object]>([
  ['numbers that are none', { fp32: { tflops: '7.9' }, seconds: -1 }, { fp32: undefined, seconds: undefined }],
  ['a part of a part', { bandwidth: { hostToDevice: 1 } }, { bandwidth: { hostToDevice: 1, deviceToHost: undefined } }],
  ['a result without its error', { vectorAdd: { elements: 4 } }, { vectorAdd: undefined }],
  [
    'a version with more in it',
    { driver: { cuda: '12.8; rm', version: 5 } },
    { driver: { cuda: undefined, version: undefined } },
  ],
  [
    'an error that cannot be read',
    { error: 'broken' },
    { error: { stage: 'load', message: 'an error without a message' } },
  ],
  ['an error of an unknown stage', { error: { stage: 'x', message: 'm' } }, { error: { stage: 'load', message: 'm' } }],
])('%s', (_name, changes, result) => {
  expect(resultOf(changes)).toMatchObject(result);
});

test('what is hostile comes out harmless and short', () => {
  const { devices, deviceFiles, error } = resultOf({
    devices: Array.from({ length: 100 }, () => ({ name: 'a\u202eb\u0000\n::error::x'.padEnd(450, '@') })),
    deviceFiles: Array.from({ length: 100 }, () => '/dev/\u001b[31mnvidia0'),
    error: { stage: 'init', message: 'x'.repeat(5000) },
  });
  expect(devices).toHaveLength(64);
  expect(devices[0]?.name).not.toMatch(/[\p{Cc}\u202e]/u);
  expect(devices[0]?.name.length).toBeLessThanOrEqual(400);
  expect(deviceFiles).toHaveLength(64);
  expect(deviceFiles[0]).toBe('/dev/nvidia0');
  expect(error?.message.length).toBeLessThanOrEqual(400);
});

describe('whatever a log says', () => {
  /** The line with one of its values replaced by anything, or one of its parts. */
  const anyLine = fc
    .tuple(fc.constantFrom(...Object.keys(line)), fc.jsonValue(), fc.boolean())
    .map(([key, value, deep]) => {
      const old = line[key as keyof typeof line];
      const isPart = deep && typeof old === 'object' && old !== null;
      return JSON.stringify({ ...line, [key]: isPart ? { ...old, [Object.keys(old)[0] ?? '']: value } : value });
    });
  const anyLog = fc.oneof(
    fc.string(),
    fc.jsonValue().map(value => JSON.stringify(value)),
    anyLine,
    anyLine,
  );
  const expectation = fc.record({
    size: fc.constantFrom('Standard_NC4as_T4_v3', 'Standard_NV6ads_A10_v5', 'Standard_X'),
    sharing: fc.constantFrom(
      'none' as const,
      'mig' as const,
      'time-slicing' as const,
      'vgpu' as const,
      'unknown' as const,
    ),
    level: fc.constantFrom('quick' as const, 'standard' as const),
  });

  test('parsing never throws, and its numbers can be calculated with', () => {
    fc.assert(
      fc.property(anyLog, log => {
        const outcome = parseWorkloadLog(log);
        const numbers = JSON.stringify(outcome, (_key, value: unknown) =>
          typeof value === 'number' && (!Number.isFinite(value) || value < 0) ? 'bad number' : value,
        );
        expect(numbers).not.toContain('bad number');
      }),
      { numRuns: 500 },
    );
  });

  test('every judgement has a finding; a bad one has a verdict and a remedy, no other has a verdict', () => {
    fc.assert(
      fc.property(anyLog, expectation, (log, expected) => {
        const findings = judgeWorkload(parseWorkloadLog(log), expected);
        expect(findings.length).toBeGreaterThan(0);
        for (const { level, verdict, remedy, evidence } of findings) {
          expect(verdict !== undefined).toBe(level === 'bad');
          if (level === 'bad') expect(remedy).toMatch(/\S/);
          expect(evidence).not.toMatch(/undefined|NaN|\[object|[\p{Cc}]/u);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('work that says it went wrong is never taken for right', () => {
    fc.assert(
      fc.property(fc.jsonValue(), expectation, (error, expected) => {
        fc.pre(error !== null);
        const log = JSON.stringify({ ...line, ok: false, error });
        expect(judgeWorkload(parseWorkloadLog(log), expected).some(({ level }) => level === 'bad')).toBe(true);
      }),
    );
  });
});
