/** An image as objects name it, with what container runtimes add. */
export interface ImageReference {
  /** Registry; `docker.io` where none is named. */
  readonly host: string;
  readonly repository: string;
  /** Undefined only beside a digest. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

const pattern =
  /^(?<name>[A-Za-z0-9][A-Za-z0-9._/-]*(?::\d+\/[a-z0-9._/-]+)?)(?::(?<tag>\w[\w.-]{0,127}))?(?:@(?<digest>sha256:[0-9a-f]{64}))?$/;

/** OCI distribution specification, "Pulling manifests". */
const repositoryPattern = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

/** Undefined for what is no image. Names are read as containerd reads them (distribution/reference, "Normalized"). */
export function parseImage(text: string): ImageReference | undefined {
  const { name = '', tag, digest } = pattern.exec(text)?.groups ?? {};
  if (name === '') return undefined;
  const [first = '', ...rest] = name.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const host = hasHost ? first.toLowerCase() : 'docker.io';
  const path = hasHost ? rest.join('/') : name;
  if (!repositoryPattern.test(path)) return undefined;
  const isHub = ['docker.io', 'index.docker.io'].includes(host);
  return {
    host: isHub ? 'docker.io' : host,
    repository: isHub && !path.includes('/') ? `library/${path}` : path,
    tag: tag ?? (digest === undefined ? 'latest' : undefined),
    digest,
  };
}

/** Repository of the mirror: everything lies below the address that it came from, so that no two things meet. */
export function mirrorRepository(host: string, repository: string): string {
  const parts = [host, ...repository.split('/')].map(part =>
    part
      .toLowerCase()
      // What an address may hold and a repository may not.
      .replace(/[^a-z0-9._-]+/g, '-')
      .replace(/([._-])[._-]+/g, '$1')
      .replace(/^[._-]+|[._-]+$/g, ''),
  );
  return ['mirror', ...parts.filter(part => part !== '')].join('/');
}
