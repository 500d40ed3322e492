import type { AgentPool } from '@azure/arm-containerservice';
import type { TokenCredential } from '@azure/core-auth';
import { mapCluster } from './cluster-mapping.ts';
import { clusterId, containerService } from './container-service.ts';
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
  const { cloud, identity, clock, subscription } = options;
  const connect = containerService(credential, options);
  return {
    read: async (resourceGroup, name) => {
      const { managedClusters, agentPools } = await connect();
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
            scope: clusterId(subscription, resourceGroup, name),
          },
        });
      }
    },
  };
}
