import { createHash } from 'node:crypto';
import { asNumber, asObject, asString } from '@suite/foundation';

/** Points at content by its digest (OCI image specification, "Content Descriptors"). */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:` and 64 digits. */
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** A blob of an artifact. */
export interface BlobDescriptor extends Descriptor {
  /** File name, as tools that unpack artifacts show it. */
  readonly title?: string;
}

export const imageManifest = 'application/vnd.oci.image.manifest.v1+json';
export const imageIndex = 'application/vnd.oci.image.index.v1+json';
export const emptyType = 'application/vnd.oci.empty.v1+json';
export const titleKey = 'org.opencontainers.image.title';

const digestPattern = /^sha256:[0-9a-f]{64}$/;

export function isDigest(text: string): boolean {
  return digestPattern.test(text);
}

export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

export function describe(mediaType: string, content: Uint8Array): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

/** Undefined for anything that is no complete descriptor with a SHA-256 digest. */
export function readDescriptor(value: unknown): Descriptor | undefined {
  const fields = asObject(value);
  const mediaType = asString(fields['mediaType']);
  const digest = asString(fields['digest']);
  const size = asNumber(fields['size']);
  if (mediaType === undefined || digest === undefined || size === undefined) return undefined;
  return isDigest(digest) && Number.isSafeInteger(size) && size >= 0 ? { mediaType, digest, size } : undefined;
}

/** Annotations are texts; what is none is left out. */
export function readAnnotations(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(asObject(value)).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(texts);
}
