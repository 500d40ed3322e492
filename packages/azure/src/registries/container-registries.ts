import type { TokenCredential } from '@azure/core-auth';
import { createSend } from '../pipeline.ts';
import { type ArmOptions, createResourceReader } from '../resource-reader.ts';
import { type ImportRefusalReason, importRefusalOf } from './import-failure.ts';
import { type ImageImport, type ImportSource, type ImportWait, importImage } from './import-image.ts';
import { type RegistryView, readRegistry } from './registry-view.ts';

/** Azure's registries as the resource manager knows them; what they hold is reached at their login servers. */
export interface ContainerRegistries {
  /** Undefined when there is none. Throws a UserError for every other answer. */
  find(id: string): Promise<RegistryView | undefined>;
  /**
   * Lets the registry `target` (a resource id) fetch an image itself, and waits until it has. The right it takes is
   * `Microsoft.ContainerRegistry/registries/importImage/action`. How many run at once is the caller's to say. Throws
   * ImportFailure; the signal's reason; and a UserError for a resource manager that does not answer.
   *
   * An answer can be lost, so that a tag stands there before it is asked for again: `conflict` is no failure until the tag
   * turns out to stand for something else.
   */
  importImage(target: string, image: ImageImport, wait?: ImportWait): Promise<void>;
  /**
   * The same for one digest, without a tag, into a repository of the target. Gives the refusal after which another way may work
   * instead of throwing it.
   */
  offerImport(target: string, image: ImportOffer, wait?: ImportWait): Promise<ImportRefusalReason | undefined>;
}

export interface ImportOffer {
  readonly source: ImportSource;
  /** Of the source. */
  readonly repository: string;
  readonly digest: string;
  /** Of the target. */
  readonly into: string;
}

export interface RegistriesOptions extends ArmOptions {
  readonly random?: () => number;
}

const apiVersion = '2025-11-01';

export function createContainerRegistries(
  credential: TokenCredential,
  options: RegistriesOptions,
): ContainerRegistries {
  const { cloud, identity, clock, httpClient, random } = options;
  const base = cloud.resourceManager;
  const send = createSend({
    credential,
    scope: `${base}/.default`,
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  const reader = createResourceReader(credential, options);
  const parts = { send, base, clock, identity, ...(random === undefined ? {} : { random }) };
  return {
    find: async id => {
      const body = await reader.find(id, apiVersion);
      if (body === undefined) return undefined;
      const registry = readRegistry(body);
      if (registry === undefined) throw new Error(`Azure shows ${id} as something that is no registry.`);
      return registry;
    },
    importImage: (target, image, wait) => importImage(target, apiVersion, image, parts, wait),
    offerImport: async (target, { into, ...image }, wait) => {
      const untagged = { ...image, targetTags: [], untaggedTargetRepositories: [into], overwrite: false };
      try {
        await importImage(target, apiVersion, untagged, parts, wait);
        return undefined;
      } catch (error) {
        const refusal = importRefusalOf(error);
        if (refusal === undefined) throw error;
        return refusal;
      }
    },
  };
}
