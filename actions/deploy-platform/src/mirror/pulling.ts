import type { Helm, PulledChart } from '../ports.ts';
import type { ChartSource } from '../release.ts';
import type { MirroredChart } from './charts.ts';

/**
 * Pulls charts from the mirror where it has them, each once. An archive keeps its own digest, so that it is the same chart wherever it
 * comes from.
 */
export function pulling<T extends Pick<Helm, 'pull' | 'render'>>(helm: T, charts: readonly MirroredChart[]): T {
  const pulled = new Map<string, Promise<PulledChart>>();
  const pull = async (chart: ChartSource): Promise<PulledChart> => {
    const found = charts.find(({ origin }) => isSame(origin, chart));
    const got = await helm.pull(found?.source ?? chart);
    return found?.archive === undefined ? got : { ...got, digest: found.archive };
  };
  return {
    ...helm,
    pull: chart => {
      // The digest that the first look found changes nothing of where it is.
      const key = JSON.stringify(chart.kind === 'folder' ? chart : { ...chart, digest: undefined });
      const known = pulled.get(key) ?? pull(chart);
      pulled.set(key, known);
      return known;
    },
  };
}

function isSame(origin: MirroredChart['origin'], chart: ChartSource): boolean {
  if (chart.kind === 'folder' || origin.version !== chart.version) return false;
  return origin.kind === 'oci'
    ? chart.kind === 'oci' && chart.url === origin.url
    : chart.kind === 'http' && chart.repository === origin.repository && chart.name === origin.name;
}
