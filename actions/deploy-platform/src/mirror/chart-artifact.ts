import type { JsonObject } from '@suite/foundation';
import { describe, type ImageSource, imageManifest } from '@suite/registry';

/** Media types of Helm (helm.sh, "Use OCI-based registries"; helm/pkg/registry/constants.go). */
const types = {
  config: 'application/vnd.cncf.helm.config.v1+json',
  content: 'application/vnd.cncf.helm.chart.content.v1.tar+gzip',
} as const;

/** A chart of a repository as an artifact, to be copied into a registry. */
export interface ChartArtifact {
  readonly source: ImageSource;
  /** Of the manifest. */
  readonly digest: string;
  /** Of the archive. */
  readonly layer: string;
}

/**
 * The artifact as `helm push` makes it, without the time of its making, so that one archive always gives one digest. `about`: its
 * Chart.yaml.
 */
export function chartSource(name: string, about: JsonObject, archive: Uint8Array): ChartArtifact {
  const config = new TextEncoder().encode(JSON.stringify(about));
  const [ofConfig, ofArchive] = [describe(types.config, config), describe(types.content, archive)];
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifest,
      config: ofConfig,
      layers: [ofArchive],
      annotations: annotationsOf(about),
    }),
  );
  const descriptor = describe(imageManifest, bytes);
  const blobs = new Map([
    [ofConfig.digest, config],
    [ofArchive.digest, archive],
  ]);
  const source: ImageSource = {
    name,
    manifest: async reference => (reference === descriptor.digest ? { descriptor, bytes } : undefined),
    blob: async ({ digest }, offset) => {
      const blob = blobs.get(digest);
      if (blob === undefined) throw new Error(`The chart ${name} has no ${digest}.`);
      return one(blob.subarray(offset));
    },
    referrers: async () => [],
    tags: async () => [],
  };
  return { source, digest: descriptor.digest, layer: ofArchive.digest };
}

/** Those that Helm makes of Chart.yaml (helm/pkg/registry/chart.go). */
function annotationsOf(about: JsonObject): Record<string, string> {
  const prefix = 'org.opencontainers.image.';
  const entries = [
    ['title', about['name']],
    ['version', about['version']],
    ['description', about['description']],
    ['url', about['home']],
  ] as const;
  return Object.fromEntries(
    entries.flatMap(([key, text]) => (typeof text === 'string' && text !== '' ? [[`${prefix}${key}`, text]] : [])),
  );
}

async function* one(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
