import { createHash } from 'node:crypto';
import { digestOf, imageIndex, imageManifest } from '../descriptor.ts';
import type { MemoryRepository } from './memory-registry.ts';

export interface Made {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Bytes that look like nothing, the same for the same seed. */
export function noise(length: number, seed: number): Uint8Array {
  if (length === 0) return new Uint8Array();
  return createHash('shake256', { outputLength: length }).update(String(seed)).digest();
}

/** Makes images by the back door. */
export function maker(repository: MemoryRepository) {
  const blob = (bytes: Uint8Array, mediaType = 'application/vnd.oci.image.layer.v1.tar+gzip'): Made => {
    const digest = digestOf(bytes);
    repository.blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const manifest = (content: object, mediaType: string, tag?: string): Made => {
    // Not as JSON.stringify writes it: whoever parses and writes it again changes its digest.
    const bytes = new TextEncoder().encode(`${JSON.stringify({ schemaVersion: 2, mediaType, ...content }, null, 3)}\n`);
    const digest = digestOf(bytes);
    repository.manifests.set(digest, { mediaType, bytes });
    if (tag !== undefined) repository.tags.set(tag, digest);
    return { mediaType, digest, size: bytes.length };
  };
  const config = (seed: number) =>
    blob(new TextEncoder().encode(`{"seed":${seed}}`), 'application/vnd.oci.image.config.v1+json');
  return {
    blob,
    image: (seed: number, layers: readonly Made[], more: object = {}, tag?: string) =>
      manifest({ config: config(seed), layers, ...more }, imageManifest, tag),
    index: (manifests: readonly Made[], more: object = {}, tag?: string) =>
      manifest({ manifests, ...more }, imageIndex, tag),
    manifest,
  };
}
