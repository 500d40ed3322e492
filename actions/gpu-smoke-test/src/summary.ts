import { type Check, cell, fence, filledTable, link, prose, table } from '@suite/change-report';
import { count, duration, shorten } from '@suite/foundation';
import { decide, decisive } from './decide.ts';
import { type PoolReport, type RunFindings, timingsOf, verdictOf } from './report.ts';
import { type Finding, verdictText } from './verdict.ts';
import type { WorkloadResult } from './workload/index.ts';

const evidenceLimit = 1000;

/** The job summary: the verdict, why, where the time went, what was measured, and everything that was looked at. */
export function renderSummary(place: string, run: RunFindings, checks: readonly Check[]): string[] {
  const { pools, startedAt } = run;
  const heading = `### GPUs of ${prose(place)}: ${verdictText(verdictOf(run))}`;
  // A command that could not finish has no findings of pools: its failure is told instead.
  if (pools.length === 0)
    return [heading, ...checks.map(({ message, remedy }) => prose([message, remedy ?? ''].join(' ').trim()))];
  return [
    heading,
    overview(pools),
    ...pools.flatMap(reasons),
    ...pools.flatMap(pool => timeLine(pool, startedAt)),
    ...measurements(pools),
    ...pools.map(all),
  ];
}

function overview(pools: readonly PoolReport[]): string {
  const rows = pools.map(({ pool, findings, nodes, phases, result }) => [
    cell(pool),
    verdictText(decide(findings)),
    nodes
      .filter(({ covered }) => covered)
      .map(({ name, came }) => `${cell(name)}${came ? ' (new)' : ''}`)
      .join('<br>'),
    result === undefined ? '' : result.devices.map(({ name }) => cell(name)).join('<br>'),
    phases['done'] === undefined ? '' : duration((phases['done'] - (phases['queued'] ?? 0)) * 1000),
  ]);
  return filledTable(['Pool', 'Verdict', 'Node', 'GPU', 'From queue to result'], rows);
}

/** What decided, and what else is bad: a worse cause is never hidden behind the first. */
function reasons({ pool, findings }: PoolReport): string[] {
  const first = decisive(findings);
  const others = findings.filter(finding => finding.level === 'bad' && finding !== first);
  return [...(first === undefined ? [] : [first]), ...others].map(finding => {
    const verdict = finding.verdict === undefined ? '' : `**${verdictText(finding.verdict)}** · `;
    return `${verdict}${cell(pool)} · ${sentence(finding)}`;
  });
}

function sentence({ check, evidence, remedy, link: address }: Finding): string {
  const parts = [`${prose(check)}: ${prose(shorten(evidence, evidenceLimit))}`];
  if (remedy !== undefined) parts.push(prose(remedy));
  if (address !== undefined) parts.push(link('More about it', address));
  return parts.join(' ');
}

function timeLine(report: PoolReport, startedAt: number): string[] {
  const bars = timingsOf(report).map(({ name, startMs, durationMs }) => {
    const what = name.slice(report.pool.length + 2);
    return `  ${what} :${startedAt + startMs}, ${Math.max(1000, durationMs)}ms`;
  });
  // One bar says nothing that a sentence does not say.
  if (bars.length < 2) return [];
  return [fence('mermaid', ['gantt', `  title ${report.pool}`, '  dateFormat x', '  axisFormat %H:%M:%S', ...bars])];
}

function measurements(pools: readonly PoolReport[]): string[] {
  const rows = pools.flatMap(({ pool, result }) => (result === undefined ? [] : [[cell(pool), ...figuresOf(result)]]));
  if (rows.length === 0) return [];
  return [
    filledTable(
      [
        'Pool',
        'Driver',
        'CUDA',
        'FP32, TFLOPS',
        'Matrix multiply, TFLOPS',
        'Host to device, GB/s',
        'Device to host, GB/s',
        'Device memory, GB/s',
      ],
      rows,
    ),
  ];
}

function figuresOf({ driver, fp32, matmul, bandwidth }: WorkloadResult): string[] {
  const number = (value: number | undefined) => (value === undefined ? '' : String(Number(value.toPrecision(3))));
  return [
    driver.version === undefined ? '' : cell(driver.version),
    driver.cuda === undefined ? '' : cell(driver.cuda),
    number(fp32?.tflops),
    number(matmul?.tflops),
    number(bandwidth?.hostToDevice),
    number(bandwidth?.deviceToHost),
    number(bandwidth?.device),
  ];
}

const marks = { fine: 'holds', warning: 'warning', unknown: '**unknown**', bad: '**bad**' } as const;

function all({ pool, findings }: PoolReport): string {
  const rows = findings.map(finding => [prose(finding.check, cell), marks[finding.level], sentenceInCell(finding)]);
  const unknown = findings.filter(({ level }) => level === 'unknown').length;
  const title = `${pool}: ${count(findings.length, 'check')}${unknown === 0 ? '' : `, ${unknown} of which nobody could answer`}`;
  return `<details><summary>${title}</summary>\n\n${table(['Check', '', ''], rows)}\n\n</details>`;
}

function sentenceInCell({ evidence, remedy }: Finding): string {
  return prose(shorten(remedy === undefined ? evidence : `${evidence} ${remedy}`, evidenceLimit), cell);
}
