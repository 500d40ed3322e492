import { describe, expect, test } from '@jest/globals';
import { parseReport } from '@suite/change-report';
import { type PoolReport, type RunFindings, reportOf, timingsOf, verdictOf } from './report.ts';
import { renderSummary } from './summary.ts';
import type { Finding } from './verdict.ts';
import type { WorkloadResult } from './workload/index.ts';

const startedAt = Date.UTC(2026, 10, 27, 18);
const result = {
  level: 'standard',
  driver: { cuda: '13.0', version: '580.159.04' },
  devices: [{ index: 0, name: 'Tesla T4' }],
  fp32: { tflops: 7.9123 },
  matmul: { n: 1024, maxError: 0, tflops: undefined },
  bandwidth: { hostToDevice: 11.94, deviceToHost: 12.1, device: 280 },
} as unknown as WorkloadResult;
const fine: Finding = { check: 'Allocatable GPUs', level: 'fine', evidence: 'all' };
const unknown: Finding = { check: 'DCGM', level: 'unknown', evidence: 'nobody answers', remedy: 'Install it.' };
const driver: Finding = {
  check: 'Driver',
  level: 'bad',
  verdict: { kind: 'failed', cause: 'driver' },
  evidence: 'nvml error: @octocat #1 <img src=x> | `code` ```',
  remedy: 'Upgrade the node image.',
  link: 'https://github.com/Azure/AKS/issues/5869',
};
const hardware: Finding = {
  ...driver,
  check: 'Xid errors',
  verdict: { kind: 'failed', cause: 'hardware' },
  evidence: 'Xid 79',
};
const quota: Finding = {
  check: 'Scale-up',
  level: 'bad',
  verdict: { kind: 'blocked', cause: 'quota' },
  evidence: 'no cores',
};

const pool = (change: Partial<PoolReport> = {}): PoolReport => ({
  pool: 'gpu',
  findings: [fine, unknown],
  phases: { queued: 0, 'scale-up': 40, node: 200, ready: 230, plugin: 260, pulled: 290, running: 292, done: 300 },
  result,
  nodes: [
    { name: 'aks-gpu-1-vmss000000', covered: true, came: true },
    { name: 'aks-gpu-1-vmss000001', covered: false, came: false },
  ],
  ...change,
});
const run = (...pools: readonly PoolReport[]): RunFindings => ({ pools, startedAt });
const text = (findings: RunFindings) => renderSummary('dev in westeurope', findings, []).join('\n\n');

test('a pool that passed: verdict, node, time line, measurements, what nobody could answer', () => {
  const summary = text(run(pool()));
  expect(summary).toContain('### GPUs of dev in westeurope: passed');
  expect(summary).toContain('| `gpu` | passed | `aks-gpu-1-vmss000000` (new) | `Tesla T4` | 5 min |');
  expect(summary).toContain(
    [
      '```mermaid',
      'gantt',
      '  title gpu',
      '  dateFormat x',
      '  axisFormat %H:%M:%S',
      `  queued :${startedAt}, 40000ms`,
    ].join('\n'),
  );
  expect(summary).toContain(`  work :${startedAt + 292_000}, 8000ms`);
  expect(summary).toMatch(/`580\.159\.04` \| `13\.0` \| 7\.91 \| 11\.9 \| 12\.1 \| 280 \|/);
  expect(summary).toContain('<summary>gpu: 2 checks, 1 of which nobody could answer</summary>');
});

test('a worse cause is told first, and the other one is not hidden; text from outside does nothing', () => {
  const summary = text(run(pool({ findings: [driver, hardware, fine] })));
  const [first, second] = ['**failed: hardware**', '**failed: driver**'].map(each => summary.indexOf(each));
  expect(first).toBeGreaterThan(0);
  expect(second).toBeGreaterThan(first ?? 0);
  expect(summary).toContain('[More about it](https://github.com/Azure/AKS/issues/5869)');
  expect(summary).not.toMatch(/@octocat|<img/);
});

test('a command that could not finish tells why', () => {
  const failure = { id: 'failure/0', name: 'Cancelled', status: 'failed', message: 'The run was cancelled.' } as const;
  const stopped = { pools: [], startedAt, stopped: { kind: 'inconclusive', cause: 'interrupted' } } as const;
  expect(renderSummary('dev', stopped, [failure])).toEqual([
    '### GPUs of dev: inconclusive: interrupted',
    'The run was cancelled.',
  ]);
});

describe('the report', () => {
  const subject = {
    action: 'gpu-smoke-test',
    command: 'verify',
    view: { platform: 'contoso', scope: 'dev', region: 'westeurope', production: false },
    context: { sha: 'a'.repeat(40), pullRequest: undefined, runUrl: undefined, runId: '', runAttempt: '1', actor: '' },
    startedAt,
    finishedAt: startedAt + 300_000,
  } as const;

  test.each([
    [run(pool()), 'verified', []],
    [run(pool({ findings: [quota] })), 'blocked', ['blocked']],
    [run(pool(), pool({ pool: 'gpu2', findings: [driver] })), 'mismatch', ['passed', 'unknown', 'failed']],
    [run(pool({ findings: [{ ...quota, verdict: { kind: 'inconclusive', cause: 'busy' } }] })), 'failed', ['unknown']],
  ])('is a change report, number %#', (findings, verdict, statuses) => {
    const report = parseReport(JSON.parse(JSON.stringify(reportOf(subject, findings, []))));
    expect(report.verdict).toBe(verdict);
    if (statuses.length > 0) expect(report.checks.map(({ status }) => status)).toEqual(statuses);
    expect(report.differences).toHaveLength(verdict === 'mismatch' ? 1 : 0);
    expect(report.changes).toEqual([]);
  });

  test('the worst of several pools counts', () => {
    expect(verdictOf(run(pool(), pool({ findings: [quota] }), pool({ findings: [driver] })))).toEqual({
      kind: 'failed',
      cause: 'driver',
    });
  });

  test('bars of a pool that never got further than the queue', () => {
    expect(timingsOf({ pool: 'gpu', phases: { queued: 3 } })).toEqual([]);
    expect(timingsOf({ pool: 'gpu', phases: { queued: 3, plugin: 5, pulled: 6 } })).toEqual([
      { name: 'gpu: queued', startMs: 3000, durationMs: 2000 },
      { name: 'gpu: image', startMs: 5000, durationMs: 1000 },
    ]);
  });
});
