import { createHmac, randomBytes } from 'node:crypto';
import { properties } from '../azure/arm/body.ts';
import type { Resource } from '../azure/arm/store.ts';
import { header, type WorldRequest, type WorldResponse, xml } from '../network/http.ts';
import { sendBlob } from './blobs.ts';
import { type RegistryContent, trafficOf } from './content.ts';

/**
 * Where downloads of a registry with dedicated data endpoints are handed on to (Microsoft Learn, "Dedicated data endpoints
 * in Azure Container Registry"); undefined for one without.
 */
export function dataHostOf({ name, body }: Resource): string | undefined {
  if (properties(body)['dataEndpointEnabled'] !== true) return undefined;
  const region = String((body as { location?: unknown }).location ?? '');
  return `${name}.${region}.data.azurecr.io`.toLowerCase();
}

/** Signs addresses of blobs, and answers at them. */
export interface DataEndpoint {
  /** Address for a download, good without any token. */
  sign(host: string, repository: string, digest: string): string;
  answer(request: WorldRequest, content: RegistryContent): WorldResponse;
}

export function createDataEndpoint(): DataEndpoint {
  const key = randomBytes(32);
  const signatureOf = (host: string, path: string) => createHmac('sha256', key).update(`${host}${path}`).digest('hex');
  return {
    sign: (host, repository, digest) => {
      const path = `/${repository}/${digest}`;
      return `https://${host}${path}?sig=${signatureOf(host, path)}`;
    },
    answer: (request, content) => {
      const path = decodeURIComponent(request.path);
      // It is a storage, and a registry's token is none of its own.
      if (header(request, 'authorization') !== undefined) return storageError(400, 'InvalidAuthenticationInfo');
      if (request.query.get('sig') !== signatureOf(request.host, path))
        return storageError(403, 'AuthenticationFailed');
      const [, repository = '', digest = ''] = /^\/(.+)\/([^/]+)$/.exec(path) ?? [];
      const blob = content.repositories.get(repository)?.blobs.get(digest);
      return blob === undefined
        ? storageError(404, 'BlobNotFound')
        : sendBlob(request, trafficOf(content, repository), digest, blob);
    },
  };
}

function storageError(status: number, code: string): WorldResponse {
  return xml(status, `<Error><Code>${code}</Code></Error>`, { 'x-ms-error-code': code });
}
