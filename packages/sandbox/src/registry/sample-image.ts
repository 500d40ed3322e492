import { createHash } from 'node:crypto';
import type { RegistryView } from './back-door.ts';
import { type Descriptor, mediaTypes } from './manifest.ts';

const types = {
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  sbom: 'application/spdx+json',
  signature: 'application/vnd.dev.cosign.simplesigning.v1+json',
} as const;

/** Where an image is made: by the back door of a registry, or in a folder. */
export interface ImagePlace {
  blob(mediaType: string, content: string | Uint8Array): Descriptor;
  manifest(mediaType: string, content: string, tag?: string): Descriptor;
}

export function inRegistry(registry: RegistryView, repository: string): ImagePlace {
  return {
    blob: (mediaType, content) => registry.putBlob(repository, mediaType, content),
    manifest: (mediaType, content, tag) => registry.putManifest(repository, mediaType, content, tag),
  };
}

export interface MadeImage {
  readonly digest: string;
  /** Of each platform, by its name. */
  readonly platforms: Readonly<Record<string, Descriptor>>;
  /** SBOM, which refers to the image. */
  readonly sbom: Descriptor;
  /** Signature under a tag made of the digest. */
  readonly signature: Descriptor;
  readonly layers: readonly Descriptor[];
}

export interface ImageSeed {
  /** Images of one name are equal; of another one they share the base layer. */
  readonly name: string;
  /** Of its own layer. */
  readonly layerBytes?: number;
  readonly platforms?: readonly string[];
  /** What it sets for its programs: `CUDA_VERSION=12.5.0`. */
  readonly env?: readonly string[];
}

/** An index of images that are signed and have an SBOM, as teams publish them: the referrer behind the fall-back tag. */
export function makeImage(
  place: ImagePlace,
  { name, layerBytes = 2000, platforms = ['linux/amd64', 'linux/arm64'], env }: ImageSeed,
): MadeImage {
  const base = place.blob(types.layer, noise(5000, 'base'));
  const layers: Descriptor[] = [base];
  const made = platforms.map(platform => {
    const [os = '', architecture = ''] = platform.split('/');
    const layer = place.blob(types.layer, noise(layerBytes, `${name} ${platform}`));
    layers.push(layer);
    const config = place.blob(
      types.config,
      JSON.stringify({ os, architecture, name, ...(env === undefined ? {} : { config: { Env: env } }) }),
    );
    const image = place.manifest(
      mediaTypes.image,
      manifestOf({ mediaType: mediaTypes.image, config, layers: [base, layer] }),
    );
    return [platform, image] as const;
  });
  const manifests = made.map(([platform, image]) => {
    const [os, architecture] = platform.split('/');
    return { ...image, platform: { os, architecture } };
  });
  const root = place.manifest(mediaTypes.index, manifestOf({ mediaType: mediaTypes.index, manifests }), 'latest');
  const empty = place.blob(mediaTypes.empty, '{}');
  const sbom = place.manifest(
    mediaTypes.image,
    manifestOf({
      mediaType: mediaTypes.image,
      artifactType: types.sbom,
      config: empty,
      layers: [place.blob(types.sbom, `sbom of ${name}`)],
      subject: root,
    }),
  );
  const tag = root.digest.replace(':', '-');
  place.manifest(
    mediaTypes.index,
    manifestOf({ mediaType: mediaTypes.index, manifests: [{ ...sbom, artifactType: types.sbom }] }),
    tag,
  );
  const signature = place.manifest(
    mediaTypes.image,
    manifestOf({
      mediaType: mediaTypes.image,
      config: place.blob(types.config, `{"signs":"${name}"}`),
      layers: [place.blob(types.signature, `signature of ${root.digest}`)],
    }),
    `${tag}.sig`,
  );
  return { digest: root.digest, platforms: Object.fromEntries(made), sbom, signature, layers };
}

/** Not as JSON.stringify writes it, so that whoever writes it again is found out. */
function manifestOf(content: object): string {
  return `${JSON.stringify({ schemaVersion: 2, ...content }, null, 3)}\n`;
}

/** The same for the same seed. */
function noise(length: number, seed: string): Uint8Array {
  return createHash('shake256', { outputLength: length }).update(seed).digest();
}
