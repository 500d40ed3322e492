import type { Resource } from './store.ts';

/** An image, or any other manifest, where it lies. */
export interface ImagePlace {
  readonly registry: Resource;
  readonly repository: string;
}

/** What registries hold and who may read it, as far as an import has to know. The registries play it. */
export interface RegistryImages {
  /** A registry on the internet that gives to everybody, as if it were a resource; undefined when there is none of that name. */
  publicRegistry(name: string): Resource | undefined;
  /** Whether rules of the network keep others out; `private` when none but private endpoints lead there. */
  networkOf(registry: Resource): { readonly isOpen: boolean; readonly isPrivate: boolean; readonly trusts: boolean };
  mayPull(registry: Resource, objectId: string): boolean;
  /** Whom credentials stand for; undefined when the registry does not accept them. */
  holderOf(registry: Resource, password: string): Promise<string | undefined>;
  /** By digest or tag; how many manifests it is made of, itself included. */
  look(place: ImagePlace, reference: string): { readonly digest: string; readonly manifests: number } | undefined;
  hasTag(place: ImagePlace, tag: string): boolean;
  /** Copies a manifest with all that it is made of, and nothing of what refers to it. Locks do not hold it up. */
  copy(from: ImagePlace, digest: string, to: ImagePlace, tag?: string): void;
}
