import { json, type WorldResponse } from '../network/http.ts';
import { properties } from './arm/body.ts';
import type { Resource } from './arm/store.ts';

/** Where API servers of AKS answer. */
export const apiServerSuffix = '.azmk8s.io';

/**
 * The API servers of the clusters that exist. There are none behind them: they are reached, and let nobody in. A private one
 * is reached from inside of its network only.
 */
export function createApiServers(resources: () => readonly Resource[], isInside: () => boolean) {
  return {
    exists: (host: string): boolean =>
      resources().some(({ type, body }) => {
        if (type !== 'Microsoft.ContainerService/managedClusters') return false;
        const { fqdn, privateFQDN } = properties(body);
        return host === fqdn || (host === privateFQDN && isInside());
      }),
    handler: async (): Promise<WorldResponse> =>
      json(401, {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Unauthorized',
        reason: 'Unauthorized',
        code: 401,
      }),
  };
}
