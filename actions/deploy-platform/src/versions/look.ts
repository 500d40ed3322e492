import { appVersionPattern, type ChartRow, type ChartVersion, isOutOfSupport } from '@suite/change-report';
import { mapInParallel, UserError } from '@suite/foundation';
import { supportState } from '../support.ts';
import { compareVersions } from './semver.ts';
import type { UsedChart } from './used.ts';

/** How far a look goes: to the newest version of all, or to the newest one that its number calls compatible with what there is. */
export type Reach = 'any' | 'compatible';

/** What is asked of the registries of charts. Calls throw a UserError. */
export interface ChartRegistries {
  /** The newest version that was released, from that of the source on. */
  newest(source: UsedChart['source'], reach: Reach): Promise<string>;
  /** Which chart the version stands for now. */
  digestOf(source: UsedChart['source']): Promise<string>;
  /** The same, and what the chart says of itself. */
  describe(source: UsedChart['source']): Promise<{ readonly digest: string; readonly appVersion?: string | undefined }>;
}

/** Of whoever looks for newer ones. */
export type ChartShelf = Pick<ChartRegistries, 'newest' | 'describe'>;

const asksAtOnce = 4;
/** What the platform file takes. */
const version = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]{1,60})?(?:\+[0-9A-Za-z.-]{1,60})?$/;

/**
 * Asks each registry once for each chart. A registry that does not answer is told in its row, and hides nothing of the others. What is out of
 * support comes first.
 */
export async function lookForVersions(
  used: readonly UsedChart[],
  registries: ChartShelf,
  today: string,
): Promise<readonly ChartRow[]> {
  const rows = await mapInParallel(used, asksAtOnce, async (chart): Promise<ChartRow> => {
    const { source, tested, release, environments, setting } = chart;
    const row = {
      release,
      environments,
      setting,
      from: source.kind === 'oci' ? source.url : source.repository,
      version: source.version,
      isNamed: tested === undefined || tested !== source.version,
      isBehind: tested !== undefined && compareVersions(tested, source.version) > 0,
      isTested: false,
      ...(tested === undefined ? {} : { tested }),
    };
    try {
      const newer = await newerThan(chart, registries);
      const support = await supportIn(chart, newer.newest?.appVersion, registries, today);
      return { ...row, ...newer, ...(support === undefined ? {} : { support }) };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { ...row, problem: error.message };
    }
  });
  return rows.toSorted((one, other) => Number(isOutOfSupport(other)) - Number(isOutOfSupport(one)));
}

/** `newest`: what the newest chart brings, where there is a newer one. */
async function supportIn(
  { release, source, tested, support }: UsedChart,
  newest: string | undefined,
  registries: ChartShelf,
  today: string,
): Promise<ChartRow['support']> {
  if (support === undefined) return undefined;
  const appVersion =
    source.version === tested || support.policy === undefined
      ? support.newest
      : (await registries.describe(source)).appVersion;
  return supportState(release, appVersion, { ...support, newest: newest ?? support.newest }, today);
}

async function newerThan(
  { source, tested }: UsedChart,
  registries: ChartShelf,
): Promise<Pick<ChartRow, 'newest' | 'compatible' | 'isTested'>> {
  const found = await newestOf(source, 'any', registries);
  if (compareVersions(found, source.version) <= 0) return { isTested: false };
  const isTested = tested !== undefined && compareVersions(found, tested) <= 0;
  const newest = await pinOf(found, source, registries);
  const near = await newestOf(source, 'compatible', registries);
  if (near === found || compareVersions(near, source.version) <= 0) return { newest, isTested };
  return { newest, compatible: await pinOf(near, source, registries), isTested };
}

async function newestOf(source: UsedChart['source'], reach: Reach, registries: ChartShelf): Promise<string> {
  const found = await registries.newest(source, reach);
  if (!version.test(found))
    throw new UserError({ message: 'Its newest version is none that the platform file takes.' });
  return found;
}

async function pinOf(found: string, source: UsedChart['source'], registries: ChartShelf): Promise<ChartVersion> {
  const { digest, appVersion } = await registries.describe({ ...source, version: found, digest: undefined });
  return {
    version: found,
    digest,
    ...(appVersion !== undefined && appVersionPattern.test(appVersion) ? { appVersion } : {}),
  };
}
