import { asArray, asObject, asString, isObject, parseJson, UserError } from '@suite/foundation';
import {
  type Descriptor,
  digestOf,
  imageIndex,
  imageManifest,
  isDigest,
  readAnnotations,
  readDescriptor,
} from '../descriptor.ts';
import type { LayoutFile, LayoutFiles } from './layout-files.ts';
import { largestManifest } from './manifest.ts';
import type { ImageSource } from './source.ts';

/** An OCI image layout (OCI image specification, "Image Layout"), as `docker buildx build --output type=oci` and skopeo write it. */
export interface LayoutSource extends ImageSource {
  /** What the index names, e.g. to choose by tag. */
  readonly entries: readonly LayoutEntry[];
  close(): Promise<void>;
}

export interface LayoutEntry extends Descriptor {
  /** `org.opencontainers.image.ref.name`. */
  readonly tag?: string;
}

const tagKey = 'org.opencontainers.image.ref.name';

/** Throws UserError for what is no layout, and later for content that is missing or of another size than the layout says. */
export async function openLayout(files: LayoutFiles): Promise<LayoutSource> {
  const { name } = files;
  const fail = (message: string): never => {
    throw new UserError({ message: `${name} ${message}.` });
  };
  const readJson = async (path: string) => parseJson(new TextDecoder().decode(await readAll(files, path)));
  const version = asObject(await readJson('oci-layout'))['imageLayoutVersion'];
  if (version !== '1.0.0') fail(`is a layout of version ${String(version)}, and only 1.0.0 is known`);
  const index = await readJson('index.json');
  if (!isObject(index) || index['schemaVersion'] !== 2)
    return fail('has an index.json that is no index of schema version 2');
  const entries = asArray(index['manifests']).map((entry): LayoutEntry => {
    const descriptor = readDescriptor(entry) ?? fail('has an index.json with an entry that is no descriptor');
    const tag = readAnnotations(asObject(entry)['annotations'])[tagKey];
    return tag === undefined ? descriptor : { ...descriptor, tag };
  });

  const readManifestBytes = async (digest: string) => {
    const path = pathOf(digest);
    if ((await files.find(path)) === undefined) return undefined;
    const bytes = await readAll(files, path);
    if (digestOf(bytes) !== digest) fail(`holds something else than ${digest}: it hashes to ${digestOf(bytes)}`);
    return bytes;
  };
  let subjects: Promise<ReadonlyMap<string, readonly string[]>> | undefined;
  const readSubjects = async () => {
    const bySubject = new Map<string, string[]>();
    for (const { digest } of entries) {
      const bytes = await readManifestBytes(digest);
      const subject = readDescriptor(asObject(parseJson(new TextDecoder().decode(bytes)))['subject'])?.digest;
      if (subject !== undefined) bySubject.set(subject, [...(bySubject.get(subject) ?? []), digest]);
    }
    return bySubject;
  };

  return {
    name,
    entries,
    manifest: async reference => {
      const entry = entries.find(({ digest, tag }) => digest === reference || tag === reference);
      const digest = entry?.digest ?? reference;
      const bytes = isDigest(digest) ? await readManifestBytes(digest) : undefined;
      if (bytes === undefined) return undefined;
      const mediaType = entry?.mediaType ?? typeOf(bytes);
      return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
    },
    blob: async ({ digest, size }, offset) => {
      const file = (await files.find(pathOf(digest))) ?? fail(`holds no ${digest}, which one of its manifests names`);
      if (file.size !== size) fail(`holds ${file.size} bytes of ${digest}, which has ${size}`);
      return file.read(offset);
    },
    // Everything in a layout that refers to something is named in its index: nobody would find it otherwise.
    referrers: async digest => {
      subjects ??= readSubjects();
      return (await subjects).get(digest) ?? [];
    },
    tags: async () => entries.flatMap(({ tag }) => tag ?? []),
    close: files.close,
  };
}

/** The one image of a layout, or the one with a tag or digest. Throws UserError that lists what there is. */
export function chooseEntry({ name, entries }: LayoutSource, reference?: string): LayoutEntry {
  const found =
    reference === undefined ? entries : entries.filter(({ digest, tag }) => digest === reference || tag === reference);
  const [only] = found;
  if (only !== undefined && new Set(found.map(({ digest }) => digest)).size === 1) return only;
  const all = entries.map(({ tag, digest }) => (tag === undefined ? digest : `${tag} (${digest})`));
  throw new UserError({
    message: `${name} holds ${all.length === 0 ? 'no image' : all.join(', ')}${reference === undefined ? '' : `, and not one ${reference}`}.`,
    ...(all.length === 0 ? {} : { remedy: 'Name one of them by its tag or digest.' }),
  });
}

/** Nothing but digits gets into the path. */
function pathOf(digest: string): string {
  if (!isDigest(digest)) throw new Error(`"${digest}" is no digest.`);
  return `blobs/sha256/${digest.slice('sha256:'.length)}`;
}

async function readAll(files: LayoutFiles, path: string): Promise<Uint8Array> {
  const file: LayoutFile | undefined = await files.find(path);
  if (file === undefined) {
    throw new UserError({
      message: `${files.name} is no OCI image layout: it holds no ${path}.`,
      remedy: 'Write one with docker buildx build --output type=oci, or skopeo copy … oci:DIRECTORY.',
    });
  }
  if (file.size > largestManifest) {
    throw new UserError({
      message: `${files.name} has a ${path} of ${file.size} bytes; at most ${largestManifest} are read.`,
    });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(0)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Manifests of Docker and of OCI alike may leave their type out, though only OCI's do. */
function typeOf(bytes: Uint8Array): string {
  const manifest = asObject(parseJson(new TextDecoder().decode(bytes)));
  return asString(manifest['mediaType']) ?? (Array.isArray(manifest['manifests']) ? imageIndex : imageManifest);
}
