import { chartTitle, type PinnedChart } from '@suite/change-report';
import { mapInParallel, type Problem, sentenceList, UserError } from '@suite/foundation';
import { loadPlatform } from '@suite/platform-file';
import { chartOf } from '../held-charts.ts';
import type { ChartsRequest } from '../inputs.ts';
import type { VersionsServices } from './command.ts';
import type { ChartRegistries } from './look.ts';
import { type UsedChart, usedCharts } from './used.ts';

const asksAtOnce = 4;

/**
 * Finds the digest of every chart that the platform or its applications use in any environment, once for all of them. One that the platform file names
 * has its digest there, so nobody has to sign in: only the charts that come with the suite are asked for. Throws a UserError with every chart
 * that has no digest: a bundle that lacked one would let each environment find its own.
 */
export async function pinCharts(
  { platformFile }: ChartsRequest,
  { context, log, setOutputs, registries }: Pick<VersionsServices, 'context' | 'log' | 'setOutputs' | 'registries'>,
): Promise<void> {
  const platform = await loadPlatform(platformFile, context.workspace);
  const used = Map.groupBy(usedCharts(platform), ({ source }) => keyOf(chartOf(source)));
  const found = await mapInParallel([...used.values()], asksAtOnce, uses => pinOf(uses, registries));
  const problems = found.flatMap(one => ('message' in one ? [one] : []));
  if (problems.length > 0) throw new UserError(problems);
  const charts = found
    .flatMap(one => ('message' in one ? [] : [one]))
    .toSorted((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  for (const chart of charts) log.info(`${chartTitle(chart)} is ${chart.digest}`);
  setOutputs({ charts: JSON.stringify(charts) });
}

/** Of all uses of one chart. */
async function pinOf(
  [first, ...others]: readonly Pick<UsedChart, 'source' | 'setting'>[],
  { digestOf }: Pick<ChartRegistries, 'digestOf'>,
): Promise<PinnedChart | Problem> {
  if (first === undefined) throw new Error('Each chart is used somewhere.');
  const { source, setting } = first;
  const chart = chartOf(source);
  const named = [...new Set([first, ...others].flatMap(one => one.source.digest ?? []))];
  if (named.length > 1) {
    return {
      message: `The platform file names more than one digest for ${chartTitle(chart)}: ${sentenceList(named)}.`,
      remedy: `Name one under \`${setting}\`: environments that are to differ have different versions.`,
    };
  }
  try {
    return { ...chart, digest: named[0] ?? (await digestOf(source)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return {
      message: `The digest of ${chartTitle(chart)} cannot be found, so no bundle was made: ${error.message}`,
      remedy: `Run it again. Where this runner may not reach that registry, name the \`version\` with its \`digest\` under \`${setting}\` in the platform file.`,
    };
  }
}

function keyOf({ from, name, version }: Omit<PinnedChart, 'digest'>): string {
  return JSON.stringify([from, name, version]);
}
