import { chartsOfApps, type EnvironmentScope, type Platform, resolveUnlocked } from '@suite/platform-file';
import type { ChartSource, Release } from '../release.ts';
import { resolveReleases } from '../releases/index.ts';
import { type Support, supportOf, testedVersion } from '../releases/pins.ts';

/** A chart of a registry that releases of a platform use, in one version. */
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

/** Of all environments. Charts that come with the action or lie in the repository have no registry. */
export function usedCharts(platform: Platform): readonly UsedChart[] {
  const views = resolveUnlocked(platform).flatMap(view =>
    view.kind === 'environment' ? [view as EnvironmentScope] : [],
  );
  const uses = views.flatMap(view =>
    resolveReleases({ view, outputs: undefined, chartsFolder: '', platformFolder: '' }).flatMap(release =>
      useOf(release, view.scope),
    ),
  );
  return [...Map.groupBy(uses, ({ release, source }) => JSON.stringify([release, source])).values()].flatMap(same => {
    const [first] = same;
    if (first === undefined) return [];
    return [{ ...first, environments: [...new Set(same.flatMap(({ environments }) => environments))] }];
  });
}

/** Charts that Argo CD installs for applications of any environment. The platform file names each with its digest. */
export function applicationCharts(platform: Platform): readonly Pick<UsedChart, 'source' | 'setting'>[] {
  return resolveUnlocked(platform).flatMap(view => {
    if (view.kind !== 'environment') return [];
    return chartsOfApps(view, view.applications?.apps ?? []);
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
