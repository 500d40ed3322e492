import { createHash, randomUUID } from 'node:crypto';
import type { Resource } from '../azure/arm/store.ts';
import { type ManifestFacts, readManifest } from './manifest.ts';

/** What may be done with a tag or a manifest; everything unless somebody locked it. */
export interface Attributes {
  readonly writeEnabled: boolean;
  readonly deleteEnabled: boolean;
}

export const unlocked: Attributes = { writeEnabled: true, deleteEnabled: true };

export interface StoredManifest {
  readonly digest: string;
  /** Exactly as pushed: the digest is of these bytes. */
  readonly content: Buffer;
  readonly facts: ManifestFacts;
}

export interface Repository {
  readonly name: string;
  /** By digest. A blob is known only to the repositories that it was pushed or mounted to. */
  readonly blobs: Map<string, Buffer>;
  /** By digest, in the order of their pushes. */
  readonly manifests: Map<string, StoredManifest>;
  /** Digests by tag. */
  readonly tags: Map<string, string>;
  /** By tag or digest, of what somebody changed the attributes of. */
  readonly locks: Map<string, Attributes>;
}

export interface Upload {
  readonly id: string;
  readonly repository: string;
  readonly chunks: Buffer[];
  size: number;
}

export interface RegistryContent {
  readonly repositories: Map<string, Repository>;
  readonly uploads: Map<string, Upload>;
  /** By repository, also of those that are gone. */
  readonly traffic: Map<string, Traffic>;
}

/** Bytes of blobs: what went over the network, and what imports brought without it. */
export interface Traffic {
  received: number;
  sent: number;
  imported: number;
}

/** What each registry holds. It belongs to the resource itself: whatever deletes that, deletes it. */
export function createContents(): (registry: Resource) => RegistryContent {
  const contents = new WeakMap<Resource, RegistryContent>();
  return registry => {
    let content = contents.get(registry);
    if (content === undefined) {
      content = { repositories: new Map(), uploads: new Map(), traffic: new Map() };
      contents.set(registry, content);
    }
    return content;
  };
}

/** To be counted on. */
export function trafficOf({ traffic }: RegistryContent, repository: string): Traffic {
  let found = traffic.get(repository);
  if (found === undefined) {
    found = { received: 0, sent: 0, imported: 0 };
    traffic.set(repository, found);
  }
  return found;
}

export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** A repository that shows itself: it holds a manifest. */
export function findRepository(content: RegistryContent, name: string): Repository | undefined {
  const found = content.repositories.get(name);
  return found === undefined || found.manifests.size === 0 ? undefined : found;
}

/** The repository that a push makes when it is not there. */
export function openRepository(content: RegistryContent, name: string): Repository {
  let found = content.repositories.get(name);
  if (found === undefined) {
    found = { name, blobs: new Map(), manifests: new Map(), tags: new Map(), locks: new Map() };
    content.repositories.set(name, found);
  }
  return found;
}

export function findManifest(repository: Repository, reference: string): StoredManifest | undefined {
  const digest = reference.includes(':') ? reference : repository.tags.get(reference);
  return digest === undefined ? undefined : repository.manifests.get(digest);
}

/** Stores what was checked before; `tag` moves to it. */
export function storeManifest(
  repository: Repository,
  content: Buffer,
  contentType: string,
  tag?: string,
): StoredManifest {
  const manifest = { digest: digestOf(content), content, facts: readManifest(content, contentType) };
  if (!repository.manifests.has(manifest.digest)) repository.manifests.set(manifest.digest, manifest);
  if (tag !== undefined) repository.tags.set(tag, manifest.digest);
  return manifest;
}

/** Removes a manifest, its tags and, as ACR does, all that refers to it. */
export function removeManifest(repository: Repository, digest: string): void {
  for (const name of [digest, ...tagsOf(repository, digest)]) repository.locks.delete(name);
  repository.manifests.delete(digest);
  for (const [tag, target] of repository.tags) if (target === digest) repository.tags.delete(tag);
  for (const referrer of referrersOf(repository, digest)) removeManifest(repository, referrer.digest);
}

export function referrersOf(repository: Repository, digest: string): StoredManifest[] {
  return [...repository.manifests.values()].filter(({ facts }) => facts.subject?.digest === digest);
}

export function tagsOf(repository: Repository, digest: string): string[] {
  return [...repository.tags].filter(([, target]) => target === digest).map(([tag]) => tag);
}

export function beginUpload(content: RegistryContent, repository: string): Upload {
  const upload: Upload = { id: randomUUID(), repository, chunks: [], size: 0 };
  content.uploads.set(upload.id, upload);
  return upload;
}
