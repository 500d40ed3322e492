import type { Content } from '../artifact.ts';
import type { Descriptor } from '../descriptor.ts';

/** Where images come from. Content is checked by whoever asks for it: nothing here has to be believed. */
export interface ImageSource {
  /** As messages name it: `registry.example/shop/api`, `the OCI layout dist/api.tar`. */
  readonly name: string;
  /** Repository of a registry, for blobs that can be mounted instead of moved. */
  readonly place?: { readonly host: string; readonly repository: string };
  /** A manifest by digest or tag, as it came; its digest is that of its bytes. Undefined when it is not there. */
  manifest(reference: string): Promise<Content | undefined>;
  /** A blob's bytes from an offset on. Throws RegistryFailure, also in the middle. */
  blob(descriptor: Descriptor, offset: number): Promise<AsyncIterable<Uint8Array>>;
  /** What says that it refers to a manifest; manifests are read to know that they do. */
  referrers(digest: string): Promise<readonly string[]>;
  tags(): Promise<readonly string[]>;
}

/** One image to be copied: always by digest. */
export interface ImageCopy {
  readonly source: ImageSource;
  readonly digest: string;
  /** Of the target. */
  readonly repository: string;
  /** Moved to it when everything is there. */
  readonly tags: readonly string[];
}
