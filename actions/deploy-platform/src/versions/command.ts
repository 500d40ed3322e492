import type { Log, RunContext, Summary } from '@suite/action-kit';
import {
  chartGaps,
  chartsHeadline,
  chartsSections,
  chartVerdict,
  fitSections,
  problemSections,
} from '@suite/change-report';
import { pathInside, UserError } from '@suite/foundation';
import { loadPlatform } from '@suite/platform-file';
import type { VersionsRequest } from '../inputs.ts';
import { type ChartRegistries, lookForVersions } from './look.ts';
import { usedCharts } from './used.ts';

export interface VersionsServices {
  readonly context: RunContext;
  readonly log: Log;
  readonly summary: Summary;
  setOutputs(outputs: Readonly<Record<string, string | undefined>>): void;
  readonly registries: ChartRegistries;
}

/** Tells which newer charts there are for the releases of all environments. Asks nobody but the registries of the charts. */
export async function findVersions({ platformFile }: VersionsRequest, services: VersionsServices): Promise<void> {
  const { context, log, summary } = services;
  const platform = await loadPlatform(platformFile, context.workspace).catch(async error => {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  });
  const rows = await lookForVersions(usedCharts(platform), services.registries);
  const found = { platform: platform.source.name, rows };
  const file = pathInside(context.workspace, platformFile);
  await summary.append([fitSections(chartsSections({ ...found, file }), { limit: await summary.room() })]);
  services.setOutputs({ verdict: chartVerdict(found), versions: JSON.stringify(found) });
  for (const gap of chartGaps(found)) log.warning(gap);
  log.info(chartsHeadline(found));
}
