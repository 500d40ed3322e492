import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ReportSubject, reportHead } from './head.ts';
import type { Change, ChangeReport, Check, Timing } from './model.ts';
import { highestRisk } from './risk.ts';

/** What a command found out; everything else of its report is known before it begins. */
export interface ReportFindings {
  readonly verdict: ChangeReport['verdict'];
  readonly plan?: { readonly changes: readonly Change[]; readonly checks: readonly Check[]; readonly digest: string };
  readonly drift?: readonly Change[];
  readonly checks?: readonly Check[];
  readonly differences?: ChangeReport['differences'];
  readonly warnings?: readonly string[];
  readonly timings?: readonly Timing[];
}

/** The report of an action whose plans know no outputs. */
export function assembleReport(
  subject: ReportSubject,
  { plan, verdict, drift = [], checks = [], differences = [], warnings = [], timings = [] }: ReportFindings,
): ChangeReport {
  return {
    ...reportHead(subject),
    verdict,
    changes: plan?.changes ?? [],
    drift,
    outputs: [],
    checks: [...(plan?.checks ?? []), ...checks],
    differences,
    warnings,
    timings,
    ...(plan === undefined ? {} : { digest: plan.digest }),
  };
}

/** Outputs that every action has which reports. */
export function reportOutputs(report: ChangeReport, reportFile: string) {
  return {
    changes: report.changes.length,
    risk: highestRisk(report.changes),
    digest: report.digest,
    verdict: report.verdict,
    report: reportFile,
  };
}

/** Writes a report below the runner's temporary folder, for nobody else on a shared machine, and gives its path. */
export async function writeReport(temp: string, command: string, report: ChangeReport): Promise<string> {
  const { action, platform, scope, region } = report;
  const folder = join(temp, action);
  await mkdir(folder, { recursive: true });
  const file = join(folder, `report-${command}-${platform}-${scope}-${region}.json`);
  await writeFile(file, `${JSON.stringify(report, null, 2)}\n`, { mode: 0o600 });
  return file;
}
