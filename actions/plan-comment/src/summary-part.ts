import { renderSummaryParts } from '@suite/change-report';
import type { Services } from './ports.ts';
import { readReportFile } from './reports.ts';

/** Writes one further part of a report's summary. Nothing when there are fewer parts. */
export async function writeSummaryPart(
  { report: file, part }: { readonly report: string; readonly part: number },
  { summary, log }: Pick<Services, 'summary' | 'log'>,
): Promise<void> {
  const report = await readReportFile(file);
  const parts = renderSummaryParts(report, { limitBytes: await summary.room() });
  const markdown = parts[part - 1];
  if (markdown === undefined) return log.info(`The summary has ${parts.length} parts; there is no part ${part}.`);
  await summary.append([markdown]);
  log.info(`Wrote part ${part} of ${parts.length} of the summary.`);
}
