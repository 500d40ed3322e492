import type { Merged } from './layers.ts';
import type { ApplicationSettings, EnvironmentScope, PlatformChart, RegistryChart } from './resolved.ts';

/** Nothing for what lacks a part that it needs, which is refused when the file is read. */
export function resolveCharts({ charts = {} }: Merged): PlatformChart[] {
  return Object.entries(charts).flatMap(([name, said]): PlatformChart[] => {
    const source = said === false ? undefined : registryChart(said);
    return source === undefined ? [] : [{ name, source, setting: `charts.${name}` }];
  });
}

/** A chart as people name it: `oci://…`, or its name in a repository. Undefined for what is not named in full. */
export function registryChart({
  chart,
  repository,
  version,
  digest,
}: {
  readonly chart?: string | undefined;
  readonly repository?: string | undefined;
  readonly version?: string | undefined;
  readonly digest?: string | undefined;
}): RegistryChart | undefined {
  if (chart === undefined || version === undefined || digest === undefined) return undefined;
  if (chart.startsWith('oci://')) return { kind: 'oci', url: chart, version, digest };
  return repository === undefined ? undefined : { kind: 'http', repository, name: chart, version, digest };
}

/** Where it is, without its version: `oci://ghcr.io/contoso/charts/redis`, `https://charts.contoso.com/redis`. */
export function chartAddress(source: RegistryChart): string {
  return source.kind === 'oci' ? source.url : `${source.repository.replace(/\/+$/, '')}/${source.name}`;
}

/** The charts of an environment that some of its applications use. */
export function chartsOfApps(
  { charts }: Pick<EnvironmentScope, 'charts'>,
  apps: readonly Pick<ApplicationSettings, 'charts'>[],
): readonly PlatformChart[] {
  const used = new Set(apps.flatMap(app => app.charts));
  return charts.filter(({ name }) => used.has(name));
}
