import { chartsOfApps, type EnvironmentScope, type Platform, resolveUnlocked } from '@suite/platform-file';
import type { ChartSource, Release } from '../release.ts';
import { resolveReleases } from '../releases/index.ts';
import { type Support, supportOf, testedVersion } from '../releases/pins.ts';

/** A chart of a registry that releases or applications of a platform use, in one version. */
export interface UsedChart {
  readonly release: string;
  readonly environments: readonly string[];
  readonly setting: string;
  readonly source: Exclude<ChartSource, { readonly kind: 'folder' }>;
  /** Undefined for a chart of the platform's own. */
  readonly tested: string | undefined;
  /** Undefined for such a one, too. */
  readonly support: Support | undefined;
}

/** Of all environments: those of releases, then those of applications. Charts that come with the action or lie in the repository have no registry. */
export function usedCharts(platform: Platform): readonly UsedChart[] {
  const views = resolveUnlocked(platform).flatMap(view =>
    view.kind === 'environment' ? [view as EnvironmentScope] : [],
  );
  const ofReleases = views.flatMap(view =>
    resolveReleases({ view, outputs: undefined, chartsFolder: '', platformFolder: '' }).flatMap(release =>
      useOf(release, view.scope),
    ),
  );
  const ofApplications = views.flatMap(view =>
    chartsOfApps(view, view.applications?.apps ?? []).map(
      ({ name, source, setting }): UsedChart => ({
        release: name,
        environments: [view.scope],
        setting,
        source,
        tested: undefined,
        support: undefined,
      }),
    ),
  );
  const uses = [...ofReleases, ...ofApplications];
  return [
    ...Map.groupBy(uses, ({ release, setting, source }) => JSON.stringify([release, setting, source])).values(),
  ].flatMap(same => {
    const [first] = same;
    if (first === undefined) return [];
    return [{ ...first, environments: [...new Set(same.flatMap(({ environments }) => environments))] }];
  });
}

function useOf({ name, chart, setting }: Release, scope: string): UsedChart[] {
  if (chart.kind === 'folder') return [];
  return [
    {
      release: name,
      environments: [scope],
      setting,
      source: chart,
      tested: testedVersion(chart),
      support: supportOf(chart),
    },
  ];
}
