import { type Clock, errorMessage, mapInParallel } from '@suite/foundation';
import type { Artifact, NewArtifact } from './artifact.ts';
import { type Attributes, lock, readAttributes } from './attributes.ts';
import type { Descriptor } from './descriptor.ts';
import { createEntraSignIn } from './entra-sign-in.ts';
import { type Exchange, nodeExchange } from './exchange.ts';
import type { Identity } from './failure.ts';
import { createSend } from './http.ts';
import { listReferrers } from './list.ts';
import { readArtifact, readBlob } from './pull.ts';
import { pushArtifact } from './push.ts';
import type { Referrer } from './referrers.ts';
import { createRequests, type Requests } from './requests.ts';
import { newestTags } from './tags.ts';

export interface RegistryOptions {
  /** Login server, e.g. `acrshop.azurecr.io`. */
  readonly host: string;
  /** Entra tenant of the registry. */
  readonly tenant: string;
  readonly identity: Identity;
  /** A token of Entra for `https://containerregistry.azure.net`; asked for again whenever the registry's own one is renewed. */
  readonly entraToken: () => Promise<string>;
  /** Told every token before it is used. */
  readonly mask: (secret: string) => void;
  readonly clock: Clock;
  /** Told before each pause. */
  readonly onPause?: (pauseMs: number) => void;
  readonly random?: () => number;
  /** Node's own by default: it knows the proxy and the certificates of this process. */
  readonly fetch?: typeof globalThis.fetch;
  /** For content that flows; Node's own by default, too. */
  readonly exchange?: Exchange;
}

/** Small artifacts of one registry, and what refers to what. All throw RegistryFailure. */
export interface Registry {
  /**
   * Pushes the blobs that are not there yet, then the manifest; a tag moves to it last. Equal input gives equal bytes and
   * an equal digest, so pushing again changes nothing.
   */
  pushArtifact(repository: string, artifact: NewArtifact): Promise<Descriptor>;
  /** By digest or tag; undefined when there is none. Reads at most `limit` bytes (1 MiB). */
  readArtifact(repository: string, reference: string, limit?: number): Promise<Artifact | undefined>;
  /** The bytes that a descriptor points at, at most `limit` (1 MiB). */
  readBlob(repository: string, descriptor: Descriptor, limit?: number): Promise<Uint8Array>;
  /**
   * What refers to a manifest, from all pages, in the registry's order; of one type if one is named. The list is the
   * registry's word: read an artifact to know its subject and its bytes.
   */
  listReferrers(repository: string, digest: string, artifactType?: string): Promise<readonly Referrer[]>;
  /** The tags that were made or moved last, the newest first; none for a repository that there is not. Only Azure's registries know. */
  newestTags(repository: string, limit: number): Promise<readonly string[]>;
  /** What may be done with a tag or a digest; undefined when there is none. Only Azure's registries know. */
  readAttributes(repository: string, reference: string): Promise<Attributes | undefined>;
  /**
   * Keeps everybody from moving or removing a tag, from pushing or deleting a digest, until somebody unlocks it; an import by
   * force goes through all the same. Gives what the registry says then: a tag may have moved before it was locked. What is
   * locked already is left as it is.
   */
  lock(repository: string, reference: string): Promise<Attributes>;
}

const mebibyte = 1024 * 1024;

export function createRegistry(options: RegistryOptions): Registry {
  const requests = connect(options);
  return {
    pushArtifact: (repository, artifact) => pushArtifact(requests, repository, artifact),
    readArtifact: (repository, reference, limit = mebibyte) => readArtifact(requests, repository, reference, limit),
    readBlob: (repository, descriptor, limit = mebibyte) => readBlob(requests, repository, descriptor, limit),
    readAttributes: (repository, reference) => readAttributes(requests, repository, reference),
    newestTags: (repository, limit) => newestTags(requests, repository, limit),
    lock: (repository, reference) => lock(requests, repository, reference),
    listReferrers: (repository, digest, artifactType) => listReferrers(requests, repository, digest, artifactType),
  };
}

/** Requests to a registry of Azure. */
export function connect(options: RegistryOptions): Requests {
  const send = createSend(options);
  const signIn = createEntraSignIn({ ...options, send });
  return createRequests({ ...options, send, signIn, exchange: options.exchange ?? nodeExchange });
}

/** Name and password for `docker login`; the user is Azure's for a token (Azure/acr docs/AAD-OAuth.md). Throws RegistryFailure. */
export async function dockerLogin(
  options: RegistryOptions,
): Promise<{ readonly user: string; readonly password: string }> {
  const send = createSend(options);
  const signIn = createEntraSignIn({ ...options, send });
  const { retrying } = createRequests({ ...options, send, signIn, exchange: options.exchange ?? nodeExchange });
  const user = '00000000-0000-0000-0000-000000000000';
  const password = await retrying(signIn.refreshToken);
  // Files of Docker and Helm have the two in this form.
  options.mask(Buffer.from(`${user}:${password}`).toString('base64'));
  return { user, password };
}

/** The same as Helm takes it. */
export async function helmLogin(
  options: RegistryOptions,
): Promise<{ readonly username: string; readonly password: string }> {
  const { user: username, password } = await dockerLogin(options);
  return { username, password };
}

const loginsAtOnce = 4;

/**
 * How Helm signs in to several, by host. A registry that lets nobody of this tenant in may still give its charts to everybody, so that it is
 * only told to `note`.
 */
export async function helmLogins(
  hosts: readonly string[],
  optionsOf: (host: string) => RegistryOptions,
  note: (message: string) => void,
): Promise<Readonly<Record<string, Awaited<ReturnType<typeof helmLogin>>>>> {
  const logins = await mapInParallel([...new Set(hosts)], loginsAtOnce, async host => {
    try {
      return [[host, await helmLogin(optionsOf(host))] as const];
    } catch (error) {
      note(`Nobody is signed in to ${host}: ${errorMessage(error)}`);
      return [];
    }
  });
  return Object.fromEntries(logins.flat());
}
