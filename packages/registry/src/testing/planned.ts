import type { Manifest, PlannedImage, PlannedManifest } from '../transfer/index.ts';

export const digestOf = (letter: string) => `sha256:${letter.repeat(64)}`;

const descriptor = (letter: string, size = 10) => ({
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
  digest: digestOf(letter),
  size,
});

export interface ManifestSeed {
  readonly letter: string;
  readonly children?: string;
  readonly blobs?: readonly (readonly [letter: string, size: number])[];
  readonly isPresent?: boolean;
  readonly role?: PlannedManifest['role'];
}

/** One letter for each manifest and blob. */
function plannedManifest({ letter, children = '', blobs = [], isPresent = false, role = 'image' }: ManifestSeed) {
  const manifest: Manifest = {
    descriptor: descriptor(letter),
    bytes: new Uint8Array(),
    kind: children === '' ? 'image' : 'index',
    children: [...children].map(child => descriptor(child)),
    blobs: blobs.map(([blob, size]) => descriptor(blob, size)),
    foreign: [],
  };
  return { manifest, isPresent, role };
}

export function plannedImage(
  root: string,
  manifests: readonly ManifestSeed[],
  tags: PlannedImage['tags'] = [],
): PlannedImage {
  const nothing = async () => [];
  return {
    copy: {
      source: {
        name: 'ghcr.io/contoso/web',
        manifest: async () => undefined,
        blob: async () => {
          throw new Error('Nobody reads here.');
        },
        referrers: nothing,
        tags: nothing,
      },
      digest: digestOf(root),
      repository: 'apps/web',
      tags: tags.map(({ tag }) => tag),
    },
    root: descriptor(root),
    manifests: manifests.map(plannedManifest),
    tags,
  };
}
