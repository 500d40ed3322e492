import { type Check, chartTitle, type PinnedChart } from '@suite/change-report';
import { sentenceList } from '@suite/foundation';
import type { ReleaseRecord } from './record.ts';
import type { ChartSource, Release } from './release.ts';

export type RegistryChart = Exclude<ChartSource, { readonly kind: 'folder' }>;

/** The charts of a bundle: which digest a version stands for was decided when it was made, once for all environments. */
export interface BundleCharts {
  readonly charts: readonly PinnedChart[];
  /** The environment goes back to it, and what it cannot bring is no reason to stay. */
  readonly isRollback: boolean;
}

/** As a bundle names it, without its digest. */
export function chartOf(source: RegistryChart): Omit<PinnedChart, 'digest'> {
  return source.kind === 'oci'
    ? { from: source.url, version: source.version }
    : { from: source.repository, name: source.name, version: source.version };
}

/** What charts are held to: those of a bundle, or what was applied last. Undefined: what is not pinned is found anew. */
export type Hold = BundleCharts | 'applied' | undefined;

/** The releases with the charts that they are held to, and what is not as it is asked for. */
export function holdCharts(
  wanted: readonly Release[],
  hold: Hold,
  records: ReadonlyMap<string, ReleaseRecord>,
): { readonly releases: readonly Release[]; readonly checks: readonly Check[] } {
  if (hold === undefined) return { releases: wanted, checks: [] };
  if (hold === 'applied') return { releases: heldToRecords(wanted, records), checks: [] };
  return { releases: heldToBundle(wanted, hold), checks: bundleChecks(wanted, hold) };
}

/** Each chart that the bundle has, with the digest that it has there. */
export function heldToBundle(releases: readonly Release[], { charts }: BundleCharts): readonly Release[] {
  return releases.map(release => withDigest(release, source => pinOf(source, charts)?.digest ?? source.digest));
}

/**
 * Each chart that is not pinned, with the digest that was applied last, where it was of the same version: whoever asks what others have changed
 * does not mean a tag that has moved in a registry.
 */
export function heldToRecords(
  releases: readonly Release[],
  records: ReadonlyMap<string, ReleaseRecord>,
): readonly Release[] {
  return releases.map(release =>
    withDigest(release, ({ version, digest }) => {
      const applied = records.get(release.name)?.chart;
      const isSame = applied !== undefined && withoutV(applied.version) === withoutV(version);
      return digest ?? (isSame && applied.digest !== '' ? applied.digest : undefined);
    }),
  );
}

/** Charts that the bundle does not have as they are asked for. A promotion stops there; a way back says what stays. */
export function bundleChecks(releases: readonly Release[], { charts, isRollback }: BundleCharts): Check[] {
  return releases.flatMap(({ name, chart, setting }): Check[] => {
    if (chart.kind === 'folder') return [];
    const [pin, wanted] = [pinOf(chart, charts), chartOf(chart)];
    if (pin !== undefined && (isRollback || (chart.digest ?? pin.digest) === pin.digest)) return [];
    const about = { id: `bundle/${name}`, name: `The bundle has the chart of ${name}`, setting };
    const others = charts.filter(other => other.from === wanted.from && other.name === wanted.name);
    const has = others.length === 0 ? 'no such chart' : sentenceList(others.map(other => chartTitle(other)));
    if (isRollback) {
      return [
        {
          ...about,
          status: 'warning',
          message: `${name} does not go back: the bundle has ${has}, and this release of the suite installs ${chartTitle(wanted)}.`,
          remedy: 'To bring that back as well, call the release of the suite that made the bundle.',
        },
      ];
    }
    const difference =
      pin === undefined
        ? `${chartTitle(wanted)}, and the bundle has ${has}`
        : `${chartTitle(wanted)} with the digest ${chart.digest}, and the bundle has it with ${pin.digest}`;
    return [
      {
        ...about,
        status: 'blocked',
        message: `${name} would be installed from ${difference}.`,
        remedy: 'Another release of the suite made this bundle: let that one promote it, or promote a new bundle.',
      },
    ];
  });
}

function pinOf(source: RegistryChart, charts: readonly PinnedChart[]): PinnedChart | undefined {
  const { from, name, version } = chartOf(source);
  return charts.find(chart => chart.from === from && chart.name === name && chart.version === version);
}

function withDigest(release: Release, digestOf: (source: RegistryChart) => string | undefined): Release {
  const { chart } = release;
  return chart.kind === 'folder' ? release : { ...release, chart: { ...chart, digest: digestOf(chart) } };
}

/** Tags may have one where the chart itself has none. */
function withoutV(version: string): string {
  return version.replace(/^v/, '');
}
