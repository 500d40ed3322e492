import type { Finding } from '../verdict.ts';
import type { WorkloadResult } from './result.ts';

/** Whether what the GPU computed is right. The work uses numbers that are exact in 32-bit floats, so nothing may differ. */
export function judgeResults(result: WorkloadResult): Finding[] {
  const findings = [sums(result) ?? missing('Vector addition'), products(result) ?? missing('Matrix multiplication')];
  if (result.ok || findings.some(({ level }) => level === 'bad')) return findings;
  return [
    ...findings,
    {
      check: 'Result of the work',
      level: 'bad',
      verdict: { kind: 'inconclusive', cause: 'unknown' },
      evidence: 'The work says that it went wrong, and not where.',
      remedy: 'Use the default image, whose program says it.',
    },
  ];
}

/** What was wrong before an error ended the work. */
export function wrongResults(result: WorkloadResult): Finding[] {
  return [sums(result), products(result)]
    .filter(finding => finding !== undefined)
    .filter(({ level }) => level === 'bad');
}

function sums({ vectorAdd }: WorkloadResult): Finding | undefined {
  return vectorAdd && judge('Vector addition', vectorAdd.maxError, `${vectorAdd.elements} sums`);
}

function products({ matmul }: WorkloadResult): Finding | undefined {
  return matmul && judge('Matrix multiplication', matmul.maxError, product(matmul));
}

function judge(check: string, maxError: number, what: string): Finding {
  if (maxError === 0) return { check, level: 'fine', evidence: `${what}, all exact.` };
  return {
    check,
    level: 'bad',
    verdict: { kind: 'failed', cause: 'hardware' },
    evidence: `${what}, some of them wrong, by up to ${maxError}.`,
    remedy: replaceNode,
  };
}

/** Of a node that cannot be trusted. */
export const replaceNode =
  'Do not use this node: `kubectl cordon` and drain it, then delete its machine from the scale set; Azure gives another. If it happens again, tell Azure support the node and the GPU’s UUID.';

function missing(check: string): Finding {
  return {
    check,
    level: 'bad',
    verdict: { kind: 'inconclusive', cause: 'unknown' },
    evidence: 'The work says nothing of it, and of no error.',
    remedy: 'Use the default image, whose program does it at every level.',
  };
}

function product({ n, tflops }: NonNullable<WorkloadResult['matmul']>): string {
  return `A product of ${n} by ${n}${tflops === undefined ? '' : ` at ${tflops} TFLOPS`}`;
}
