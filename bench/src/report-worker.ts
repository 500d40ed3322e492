import { readFileSync } from 'node:fs';
import { type ChangeReport, createDigest, judgeAllowance, renderSummaryParts } from '@suite/change-report';
import { digestPlan, readPlan } from '@suite/terraform';
import { ownPeak } from './process-use.ts';

const [what, file = ''] = process.argv.slice(2);
const text = readFileSync(file, 'utf8');
const started = performance.now();
const plan: unknown = JSON.parse(text);
if (what === 'report') {
  const content = readPlan(plan);
  const report: ChangeReport = {
    schema: 'change-report/v1',
    action: 'bench',
    command: 'plan',
    platform: 'contoso',
    scope: 'dev',
    region: 'westeurope',
    production: false,
    commit: { head: '' },
    startedAt: new Date(0).toISOString(),
    finishedAt: new Date(0).toISOString(),
    verdict: 'changes',
    changes: content.changes,
    drift: content.drift,
    outputs: content.outputs,
    checks: [
      ...content.checks,
      ...judgeAllowance(content.changes, [], { scope: 'dev', platformFile: 'platform.yaml' }),
    ],
    differences: [],
    warnings: content.warnings,
    timings: [],
    digest: digestPlan(plan, 'lineage', createDigest),
  };
  if (renderSummaryParts(report, { limitBytes: 1024 * 1024 }).length === 0) throw new Error('The summary is empty.');
}
const ms = performance.now() - started;
console.log(JSON.stringify({ ms, megabytes: ownPeak() }));
