import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { type Clock, type Problem, UserError } from '@suite/foundation';
import type { Cloud } from './clouds.ts';
import { readFailure, translateRequestFailure, withRetries } from './failure.ts';
import { describeIdentity, type Identity } from './identity.ts';
import { createSend, type HttpRequest } from './pipeline.ts';

/** Where a state lives, and as whom it is reached. */
export interface StateOptions {
  readonly account: string;
  readonly container: string;
  /** Name of the blob. */
  readonly key: string;
  readonly cloud: Cloud;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly httpClient?: HttpClient;
}

/** The oldest service version that every cloud has and that knows all headers used here. */
const serviceVersion = '2023-11-03';

export type BlobRequest = Omit<HttpRequest, 'url'> & {
  readonly blob: string;
  readonly right: 'read' | 'write' | 'delete';
};

/**
 * Requests for blobs of one container, with retries. Gives undefined when there is no such blob; a failure is a UserError
 * that says what is wrong with the storage.
 */
export function createBlobRequests(credential: TokenCredential, options: StateOptions) {
  const { account, container, cloud, clock, httpClient } = options;
  const host = `${account}.${cloud.blobSuffix}`;
  const send = createSend({
    credential,
    scope: 'https://storage.azure.com/.default',
    ...(httpClient === undefined ? {} : { httpClient }),
  });
  return async ({ blob, right, ...request }: BlobRequest) => {
    const url = `https://${host}/${container}/${blob.split('/').map(encodeURIComponent).join('/')}`;
    const headers = { ...request.headers, 'x-ms-version': serviceVersion };
    try {
      return await withRetries(() => send({ ...request, url, headers }), { clock });
    } catch (error) {
      const { status, code } = readFailure(error);
      if (status === 404 && code !== 'ContainerNotFound') return undefined;
      const known = describeStorageFailure(error, options, right);
      if (known !== undefined) throw new UserError(known, { cause: error });
      throw translateRequestFailure(error, {
        identity: options.identity,
        doing: `using the state container ${container}`,
        host,
        right: { action: `Microsoft.Storage/storageAccounts/blobServices/containers/blobs/${right}`, scope: account },
      });
    }
  };
}

function describeStorageFailure(
  error: unknown,
  { account, container, identity }: StateOptions,
  right: BlobRequest['right'],
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
      message: `The state container ${container} does not exist in the storage account ${account}.`,
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
    const role = right === 'read' ? 'Storage Blob Data Reader' : 'Storage Blob Data Contributor';
    return {
      message: `${describeIdentity(identity)} may not ${right} blobs in the container ${container} of ${account}.`,
      remedy: `Give it "${role}" there; a new assignment takes some minutes to work.`,
    };
  }
  return undefined;
}
