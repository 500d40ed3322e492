import type { Figure, Figures, GpuSize } from '../sizes.ts';
import type { Finding } from '../verdict.ts';
import { describeSharing, type Sharing } from './judge-devices.ts';
import type { Level, WorkloadResult } from './result.ts';

/** Below these parts of what a healthy GPU does. */
const failing = 0.5;
const warning = 0.8;

interface Measured {
  readonly check: string;
  readonly key: keyof Figures;
  readonly unit: string;
  readonly value: number | undefined;
}

/** How fast the GPU is, beside what others measured of its kind. */
export function judgeFigures(
  { fp32, bandwidth }: WorkloadResult,
  size: { readonly name: string; readonly known: GpuSize | undefined },
  sharing: Sharing,
  level: Level,
): Finding[] {
  if (level === 'quick' && fp32 === undefined && bandwidth === undefined) return [];
  const measured: readonly Measured[] = [
    { check: '32-bit arithmetic', key: 'fp32', unit: 'TFLOPS', value: fp32?.tflops },
    { check: 'Host to device', key: 'hostToDevice', unit: 'GB/s', value: bandwidth?.hostToDevice },
    { check: 'Device to host', key: 'deviceToHost', unit: 'GB/s', value: bandwidth?.deviceToHost },
    { check: 'Device memory', key: 'device', unit: 'GB/s', value: bandwidth?.device },
  ];
  return measured.map(one => judge(one, size, sharing));
}

function judge(
  { check, key, unit, value }: Measured,
  { name, known }: { readonly name: string; readonly known: GpuSize | undefined },
  sharing: Sharing,
): Finding {
  if (value === undefined) return { check, level: 'unknown', evidence: 'It was not measured.' };
  const seen = `${value} ${unit}`;
  if (sharing !== 'none' && sharing !== 'unknown') {
    return {
      check,
      level: 'unknown',
      evidence: `${seen}. ${describeSharing(sharing)}: there is nothing to compare it with.`,
    };
  }
  const expected = known?.figures[key];
  if (expected === undefined) {
    return { check, level: 'unknown', evidence: `${seen}. Nobody has published what ${known?.model ?? name} does.` };
  }
  return compare(check, seen, value, unit, expected, sharing);
}

function compare(
  check: string,
  seen: string,
  value: number,
  unit: string,
  expected: Figure,
  sharing: Sharing,
): Finding {
  const part = value / expected.value;
  const evidence = `${seen}, ${Math.round(part * 100)} % of ${expected.value} ${unit} (${expected.source}).`;
  if (part >= warning) return { check, level: 'fine', evidence };
  if (part < failing && sharing === 'none') {
    return {
      check,
      level: 'bad',
      verdict: { kind: 'failed', cause: 'performance' },
      evidence,
      remedy:
        'Run the test again. If it stays so, look for throttling and Xid errors of the GPU, and let Azure replace the node: cordon, drain and delete it.',
    };
  }
  const doubt = sharing === 'unknown' ? ' Whether somebody else used the GPU at the same time is not known.' : '';
  return {
    check,
    level: 'warning',
    evidence: `${evidence}${doubt}`,
    remedy: 'Run the test again at a quiet time; look for throttling (power, heat) of the GPU.',
  };
}
