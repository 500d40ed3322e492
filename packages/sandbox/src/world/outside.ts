import { properties, text } from '../azure/arm/body.ts';
import { sameId } from '../azure/arm/ids.ts';
import type { Resource } from '../azure/arm/store.ts';
import { createGitReader, type GitReader } from '../github/git/reader.ts';
import { web } from '../github/shapes.ts';
import type { GitHubState } from '../github/store/state.ts';
import { splitImage } from '../kubernetes/controllers/argocd/kustomize.ts';
import type { Outside } from '../kubernetes/outside.ts';
import { findManifest, findRepository, type RegistryContent } from '../registry/content.ts';
import { findRegistry, registrySuffix } from '../registry/service.ts';

/** What clusters reach of the world: GitHub's repositories and Azure's registries. Rights to pull are not asked for. */
export function createOutside(parts: {
  readonly github: GitHubState;
  readonly resources: () => readonly Resource[];
  readonly contentOf: (registry: Resource) => RegistryContent;
  /** A host as registries are known by here. */
  readonly inside: (host: string) => string;
}): Outside {
  const readers = new Map<string, GitReader>();
  return {
    repository: url => {
      const name = url.startsWith(`${web}/`) ? url.slice(web.length + 1).replace(/(\.git)?\/?$/, '') : '';
      const found = parts.github.repositories.get(name.toLowerCase());
      if (found === undefined) return undefined;
      const { dir } = found.git;
      const reader = readers.get(dir) ?? createGitReader(dir);
      readers.set(dir, reader);
      return { ...reader, isPrivate: found.isPrivate };
    },
    image: reference => {
      const { name, tag = 'latest', digest } = splitImage(reference);
      const [said = '', ...path] = name.split('/');
      const host = parts.inside(said);
      if (!host.endsWith(registrySuffix)) return undefined;
      const registry = findRegistry(parts.resources(), host);
      const repository = registry && findRepository(parts.contentOf(registry), path.join('/'));
      const found = repository && findManifest(repository, digest ?? tag);
      return found === undefined ? { is: 'missing' } : { is: 'there', digest: found.digest };
    },
    frontend: (loadBalancerId, name) => {
      const found = parts.resources().find(({ id }) => sameId(id, `${loadBalancerId}/frontends/${name}`));
      return found === undefined ? undefined : text(properties(found.body)['fqdn']);
    },
  };
}
