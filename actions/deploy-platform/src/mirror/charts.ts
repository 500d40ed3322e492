import { asArray, asObject, asString, mapInParallel, parseJson } from '@suite/foundation';
import type { ChartSource, Release } from '../release.ts';
import { mirrorRepository } from './image-reference.ts';
import type { Mirror } from './port.ts';

/** A chart of the releases that the mirror has, or is to have. */
export interface MirroredChart {
  readonly release: string;
  readonly setting: string;
  /** What the release asks for. */
  readonly origin: Extract<ChartSource, { kind: 'oci' | 'http' }>;
  /** In the environment's registry. */
  readonly repository: string;
  readonly tag: string;
  /** Where it is taken from now: the mirror, or else its origin. */
  readonly source: ChartSource;
  readonly isPresent: boolean;
}

const looksAtOnce = 6;

/** Looks for the charts in the mirror. Folders need none, and what lies in the registry already is left. */
export async function locateCharts(releases: readonly Release[], mirror: Mirror): Promise<readonly MirroredChart[]> {
  const found = await mapInParallel(releases, looksAtOnce, async ({ name, chart, setting }) => {
    if (chart.kind === 'folder') return [];
    const address = addressOf(chart);
    if (address.host === mirror.host) return [];
    const repository = mirrorRepository(address.host, address.repository);
    // Tags have no plus sign: Helm writes an underscore for it.
    const tag = chart.version.replaceAll('+', '_');
    const digest = await findChart(chart, repository, tag, mirror);
    const source: ChartSource =
      digest === undefined
        ? chart
        : { kind: 'oci', url: `oci://${mirror.host}/${repository}`, version: chart.version, digest };
    return [
      { release: name, setting, origin: chart, repository, tag, source, isPresent: digest !== undefined },
    ] satisfies MirroredChart[];
  });
  return found.flat();
}

/** `ghcr.io` and `argoproj/argo-helm/argo-cd`, also of a repository that is no OCI registry. */
export function addressOf(chart: MirroredChart['origin']): { readonly host: string; readonly repository: string } {
  const [text, more] = chart.kind === 'oci' ? [chart.url, []] : [chart.repository, [chart.name]];
  const [host = '', ...path] = text.replace(/^[a-z]+:\/\//, '').split('/');
  return { host: host.toLowerCase(), repository: [...path, ...more].filter(part => part !== '').join('/') };
}

/** Digest of the manifest under the tag, if it is the chart that is asked for. */
async function findChart(
  chart: MirroredChart['origin'],
  repository: string,
  tag: string,
  { registry }: Mirror,
): Promise<string | undefined> {
  const digest = await registry?.transfers.head(repository, tag);
  if (registry === undefined || digest === undefined || chart.digest === undefined) return digest;
  if (chart.kind === 'oci') return digest === chart.digest ? digest : undefined;
  // The digest of an archive is that of the one layer.
  const manifest = await registry.transfers.source(repository).manifest(digest);
  const { layers } = asObject(parseJson(new TextDecoder().decode(manifest?.bytes)));
  return asString(asObject(asArray(layers)[0])['digest']) === chart.digest ? digest : undefined;
}
