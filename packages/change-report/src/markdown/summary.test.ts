import { describe, expect, test } from '@jest/globals';
import { utf8Length } from '@suite/foundation';
import { judgeAllowance } from '../allowance.ts';
import type { ChangeReport, Difference } from '../model.ts';
import {
  changedCluster,
  replacedCluster,
  rotatedPool,
  sampleChange,
  sampleReport,
  sampleTimings,
  shown,
} from '../testing/samples.ts';
import { renderSummaryParts } from './parts.ts';

const place = { scope: 'dev', platformFile: 'platform.yaml' };
const roomy = { limitBytes: 1024 * 1024 };
const renderSummary = (report: ChangeReport) => renderSummaryParts(report, roomy).join('');

const routine = sampleReport({
  verdict: 'changes',
  changes: [
    sampleChange(),
    changedCluster,
    sampleChange({ kind: 'move', previousAddress: 'azurerm_user_assigned_identity.old', risk: 'none', attributes: [] }),
  ],
  drift: [changedCluster],
  outputs: [{ name: 'issuer', kind: 'update', before: shown('https://example.invalid/a'), after: { is: 'unknown' } }],
  checks: [
    { id: 'precondition', name: 'The range is free', status: 'passed', message: 'It is.' },
    {
      id: 'precondition',
      name: 'Zones exist',
      status: 'failed',
      message: 'Zone 3 is not there.',
      remedy: 'Remove it.',
    },
  ],
  warnings: ['Kubernetes 1.33 leaves support on 2026-12-31.'],
  timings: [{ name: 'plan', startMs: 0, durationMs: 14_000 }],
});

function blockedPlan(changes: ChangeReport['changes']): ChangeReport {
  return sampleReport({ verdict: 'blocked', changes, checks: judgeAllowance(changes, [], place) });
}

const differences: readonly Difference[] = [
  { what: 'size of node pool `gpu`', path: 'agentPoolProfiles/gpu/vmSize', expected: 'NC4', actual: 'NC24' },
  {
    what: 'private API server',
    path: 'apiServerAccessProfile/enablePrivateCluster',
    expected: 'true',
    actual: 'false',
  },
];

/** What preflight found, and what it could not find out. */
const preflight = sampleReport({
  verdict: 'changes',
  changes: [sampleChange()],
  checks: [
    {
      id: 'preflight/sizes',
      name: 'VM sizes can be had',
      status: 'warning',
      message: 'D4 is gone.',
      remedy: 'Take D8.',
    },
    { id: 'condition/x', name: 'conditions of x', status: 'later', message: 'It is decided during the apply.' },
    {
      id: 'preflight/quota/unknown',
      name: 'vCPU quota is enough',
      status: 'unknown',
      message: 'Azure did not answer.',
    },
    { id: 'preflight/names', name: 'Names are free', status: 'passed', message: 'They are.' },
  ],
});

/** Many small changes and, far down, one that nobody may miss. */
function hugeReport(quantity: number): ChangeReport {
  const changes = Array.from({ length: quantity }, (_, index) =>
    sampleChange({
      address: `azurerm_role_assignment.this["${index}"]`,
      title: `role assignment ${index}`,
      kind: index % 3 === 0 ? 'update' : 'create',
      attributes: [{ path: 'principal_id', before: shown(`old-${index}`), after: shown(`new-${index}`) }],
    }),
  );
  return blockedPlan([...changes, rotatedPool]);
}

describe('golden summaries', () => {
  const applied = sampleReport({
    command: 'apply',
    verdict: 'applied',
    changes: [rotatedPool, sampleChange()],
    checks: judgeAllowance([rotatedPool], ['node-pool/gpu'], place),
    timings: sampleTimings,
  });
  test.each<readonly [string, ChangeReport]>([
    ['no changes', sampleReport()],
    ['routine', routine],
    ['a rotation that is blocked', blockedPlan([sampleChange(), rotatedPool])],
    ['a cluster that would be replaced', blockedPlan([changedCluster, replacedCluster])],
    ['what preflight found, and what nobody could say', preflight],
    ['applied', applied],
    ['verified with differences', sampleReport({ command: 'verify', verdict: 'mismatch', differences })],
  ])('%s', (_, report) => {
    expect(renderSummary(report)).toMatchSnapshot();
  });
});

