import type { Clock } from '@suite/foundation';
import { type Credential, createChallengeSignIn } from '../challenge-sign-in.ts';
import type { Descriptor } from '../descriptor.ts';
import { type Exchange, nodeExchange } from '../exchange.ts';
import { createSend } from '../http.ts';
import { connect, type RegistryOptions } from '../registry.ts';
import { createRequests, type Requests } from '../requests.ts';
import { performTransfer, type TransferOptions, type TransferResult } from './perform.ts';
import { findLostBlobs, type LostBlob, type PlanOptions, planTransfer, type TransferPlan } from './plan.ts';
import { rememberReferrers } from './referrer-lookups.ts';
import { createRegistrySource, headManifest, readRawManifest } from './registry-source.ts';
import type { ImageCopy, ImageSource } from './source.ts';

/** Copies images into one registry. All throw RegistryFailure. */
export interface Transfers {
  /** Reads only. */
  plan(copies: readonly ImageCopy[], options?: PlanOptions): Promise<TransferPlan>;
  perform(plan: TransferPlan, options?: TransferOptions): Promise<TransferResult>;
  /** Of what a plan takes for there: blobs that the target has lost. */
  lost(plan: TransferPlan): Promise<readonly LostBlob[]>;
  /** What the registry really has under a tag or digest; undefined when it has nothing. */
  find(repository: string, reference: string): Promise<Descriptor | undefined>;
  /**
   * The digest that the registry says a tag stands for, or that it has; undefined when it has nothing. Registries that count reads
   * (Docker Hub, "Pull usage and limits") do not count this one. The word alone proves nothing: who goes on reads by the digest.
   */
  head(repository: string, reference: string): Promise<string | undefined>;
  /** A repository of the same registry as a source: what moves from there is mounted. */
  source(repository: string): ImageSource;
}

/** The target is a registry of Azure, signed in to with Entra, or any other (`openSourceRegistry` has its options). */
export function createTransfers(options: RegistryOptions | SourceRegistryOptions): Transfers {
  const requests = 'entraToken' in options ? connect(options) : connectByChallenge(options);
  const lookups = rememberReferrers();
  return {
    plan: (copies, how) => planTransfer(requests, copies, how),
    perform: (plan, how) => performTransfer(requests, plan, how),
    lost: plan => findLostBlobs(requests, plan),
    find: async (repository, reference) => (await readRawManifest(requests, repository, reference))?.descriptor,
    head: (repository, reference) => headManifest(requests, repository, reference),
    source: repository => createRegistrySource(requests, repository, lookups),
  };
}

export interface SourceRegistryOptions {
  /** Where its API answers, e.g. `ghcr.io`; Docker Hub's is `registry-1.docker.io`. */
  readonly host: string;
  /** Undefined for anonymous; already masked by whoever read it. */
  readonly credential?: Credential;
  /** Told every token before it is used. */
  readonly mask: (secret: string) => void;
  readonly clock: Clock;
  readonly onPause?: (pauseMs: number) => void;
  readonly random?: () => number;
  /** Node's own by default: it knows the proxy and the certificates of this process. */
  readonly fetch?: typeof globalThis.fetch;
  /** For content that flows; Node's own by default, too. */
  readonly exchange?: Exchange;
}

/** Any registry, as a source of images: its tokens and limits are shared by all of its repositories. */
export function openSourceRegistry(options: SourceRegistryOptions): (repository: string) => ImageSource {
  const requests = connectByChallenge(options);
  const lookups = rememberReferrers();
  return repository => createRegistrySource(requests, repository, lookups);
}

function connectByChallenge(options: SourceRegistryOptions): Requests {
  const { credential } = options;
  const name =
    credential === undefined
      ? 'anonymous user'
      : credential.kind === 'password'
        ? `user ${credential.user}`
        : 'holder of the identity token';
  const send = createSend(options);
  const identity = { name };
  const signIn = createChallengeSignIn({ ...options, identity, send });
  return createRequests({ ...options, identity, send, signIn, exchange: options.exchange ?? nodeExchange });
}
