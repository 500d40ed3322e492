import { isDigest } from './descriptor.ts';

const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
/** OCI distribution specification, "Pulling manifests". */
const repositoryPattern = new RegExp(`^${part}(?:/${part})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;

/** Names go into addresses as they are, so what is none stops here. */
export function demandName(repository: string): void {
  if (!repositoryPattern.test(repository)) throw new Error(`"${repository}" is no repository name.`);
}

export function demandReference(reference: string): void {
  if (isDigest(reference) || tagPattern.test(reference)) return;
  throw new Error(`"${reference}" is neither a tag nor a digest.`);
}

/** `shop/bundle@sha256:…` or `shop/bundle:tag`. */
export function nameOf(repository: string, reference: string): string {
  return `${repository}${isDigest(reference) ? '@' : ':'}${reference}`;
}

/** Where the API of a registry answers; Docker Hub's has a name of its own. */
export function apiHostOf(host: string): string {
  return ['docker.io', 'index.docker.io'].includes(host) ? 'registry-1.docker.io' : host;
}