describe('renderSummary', () => {
  test('says what an apply that was refused would do, not that it did', () => {
    const refused = { ...blockedPlan([rotatedPool]), command: 'apply' } as const;
    expect(renderSummary(refused)).toContain('**node pool `gpu` is rotated.**');
    expect(renderSummary({ ...refused, verdict: 'applied' })).toContain('**node pool `gpu` was rotated.**');
  });

  test('a sensitive value is words only', () => {
    const secret = { path: 'password', before: { is: 'sensitive' }, after: { is: 'sensitive' } } as const;
    const set = { path: 'token', before: { is: 'absent' }, after: { is: 'sensitive' } } as const;
    // More than the model allows: even what somebody smuggles in beside it is not shown.
    const smuggled = { path: 'key', before: { is: 'sensitive', text: 's3cret' }, after: { is: 'sensitive' } } as const;
    const change = {
      ...rotatedPool,
      reasons: [{ text: '', attribute: smuggled }],
      attributes: [smuggled, secret, set],
    };
    const report = sampleReport({
      verdict: 'changes',
      changes: [change],
      drift: [change],
      outputs: [{ name: 'o', kind: 'update', before: smuggled.before, after: shown('public') }],
    });
    const summary = renderSummary(report);
    expect(summary).not.toContain('s3cret');
    expect(summary).toContain('`key`, which is sensitive, changes');
    expect(summary).toContain('!   password = (sensitive, changed)');
    expect(summary).toContain('+   token = (sensitive)');
    expect(summary).toContain('`o`: _sensitive_ → `public`');
  });

  test('draws timings of an apply, the twenty longest, from two on', () => {
    const timings = Array.from({ length: 30 }, (_, index) => ({
      name: `x${index}`,
      startMs: index,
      durationMs: index,
    }));
    const drawn = (command: ChangeReport['command'], quantity: number) =>
      renderSummary(sampleReport({ command, timings: timings.slice(0, quantity) }));
    expect(drawn('apply', 30).match(/^ {2}· x\d+ :\d+, \d+ms$/gm)?.length).toBe(20);
    expect(drawn('apply', 2)).toContain('```mermaid\ngantt\n');
    expect(drawn('apply', 1)).not.toContain('mermaid');
    expect(drawn('plan', 30)).not.toContain('mermaid');
  });

  test('in parts it loses nothing, and none is over the limit', () => {
    const report = hugeReport(2000);
    const whole = renderSummaryParts(report, { limitBytes: 10_000_000 });
    const parts = renderSummaryParts(report, { limitBytes: 100_000 });
    expect(whole).toHaveLength(1);
    expect(parts.length).toBeGreaterThan(2);
    for (const part of parts) expect(utf8Length(part)).toBeLessThanOrEqual(100_000);
    expect(parts[0]).toMatch(/^### dev · westeurope is blocked/);
    expect(parts[0]).toContain(`_This is part 1 of ${parts.length}. `);
    expect(parts[1]).toMatch(/^### dev · westeurope, part 2 of \d+: dev · westeurope is blocked/);
    expect(parts.at(-1)).not.toContain('This is part');
    const sections = (text: string) => text.match(/<details>[\s\S]*?<\/details>/g) ?? [];
    expect(parts.flatMap(sections)).toEqual(sections(whole.join('')));
  });

  test('20,000 changes take no longer per change than 2,000', () => {
    // Of this process's own time, which others on the machine take nothing of, and in turn; the best of several runs met no garbage collector.
    const perChange = (report: ChangeReport, quantity: number) => {
      const began = process.cpuUsage();
      renderSummary(report);
      const { user, system } = process.cpuUsage(began);
      return (user + system) / quantity;
    };
    const [few, many] = [hugeReport(2000), hugeReport(20_000)];
    perChange(few, 2000);
    const rounds = Array.from({ length: 5 }, () => [perChange(few, 2000), perChange(many, 20_000)] as const);
    const [best, ofMany] = [0, 1].map(which => Math.min(...rounds.map(round => round[which] ?? 0)));
    expect(ofMany).toBeLessThan(4 * (best ?? 0));
  });
});
