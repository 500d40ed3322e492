import type { Resource } from '../azure/arm/store.ts';
import {
  type Attributes,
  digestOf,
  findManifest,
  findRepository,
  openRepository,
  type RegistryContent,
  type Repository,
  storeManifest,
  type Traffic,
  tagsOf,
  unlocked,
} from './content.ts';
import { type Descriptor, mediaTypes } from './manifest.ts';
import { findRegistry } from './service.ts';

/** A manifest as a test looks at it. */
export interface ManifestView extends Descriptor {
  readonly artifactType?: string;
  readonly subject?: Descriptor;
  readonly tags: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
}

export interface ArtifactSeed {
  readonly artifactType: string;
  readonly blobs: readonly {
    readonly mediaType: string;
    readonly content: string | Uint8Array;
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly subject?: Descriptor;
  readonly tag?: string;
}

/** One registry by the back door: no network, no tokens, no rights. For looking, and for forging. */
export interface RegistryView {
  readonly loginServer: string;
  repositories(): readonly string[];
  /** In the order of their pushes; none when there is no such repository. */
  manifests(repository: string): readonly ManifestView[];
  /** By digest or tag. */
  readManifest(repository: string, reference: string): Buffer | undefined;
  readBlob(repository: string, digest: string): Buffer | undefined;
  /** Of a tag or a digest: whether it is locked. */
  attributes(repository: string, reference: string): Attributes;
  putArtifact(repository: string, artifact: ArtifactSeed): Descriptor;
  putBlob(repository: string, mediaType: string, content: string | Uint8Array): Descriptor;
  /** The bytes as they are, whatever they name; a tag moves to them. */
  putManifest(repository: string, mediaType: string, content: string | Uint8Array, tag?: string): Descriptor;
  /** Puts other bytes under a digest, as a registry that lies. */
  replaceManifest(repository: string, digest: string, content: string | Uint8Array): void;
  replaceBlob(repository: string, digest: string, content: string | Uint8Array): void;
  /** False when there is none. */
  deleteRepository(repository: string): boolean;
  /** Bytes of blobs so far, of the repositories that `isMeant` holds of; all by default. */
  traffic(isMeant?: (repository: string) => boolean): Readonly<Traffic>;
}

export interface Registries {
  /** By login server (`acrshop.azurecr.io`) or name, or a public registry (`ghcr.io`); throws when there is none. */
  registry(loginServerOrName: string): RegistryView;
}

export function createRegistries(
  resources: () => readonly Resource[],
  contentOf: (registry: Resource) => RegistryContent,
  /** Undefined for a host that is no public registry. */
  publicContent: (host: string) => RegistryContent | undefined,
): Registries {
  return {
    registry: wanted => {
      const content = publicContent(wanted);
      if (content !== undefined) return viewOf(wanted, content);
      const found = findRegistry(resources(), wanted);
      if (found === undefined) throw new Error(`The sandbox's Azure holds no registry ${wanted}.`);
      return viewOf(`${found.name.toLowerCase()}.azurecr.io`, contentOf(found));
    },
  };
}

function viewOf(loginServer: string, content: RegistryContent): RegistryView {
  const demand = (name: string): Repository => {
    const found = findRepository(content, name);
    if (found === undefined) throw new Error(`The registry ${loginServer} has no repository ${name}.`);
    return found;
  };
  return {
    loginServer,
    repositories: () => [...content.repositories.keys()].filter(name => findRepository(content, name)).sort(),
    manifests: name => {
      const found = findRepository(content, name);
      return found === undefined ? [] : [...found.manifests.keys()].map(digest => manifestView(found, digest));
    },
    readManifest: (name, reference) => {
      const found = content.repositories.get(name);
      return found === undefined ? undefined : findManifest(found, reference)?.content;
    },
    attributes: (name, reference) => demand(name).locks.get(reference) ?? unlocked,
    readBlob: (name, digest) => content.repositories.get(name)?.blobs.get(digest),
    putArtifact: (name, artifact) => putArtifact(openRepository(content, name), artifact),
    putBlob: (name, mediaType, bytes) => {
      const blob = Buffer.from(bytes);
      const digest = digestOf(blob);
      openRepository(content, name).blobs.set(digest, blob);
      return { mediaType, digest, size: blob.length };
    },
    putManifest: (name, mediaType, bytes, tag) => {
      const manifest = Buffer.from(bytes);
      const { digest } = storeManifest(openRepository(content, name), manifest, mediaType, tag);
      return { mediaType, digest, size: manifest.length };
    },
    replaceManifest: (name, digest, bytes) => {
      const { manifests } = demand(name);
      const before = manifests.get(digest);
      if (before === undefined) throw new Error(`The repository ${name} has no manifest ${digest}.`);
      manifests.set(digest, { ...before, content: Buffer.from(bytes) });
    },
    replaceBlob: (name, digest, bytes) => void demand(name).blobs.set(digest, Buffer.from(bytes)),
    deleteRepository: name => content.repositories.delete(name),
    traffic: (isMeant = () => true) =>
      sumOf([...content.traffic].flatMap(([name, one]) => (isMeant(name) ? [one] : []))),
  };
}

function sumOf(all: readonly Traffic[]): Traffic {
  const total = { received: 0, sent: 0, imported: 0 };
  for (const { received, sent, imported } of all) {
    total.received += received;
    total.sent += sent;
    total.imported += imported;
  }
  return total;
}

function manifestView(repository: Repository, digest: string): ManifestView {
  const stored = repository.manifests.get(digest);
  if (stored === undefined) throw new Error(`The repository ${repository.name} has no manifest ${digest}.`);
  const { mediaType, artifactType, subject, annotations } = stored.facts;
  return {
    digest,
    mediaType,
    size: stored.content.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(subject === undefined ? {} : { subject }),
    tags: tagsOf(repository, digest),
    annotations,
  };
}

function putArtifact(repository: Repository, artifact: ArtifactSeed): Descriptor {
  const { artifactType, blobs, annotations, subject, tag } = artifact;
  const putBlob = (bytes: string | Uint8Array): Pick<Descriptor, 'digest' | 'size'> => {
    const blob = Buffer.from(bytes);
    const digest = digestOf(blob);
    repository.blobs.set(digest, blob);
    return { digest, size: blob.length };
  };
  const content = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.image,
      artifactType,
      config: { mediaType: mediaTypes.empty, ...putBlob('{}') },
      layers: blobs.map(({ mediaType, content: bytes, annotations: notes }) => ({
        mediaType,
        ...putBlob(bytes),
        ...(notes === undefined ? {} : { annotations: notes }),
      })),
      ...(subject === undefined ? {} : { subject }),
      ...(annotations === undefined ? {} : { annotations }),
    }),
  );
  const { digest } = storeManifest(repository, content, mediaTypes.image, tag);
  return { mediaType: mediaTypes.image, digest, size: content.length };
}
