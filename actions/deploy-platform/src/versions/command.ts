import { dirname } from 'node:path';
import type { Log, RunContext, Summary } from '@suite/action-kit';
import {
  type ChartProposals,
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
import type { Helm } from '../ports.ts';
import { compareCharts } from './compare.ts';
import { type ChartRegistries, lookForVersions } from './look.ts';
import { usedCharts } from './used.ts';

export interface VersionsServices {
  readonly context: RunContext;
  readonly log: Log;
  readonly summary: Summary;
  /** `2026-11-28`. */
  readonly today: string;
  setOutputs(outputs: Readonly<Record<string, string | undefined>>): void;
  readonly registries: ChartRegistries;
  readonly helm: Pick<Helm, 'pull' | 'render'>;
  /** Folder of charts that come with the action. */
  readonly chartsFolder: string;
  /** Gives the path of the file. */
  writeProposals(content: string): Promise<string>;
}

/** Tells which newer charts there are for the releases of all environments. Asks nobody but the registries of the charts. */
export async function findVersions(
  { platformFile, differences }: VersionsRequest,
  services: VersionsServices,
): Promise<void> {
  const { context, log, summary } = services;
  const platform = await loadPlatform(platformFile, context.workspace).catch(async error => {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  });
  const rows = await lookForVersions(usedCharts(platform), services.registries, services.today);
  const found = { platform: platform.source.name, rows };
  const file = pathInside(context.workspace, platformFile);
  await summary.append([fitSections(chartsSections({ ...found, file }), { limit: await summary.room() })]);
  services.setOutputs({ verdict: chartVerdict(found), versions: JSON.stringify(found) });
  if (differences) {
    const folders = { chartsFolder: services.chartsFolder, platformFolder: dirname(platformFile) };
    const proposals: ChartProposals = {
      ...found,
      differences: await compareCharts(platform, rows, services.helm, folders),
    };
    services.setOutputs({ proposals: await services.writeProposals(JSON.stringify(proposals)) });
    for (const { release, environment, to, problem } of proposals.differences) {
      if (problem !== undefined) log.warning(`${release} ${to} cannot be rendered for ${environment}: ${problem}`);
    }
  }
  for (const gap of chartGaps(found)) log.warning(gap);
  log.info(chartsHeadline(found));
}
