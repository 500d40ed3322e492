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
  /** Digest of the archive itself where that is what a digest of the chart means: of one in no OCI registry. */
  readonly archive?: string;
}

const looksAtOnce = 6;

/** Looks for the charts in the mirror. Folders need none, and what lies in the registry already is left. */
export async function locateCharts(releases: readonly Release[], mirror: Mirror): Promise<readonly MirroredChart[]> {
  const found = await mapInParallel(
    releases,
    looksAtOnce,
    async ({ name, chart, setting }): Promise<MirroredChart[]> => {
      if (chart.kind === 'folder') return [];
      const address = addressOf(chart);
      if (address.host === mirror.host) return [];
      const repository = mirrorRepository(address.host, address.repository);
      const tag = tagOf(chart);
      const held = await findChart(chart, repository, tag, mirror);
      const about = { release: name, setting, origin: chart, repository, tag };
      if (held === undefined) return [{ ...about, source: chart, isPresent: false }];
      const { digest, archive } = held;
      const source = {
        kind: 'oci',
        url: `oci://${mirror.host}/${repository}`,
        version: chart.version,
        digest,
      } as const;
      return [{ ...about, source, isPresent: true, ...(archive === undefined ? {} : { archive }) }];
    },
  );
  return found.flat();
}

/** `ghcr.io` and `argoproj/argo-helm/argo-cd`, also of a repository that is no OCI registry. */
export function addressOf(chart: MirroredChart['origin']): { readonly host: string; readonly repository: string } {
  const [text, more] = chart.kind === 'oci' ? [chart.url, []] : [chart.repository, [chart.name]];
  const [host = '', ...path] = text.replace(/^[a-z]+:\/\//, '').split('/');
  return { host: host.toLowerCase(), repository: [...path, ...more].filter(part => part !== '').join('/') };
}

/** Tags have no plus sign: Helm writes an underscore for it. */
export function tagOf({ version }: MirroredChart['origin']): string {
  return version.replaceAll('+', '_');
}

/** The chart that is asked for, if the mirror has it: its manifest, and its archive where the origin is no OCI registry. */
async function findChart(
  chart: MirroredChart['origin'],
  repository: string,
  tag: string,
  { registry }: Mirror,
): Promise<{ readonly digest: string; readonly archive?: string } | undefined> {
  // By its digest a chart is there also after its tag has moved.
  const digest = await registry?.transfers.head(repository, chart.kind === 'oci' ? (chart.digest ?? tag) : tag);
  if (registry === undefined || digest === undefined) return undefined;
  if (chart.kind === 'oci') return { digest };
  // The digest of an archive is that of the one layer.
  const manifest = await registry.transfers.source(repository).manifest(digest);
  const { layers } = asObject(parseJson(new TextDecoder().decode(manifest?.bytes)));
  const archive = asString(asObject(asArray(layers)[0])['digest']);
  if (archive === undefined) return undefined;
  // What earlier releases of the suite have applied, they name by its manifest.
  return [undefined, archive, digest].includes(chart.digest) ? { digest, archive } : undefined;
}
