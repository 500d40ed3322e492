import { type Clock, isTransientStatus, retry } from '@suite/foundation';
import { readFailure, translateRequestFailure, withRetries } from '../failure.ts';
import { followOperation } from '../follow-operation.ts';
import { describeIdentity, type Identity } from '../identity.ts';
import type { Send } from '../pipeline.ts';
import {
  describeImportRefusal,
  type ImportContext,
  ImportFailure,
  type ImportRefusal,
  kindOf,
  unfinished,
} from './import-failure.ts';

/** Where an image is imported from. */
export type ImportSource =
  /** A registry of this tenant, read with the rights of whoever imports. The only way into one without public access. */
  | { readonly resourceId: string }
  /** Any registry. For one of Azure in another tenant a token of Entra is the password, without a user name. */
  | { readonly registryUri: string; readonly credentials?: { readonly username?: string; readonly password: string } };

/** One image, by its digest: a tag may move while it is imported, and what arrives is broken then (Azure/azure-cli#29974). */
export interface ImageImport {
  readonly source: ImportSource;
  readonly repository: string;
  readonly digest: string;
  /** `repository:tag` in the target. */
  readonly targetTags: readonly string[];
  /** Repositories of the target that get the image without a tag. What refers to an image goes this way: import itself leaves it behind. */
  readonly untaggedTargetRepositories: readonly string[];
  /** Whether tags that exist are moved. Locked ones move, too. */
  readonly overwrite: boolean;
}

export interface ImportWait {
  /** Ends the wait; the import goes on in Azure. */
  readonly signal?: AbortSignal;
  /** 15 minutes by default. */
  readonly longestMs?: number;
}

export interface ImportParts {
  readonly send: Send;
  /** Address of the resource manager. */
  readonly base: string;
  readonly clock: Clock;
  readonly identity: Identity;
  readonly random?: () => number;
}

const usualWaitMs = 15 * 60_000;
/** Imports take from a fifth of a second to ten, and Azure names no time for the next question. */
const pauseMs = (question: number): number => Math.min(5_000, 500 * 2 ** question);
const attempts = 4;

/** Throws ImportFailure, the signal's reason, or a UserError for a resource manager that does not answer. */
export async function importImage(
  target: string,
  apiVersion: string,
  image: ImageImport,
  parts: ImportParts,
  { signal, longestMs = usualWaitMs }: ImportWait = {},
): Promise<void> {
  demandImport(image);
  const { send, base, clock, random } = parts;
  const context = contextOf(target, image, parts.identity);
  const url = `${base}${encodeURI(target)}/importImage?api-version=${apiVersion}`;
  const request = {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(bodyOf(image)),
    answers: [200, 202],
  } as const;
  const ask = async () => {
    const first = await withRetries(() => send(request), { clock, ...(random === undefined ? {} : { random }) });
    return followOperation(first, {
      send,
      base,
      clock,
      longestMs,
      pauseMs,
      ...(signal === undefined ? {} : { signal }),
    });
  };
  const once = async () => {
    signal?.throwIfAborted();
    // Both bring the same bytes to the same digest, so a second one does no harm.
    const end = await ask().catch((error: unknown) => {
      throw signal?.aborted === true ? signal.reason : translated(error, context, parts);
    });
    if (end.kind === 'unfinished') throw unfinished(context, longestMs / 60_000);
    if (end.kind === 'failed') throw failureOf({ status: undefined, ...end }, context);
  };
  await retry(once, {
    clock,
    attempts,
    baseMs: 5_000,
    capMs: 60_000,
    judge: error => ({ retry: error instanceof ImportFailure && error.kind === 'busy' }),
    ...(random === undefined ? {} : { random }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function demandImport({ digest, repository, targetTags, untaggedTargetRepositories }: ImageImport): void {
  if (!/^sha256:[0-9a-f]{64}$/.test(digest)) throw new Error(`"${digest}" of ${repository} is no digest.`);
  if (targetTags.length + untaggedTargetRepositories.length > 0) return;
  throw new Error(`The import of ${repository}@${digest} names nowhere to go.`);
}

function bodyOf({ source, repository, digest, targetTags, untaggedTargetRepositories, overwrite }: ImageImport) {
  return {
    source: { ...source, sourceImage: `${repository}@${digest}` },
    targetTags,
    untaggedTargetRepositories,
    mode: overwrite ? 'Force' : 'NoForce',
  };
}

function contextOf(target: string, { source, repository, digest }: ImageImport, identity: Identity): ImportContext {
  return {
    who: describeIdentity(identity),
    registry: nameOf(target),
    image: `${repository}@${digest}`,
    source: 'resourceId' in source ? nameOf(source.resourceId) : source.registryUri,
  };
}

function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** A resource manager that does not answer says nothing of the import: that stays a UserError of any request. */
function translated(error: unknown, context: ImportContext, { identity, base }: ImportParts): unknown {
  const failure = readFailure(error);
  if (failure.status === undefined || isTransientStatus(failure.status)) {
    const doing = `importing ${context.image} into ${context.registry}`;
    return translateRequestFailure(error, { identity, doing, host: new URL(base).host });
  }
  return failureOf(failure, context, error);
}

function failureOf(refusal: ImportRefusal, context: ImportContext, cause?: unknown): ImportFailure {
  return new ImportFailure(kindOf(refusal), describeImportRefusal(refusal, context), { cause });
}
