import type { AccessControl } from '../azure/access.ts';
import type { ImagePlace, RegistryImages } from '../azure/arm/registry-images.ts';
import type { Resource } from '../azure/arm/store.ts';
import type { TokenMint } from '../azure/tokens.ts';
import {
  findManifest,
  openRepository,
  type RegistryContent,
  type Repository,
  storeManifest,
  trafficOf,
} from './content.ts';
import { isClosed, isPrivate, trustsServices } from './network.ts';
import { rightsOver } from './rights.ts';
import { audiencesOf } from './sign-in.ts';

export interface ImagesOptions {
  readonly clock: { now(): number };
  readonly access: AccessControl;
  readonly mint: TokenMint;
  readonly contentOf: (registry: Resource) => RegistryContent;
  /** Undefined for a name that no public registry has. */
  readonly publicContent?: (name: string) => RegistryContent | undefined;
}

/** What imports do inside of registries. */
export function createRegistryImages({
  clock,
  access,
  mint,
  contentOf: contentOfResource,
  publicContent = () => undefined,
}: ImagesOptions): RegistryImages {
  const publics = new WeakMap<Resource, RegistryContent>();
  const contentOf = (registry: Resource) => publics.get(registry) ?? contentOfResource(registry);
  const repositoryOf = ({ registry, repository }: ImagePlace) => contentOf(registry).repositories.get(repository);
  return {
    publicRegistry: name => {
      const content = publicContent(name);
      if (content === undefined) return undefined;
      const registry = publicResource(name);
      publics.set(registry, content);
      return registry;
    },
    networkOf: registry => ({
      isOpen: !isClosed(registry),
      isPrivate: isPrivate(registry),
      trusts: trustsServices(registry),
    }),
    mayPull: (registry, objectId) => rightsOver(registry, objectId, access).includes('pull'),
    holderOf: async (registry, password) => {
      const token = await mint.read(password);
      const isFresh = token !== undefined && clock.now() < token.expires * 1000;
      const isFor = audiencesOf(registry).includes(token?.audience.replace(/\/$/, '') ?? '');
      return isFresh && isFor ? token.objectId : undefined;
    },
    look: (place, reference) => {
      const repository = repositoryOf(place);
      const found = repository === undefined ? undefined : findManifest(repository, reference);
      if (repository === undefined || found === undefined) return undefined;
      return { digest: found.digest, manifests: partsOf(repository, found.digest).length };
    },
    hasTag: (place, tag) => repositoryOf(place)?.tags.has(tag) ?? false,
    copy: (from, digest, to, tag) => {
      const source = repositoryOf(from);
      if (source === undefined)
        throw new Error(`The sandbox's registry ${from.registry.name} lost ${from.repository}.`);
      const content = contentOf(to.registry);
      const target = openRepository(content, to.repository);
      const traffic = trafficOf(content, to.repository);
      for (const part of partsOf(source, digest)) {
        const manifest = source.manifests.get(part);
        if (manifest === undefined) continue;
        for (const { digest: blob } of manifest.facts.blobs) traffic.imported += copyBlob(source, target, blob);
        storeManifest(target, manifest.content, manifest.facts.mediaType, part === digest ? tag : undefined);
      }
    },
  };
}

function publicResource(name: string): Resource {
  const properties = { loginServer: name, anonymousPullEnabled: true };
  return { id: name, type: 'public', name, body: { properties }, etag: '' };
}

/** Digests of what a manifest is made of, children first, itself last; each once. */
function partsOf(repository: Repository, digest: string, seen = new Set<string>()): readonly string[] {
  const manifest = repository.manifests.get(digest);
  if (manifest === undefined || seen.has(digest)) return [];
  seen.add(digest);
  return [...manifest.facts.children.flatMap(child => partsOf(repository, child.digest, seen)), digest];
}

/** Bytes that came in addition. */
function copyBlob(source: Repository, target: Repository, digest: string): number {
  const blob = source.blobs.get(digest);
  if (blob === undefined || target.blobs.has(digest)) return 0;
  target.blobs.set(digest, blob);
  return blob.length;
}
