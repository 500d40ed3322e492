/** What the programs and nodes of a cluster reach outside of it. */
export interface Outside {
  /** A Git repository by its URL; undefined when nobody keeps one there. */
  repository(url: string): GitRemote | undefined;
  /** An image by its reference; undefined for registries that nobody plays, whose images are taken to be there. */
  image(reference: string): FoundImage | undefined;
  /** Host name of a frontend of Application Gateway for Containers, by the id of its load balancer; undefined when Azure holds none. */
  frontend(loadBalancerId: string, name: string): string | undefined;
}

export interface GitRemote {
  /** Only who has credentials may read it. */
  readonly isPrivate: boolean;
  /** The commit of a branch, a tag or HEAD. */
  resolve(revision: string): string | undefined;
  /** Every file of a commit by its path. */
  files(commit: string): ReadonlyMap<string, string> | undefined;
}

export type FoundImage = { readonly is: 'there'; readonly digest: string } | { readonly is: 'missing' };

/** A cluster on its own. */
export const nothingOutside: Outside = {
  repository: () => undefined,
  image: () => undefined,
  frontend: () => undefined,
};
