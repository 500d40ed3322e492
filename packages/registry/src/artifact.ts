import { asArray, asObject, asString, parseJson } from '@suite/foundation';
import {
  type BlobDescriptor,
  type Descriptor,
  describe,
  emptyType,
  imageManifest,
  readAnnotations,
  readDescriptor,
  titleKey,
} from './descriptor.ts';

/** Something small to keep in a registry: files with a type, possibly about something else (`subject`). */
export interface NewArtifact {
  /** Media type of the whole, e.g. `application/vnd.example.bundle.v1`. */
  readonly artifactType: string;
  readonly blobs: readonly NewBlob[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** What it refers to: with it, this is a referrer. */
  readonly subject?: Descriptor;
  readonly tag?: string;
}

export interface NewBlob {
  readonly mediaType: string;
  readonly content: Uint8Array;
  /** File name. */
  readonly title?: string;
}

/** An artifact as a registry holds it; what the blobs hold is read one by one. */
export interface Artifact {
  readonly descriptor: Descriptor;
  readonly artifactType: string;
  readonly annotations: Readonly<Record<string, string>>;
  readonly subject?: Descriptor;
  readonly blobs: readonly BlobDescriptor[];
}

/** Bytes under their digest. */
export interface Content {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** An artifact ready to be pushed: blobs first, then the manifest. */
export interface PackedArtifact {
  readonly manifest: Content;
  /** Each once. */
  readonly blobs: readonly Content[];
}

const emptyBytes = new TextEncoder().encode('{}');
const empty = describe(emptyType, emptyBytes);

/** The manifest as OCI image specification 1.1 has it ("Guidelines for Artifact Usage"). Equal input gives equal bytes. */
export function packArtifact({ artifactType, blobs, annotations, subject }: NewArtifact): PackedArtifact {
  const contents = blobs.map(({ mediaType, content, title }) => ({
    descriptor: describe(mediaType, content),
    bytes: content,
    title,
  }));
  const layers = contents.map(({ descriptor, title }) =>
    title === undefined ? descriptor : { ...descriptor, annotations: { [titleKey]: title } },
  );
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: imageManifest,
      artifactType,
      config: empty,
      // A manifest without layers is one that some registries refuse.
      layers: layers.length === 0 ? [empty] : layers,
      ...(subject === undefined ? {} : { subject: pickDescriptor(subject) }),
      ...(annotations === undefined ? {} : { annotations: sortKeys(annotations) }),
    }),
  );
  const all = new Map<string, Content>([[empty.digest, { descriptor: empty, bytes: emptyBytes }]]);
  for (const { descriptor, bytes: content } of contents) all.set(descriptor.digest, { descriptor, bytes: content });
  return { manifest: { descriptor: describe(imageManifest, bytes), bytes }, blobs: [...all.values()] };
}

/** Reads a manifest; a text says why it is none of an artifact. */
export function readArtifactManifest(descriptor: Descriptor, bytes: Uint8Array): Artifact | string {
  const manifest = asObject(parseJson(new TextDecoder().decode(bytes)));
  if (manifest['schemaVersion'] !== 2) return 'it is no manifest of schema version 2';
  const mediaType = manifest['mediaType'];
  if (mediaType !== undefined && mediaType !== imageManifest) return `it calls itself ${String(mediaType)}`;
  const config = readDescriptor(manifest['config']);
  if (config === undefined) return 'its config is no descriptor';
  const blobs: BlobDescriptor[] = [];
  for (const layer of asArray(manifest['layers'])) {
    const blob = readDescriptor(layer);
    if (blob === undefined) return 'one of its layers is no descriptor';
    const title = readAnnotations(asObject(layer)['annotations'])[titleKey];
    if (blob.mediaType !== emptyType) blobs.push(title === undefined ? blob : { ...blob, title });
  }
  const subject = readDescriptor(manifest['subject']);
  if (subject === undefined && manifest['subject'] !== undefined) return 'its subject is no descriptor';
  return {
    descriptor,
    artifactType: asString(manifest['artifactType']) ?? config.mediaType,
    annotations: readAnnotations(manifest['annotations']),
    ...(subject === undefined ? {} : { subject }),
    blobs,
  };
}

function pickDescriptor({ mediaType, digest, size }: Descriptor): Descriptor {
  return { mediaType, digest, size };
}

function sortKeys(record: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(record).sort(([one], [other]) => (one < other ? -1 : 1)));
}
