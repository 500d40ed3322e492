import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient, PipelineResponse } from '@azure/core-rest-pipeline';
import { type Clock, type Problem, UserError } from '@suite/foundation';
import type { Cloud } from './clouds.ts';
import { readFailure, translateRequestFailure, withRetries } from './failure.ts';
import { describeIdentity, type Identity } from './identity.ts';
import { createSend, type HttpRequest } from './pipeline.ts';

/** A container of the storage account that holds the state, and as whom it is reached. */
export interface ContainerOptions {
  readonly account: string;
  readonly container: string;
  readonly cloud: Cloud;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly httpClient?: HttpClient;
}

/** Where a state lives, and as whom it is reached. */
export interface StateOptions extends ContainerOptions {
  /** Name of the blob. */
  readonly key: string;
}

export type BlobRight = 'read' | 'write' | 'delete';

/** The role that a message names to whoever lacks a right. */
export type BlobRoles = Readonly<Record<BlobRight, string>>;

const usualRoles: BlobRoles = {
  read: 'Storage Blob Data Reader',
  write: 'Storage Blob Data Contributor',
  delete: 'Storage Blob Data Contributor',
};

/** The oldest service version that every cloud has and that knows all headers used here. */
const serviceVersion = '2023-11-03';

export type BlobRequest = Omit<HttpRequest, 'url'> & {
  /** Name of the blob, or what gives each attempt another one; without it the request is for the container. */
  readonly blob?: string | (() => string);
  readonly query?: Readonly<Record<string, string>>;
  readonly right: BlobRight;
};

/** Gives undefined when there is no such blob; a failure is a UserError that says what is wrong with the storage. */
export type BlobRequests = <T = PipelineResponse>(
  request: BlobRequest,
  /** Belongs to the attempt: when it fails, the request is made again. */
  read?: (response: PipelineResponse) => Promise<T>,
) => Promise<T | undefined>;

/** Requests for blobs of one container, with retries. */
export function createBlobRequests(
  credential: TokenCredential,
  options: ContainerOptions,
  roles: BlobRoles = usualRoles,
): BlobRequests {
  const { account, container, cloud, clock, httpClient } = options;
  const host = `${account}.${cloud.blobSuffix}`;
  const send = createSend({
    credential,
    scope: 'https://storage.azure.com/.default',
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  const urlOf = ({ blob, query }: BlobRequest) => {
    const name = typeof blob === 'function' ? blob() : blob;
    const path = name === undefined ? '' : `/${name.split('/').map(encodeURIComponent).join('/')}`;
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    return `https://${host}/${container}${path}${search}`;
  };
  return async <T>(wanted: BlobRequest, read?: (response: PipelineResponse) => Promise<T>) => {
    const { blob: _, query: __, right, ...request } = wanted;
    const headers = { ...request.headers, 'x-ms-version': serviceVersion };
    try {
      return await withRetries(
        async () => {
          const response = await send({ ...request, url: urlOf(wanted), headers });
          return read === undefined ? (response as T) : await read(response);
        },
        { clock },
      );
    } catch (error) {
      const { status, code } = readFailure(error);
      if (status === 404 && code !== 'ContainerNotFound') return undefined;
      const known = describeStorageFailure(error, options, right, roles);
      if (known !== undefined) throw new UserError(known, { cause: error });
      throw translateRequestFailure(error, {
        identity: options.identity,
        doing: `using the container ${container}`,
        host,
        right: { action: `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${right}`, scope: account },
      });
    }
  };
}

/** Whether a failure is the answer of the Blob service with this code. */
export function isBlobAnswer(error: unknown, ...codes: readonly string[]): boolean {
  const { status, code } = readFailure(error instanceof UserError ? error.cause : error);
  return status !== undefined && codes.includes(code);
}

function describeStorageFailure(
  error: unknown,
  { account, container, identity }: ContainerOptions,
  right: BlobRight,
  roles: BlobRoles,
): Problem | undefined {
  if (error instanceof UserError) return undefined;
  const { status, code } = readFailure(error);
  if (status === undefined && code === 'ENOTFOUND') {
    return {
      message: `The storage account ${account} of the state cannot be found: its name does not resolve.`,
      remedy: 'Correct platform.lock.yaml, or let the runner use the DNS zone of its private endpoint.',
    };
  }
  if (status === 404 && code === 'ContainerNotFound') {
    return {
      message: `The container ${container} does not exist in the storage account ${account}.`,
      remedy: `Create it with \`az storage container create --auth-mode login --account-name ${account} --name ${container}\`, or correct platform.lock.yaml.`,
    };
  }
  // Azure says AuthorizationFailure where the network rules refuse, and AuthorizationPermissionMismatch where a role is missing.
  if (status === 403 && code === 'AuthorizationFailure') {
    return {
      message: `The storage account ${account} refuses this runner's network.`,
      remedy: `Let it through the firewall of ${account}, or use a runner inside its network.`,
    };
  }
  if (status === 403) {
    return {
      message: `${describeIdentity(identity)} may not ${right} blobs in the container ${container} of ${account}.`,
      remedy: `Give it "${roles[right]}" there; a new assignment takes some minutes to work.`,
    };
  }
  return undefined;
}
