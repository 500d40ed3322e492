import type { PlacedImage } from './types.ts';

/** A container image's reference in its parts; `repository` with the host where it has one. */
export interface Reference {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** `host:5000/path/name:tag@sha256:…`: whatever is no tag or digest belongs to the repository. */
export function parseReference(text: string): Reference {
  const [name = '', digest] = text.split('@', 2);
  const colon = name.lastIndexOf(':');
  const hasTag = colon > name.lastIndexOf('/');
  return {
    repository: hasTag ? name.slice(0, colon) : name,
    tag: hasTag ? name.slice(colon + 1) : undefined,
    digest,
  };
}

export function referenceOf({ repository, digest }: PlacedImage): string {
  return `${repository}@${digest}`;
}

/** Host and path of a repository; the host is what has a dot or a port, as container tools see it. */
export function splitRepository(repository: string): { readonly host: string | undefined; readonly path: string } {
  const slash = repository.indexOf('/');
  const first = repository.slice(0, Math.max(0, slash));
  const isHost = /[.:]/.test(first) || first === 'localhost';
  return isHost ? { host: first, path: repository.slice(slash + 1) } : { host: undefined, path: repository };
}

/** 3 its very repository, 2 its path or its name, 1 only the last part of the path, 0 another image. */
type Likeness = 0 | 1 | 2 | 3;

export function likeness(repository: string, { name, repository: placed, knownAs = [] }: PlacedImage): Likeness {
  const all = [placed, ...knownAs];
  const lower = repository.toLowerCase();
  if (all.some(one => one.toLowerCase() === lower)) return 3;
  const { path } = splitRepository(lower);
  if (lower === name.toLowerCase() || all.some(one => splitRepository(one.toLowerCase()).path === path)) return 2;
  const last = lastPart(path);
  return last === name.toLowerCase() || last === lastPart(placed.toLowerCase()) ? 1 : 0;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** What a search for images came to. */
export interface Match<T> {
  /** By image: everything that means it. */
  readonly found: ReadonlyMap<PlacedImage, readonly T[]>;
  /** By image: repositories among which nobody can tell, because only the last part of their paths is its own. */
  readonly doubtful: ReadonlyMap<PlacedImage, readonly string[]>;
}

/**
 * Which of the candidates mean which image. One that is more like another image is that one's; of what is only alike in the last
 * part nothing is taken unless all of it names one repository.
 */
export function match<T>(
  candidates: readonly T[],
  repositoryOf: (candidate: T) => string,
  images: readonly PlacedImage[],
): Match<T> {
  const found = new Map<PlacedImage, readonly T[]>();
  const doubtful = new Map<PlacedImage, readonly string[]>();
  for (const image of images) {
    const own = candidates.flatMap(candidate => {
      const repository = repositoryOf(candidate);
      const degree = likeness(repository, image);
      const rivals = images.filter(other => other !== image && likeness(repository, other) >= degree);
      return degree === 0 || rivals.some(other => likeness(repository, other) > degree)
        ? []
        : [{ candidate, repository, degree, isShared: rivals.length > 0 }];
    });
    const best = own.filter(one => one.degree > 1 && !one.isShared);
    const repositories = [...new Set(own.map(({ repository }) => repository))];
    if (best.length > 0)
      found.set(
        image,
        best.map(({ candidate }) => candidate),
      );
    else if (repositories.length === 1 && !own.some(one => one.isShared)) {
      found.set(
        image,
        own.map(({ candidate }) => candidate),
      );
    } else if (repositories.length > 0) doubtful.set(image, repositories);
  }
  return { found, doubtful };
}
