import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, openRepository, type RegistryContent, storeManifest } from '../registry/content.ts';
import { mediaTypes } from '../registry/manifest.ts';
import { type ChartAddress, chartAddresses, urlOf } from './addresses.ts';
import { type ChartArchive, packChart, packFiles, readArchive } from './archive.ts';
import { chartImages, putImage } from './images.ts';

/** A chart as a person finds it. */
export interface ServedChart {
  readonly name: string;
  readonly version: string;
  /** `oci://…`, or the `https://…/` of its repository. */
  readonly url: string;
  /** Of the manifest in an OCI registry, of the archive in a repository: what a platform pins. */
  readonly digest: string;
}

/** The back door to what the world's chart registries hold. */
export interface Charts {
  list(): readonly ServedChart[];
  /** The newest one of that name; throws when none is served. */
  find(name: string): ServedChart;
  archive(name: string): Buffer;
  /** Packs files by their path inside of the chart's folder, always to the same bytes. */
  pack(name: string, files: Readonly<Record<string, string>>): Buffer;
  /** Puts another archive under the name and version that it says it has, as somebody does who moves a tag. */
  publish(archive: Buffer): ServedChart;
  /** Puts other bytes under the version of a chart, whatever they are. In an OCI registry the tag moves to them. */
  replace(name: string, content: string | Uint8Array): ServedChart;
}

export interface StoredChart extends ChartArchive {
  readonly address: ChartAddress;
  /** What is pinned: see ServedChart. */
  readonly pin: string;
}

export interface ChartCatalog {
  readonly charts: Charts;
  /** What an OCI registry of that name holds. */
  contentOf(host: string): RegistryContent;
  /** Charts of the repository that lies under `path`. */
  repository(host: string, path: string): readonly StoredChart[];
}

/** Small charts of ours, which stand for the real ones. */
const ours = join(import.meta.dirname, '..', '..', 'charts');

/** `folder` holds archives (.tgz) that take the place of ours of the same name. Nothing is read before it is asked for. */
export function createChartCatalog(folder?: string): ChartCatalog {
  const contents = new Map<string, RegistryContent>();
  let stored: Map<string, StoredChart> | undefined;

  const contentOf = (host: string): RegistryContent => {
    let content = contents.get(host);
    if (content === undefined) {
      content = { repositories: new Map(), uploads: new Map(), traffic: new Map() };
      contents.set(host, content);
    }
    return content;
  };

  const put = (all: Map<string, StoredChart>, archive: ChartArchive): StoredChart => {
    const address = chartAddresses[archive.name];
    if (address === undefined) {
      throw new Error(
        `The sandbox knows no address of the chart ${archive.name}; it serves ${Object.keys(chartAddresses).join(', ')}.`,
      );
    }
    const pin = address.kind === 'http' ? archive.digest : push(contentOf(address.host), address.repository, archive);
    const chart = { ...archive, address, pin };
    all.set(archive.name, chart);
    return chart;
  };

  const all = (): Map<string, StoredChart> => {
    if (stored !== undefined) return stored;
    const found = new Map<string, StoredChart>();
    const given = folder === undefined ? [] : readArchives(folder);
    const isGiven = (name: string) => given.some(archive => archive.name === name);
    for (const archive of packOurs()) if (!isGiven(archive.name)) put(found, archive);
    for (const archive of given) put(found, archive);
    for (const [host, images] of Object.entries(chartImages))
      for (const name of images) putImage(contentOf(host), name);
    stored = found;
    return found;
  };

  const demand = (name: string): StoredChart => {
    const chart = all().get(name);
    if (chart === undefined) throw new Error(`No chart registry of the sandbox serves ${name}.`);
    return chart;
  };

  return {
    charts: {
      list: () => [...all().values()].map(view),
      find: name => view(demand(name)),
      archive: name => demand(name).content,
      pack: packFiles,
      publish: archive => view(put(all(), readArchive(archive))),
      replace: (name, content) => view(put(all(), { ...demand(name), ...withContent(content) })),
    },
    contentOf: host => {
      all();
      return contentOf(host);
    },
    repository: (host, path) =>
      [...all().values()].filter(
        ({ address }) => address.kind === 'http' && address.host === host && address.path === path,
      ),
  };
}

function packOurs(): ChartArchive[] {
  const names = readdirSync(ours, { withFileTypes: true }).filter(entry => entry.isDirectory());
  return names.map(({ name }) => packChart(join(ours, name))).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function readArchives(folder: string): ChartArchive[] {
  const files = readdirSync(folder).filter(name => name.endsWith('.tgz'));
  return files.sort().map(file => {
    try {
      return readArchive(readFileSync(join(folder, file)));
    } catch (cause) {
      throw new Error(`${join(folder, file)} is no chart.`, { cause });
    }
  });
}

function withContent(content: string | Uint8Array): Pick<ChartArchive, 'content' | 'digest'> {
  const bytes = Buffer.from(content);
  return { content: bytes, digest: digestOf(bytes) };
}

/** Stores a chart as Helm pushes it (helm.sh/docs/topics/registries), without a time of its making. Gives the manifest's digest. */
function push(content: RegistryContent, repositoryName: string, chart: ChartArchive): string {
  const repository = openRepository(content, repositoryName);
  const putBlob = (bytes: Buffer) => {
    const digest = digestOf(bytes);
    repository.blobs.set(digest, bytes);
    return { digest, size: bytes.length };
  };
  const config = putBlob(Buffer.from(JSON.stringify(chart.about)));
  const layer = putBlob(chart.content);
  const manifest = {
    schemaVersion: 2,
    mediaType: mediaTypes.image,
    config: { mediaType: 'application/vnd.cncf.helm.config.v1+json', ...config },
    layers: [{ mediaType: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', ...layer }],
    annotations: { 'org.opencontainers.image.title': chart.name, 'org.opencontainers.image.version': chart.version },
  };
  const { digest } = storeManifest(
    repository,
    Buffer.from(JSON.stringify(manifest)),
    mediaTypes.image,
    tagOf(chart.version),
  );
  return digest;
}

/** Tags have no plus sign: Helm writes an underscore for it. */
export function tagOf(version: string): string {
  return version.replaceAll('+', '_');
}

function view({ name, version, address, pin }: StoredChart): ServedChart {
  return { name, version, url: urlOf(address), digest: pin };
}
