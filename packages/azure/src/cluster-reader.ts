import type { AgentPool, ContainerServiceClient } from '@azure/arm-containerservice';
import type { TokenCredential } from '@azure/core-auth';
import { mapCluster } from './cluster-mapping.ts';
import { translateRequestFailure, withRetries } from './failure.ts';
import type { LiveCluster } from './live-cluster.ts';
import { type ArmOptions, isAbsent } from './resource-reader.ts';

export interface ClusterReader {
  /** The cluster and its pools as they run; undefined when there is no such cluster. Throws a UserError otherwise. */
  read(resourceGroup: string, name: string): Promise<LiveCluster | undefined>;
}

export function createClusterReader(
  credential: TokenCredential,
  options: ArmOptions & { readonly subscription: string },
): ClusterReader {
  const { cloud, identity, clock, subscription, httpClient } = options;
  let client: Promise<ContainerServiceClient> | undefined;

  const connect = async () => {
    const sdk = await import('@azure/arm-containerservice');
    return new sdk.ContainerServiceClient(credential, subscription, {
      endpoint: cloud.resourceManager,
      credentials: { scopes: [`${cloud.resourceManager}/.default`] },
      // One policy for all requests, on the injected clock.
      retryOptions: { maxRetries: 0 },
      ...(httpClient === undefined ? {} : { httpClient }),
    });
  };

  return {
    read: async (resourceGroup, name) => {
      client ??= connect();
      const { managedClusters, agentPools } = await client;
      const list = async () => {
        const pools: AgentPool[] = [];
        for await (const pool of agentPools.list(resourceGroup, name)) pools.push(pool);
        return pools;
      };
      try {
        const cluster = await withRetries(() => managedClusters.get(resourceGroup, name), { clock });
        return mapCluster(cluster, await withRetries(list, { clock }));
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw translateRequestFailure(error, {
          identity,
          doing: `reading the cluster ${name}`,
          host: new URL(cloud.resourceManager).host,
          right: {
            action: 'Microsoft.ContainerService/managedClusters/read',
            scope: `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${name}`,
          },
        });
      }
    },
  };
}
