import type { ContainerServiceClient } from '@azure/arm-containerservice';
import type { TokenCredential } from '@azure/core-auth';
import { createHttpClient } from './http-client.ts';
import type { ArmOptions } from './resource-reader.ts';

/** Microsoft.ContainerService of one subscription. The SDK is loaded with the first question, and once. */
export function containerService(
  credential: TokenCredential,
  { cloud, subscription, httpClient }: ArmOptions & { readonly subscription: string },
): () => Promise<ContainerServiceClient> {
  let client: Promise<ContainerServiceClient> | undefined;
  const connect = async () => {
    const sdk = await import('@azure/arm-containerservice');
    return new sdk.ContainerServiceClient(credential, subscription, {
      endpoint: cloud.resourceManager,
      credentials: { scopes: [`${cloud.resourceManager}/.default`] },
      // One policy for all requests, on the injected clock.
      retryOptions: { maxRetries: 0 },
      httpClient: httpClient ?? (await createHttpClient()),
    });
  };
  return () => {
    client ??= connect();
    return client;
  };
}

/** ARM id of a cluster. */
export function clusterId(subscription: string, resourceGroup: string, name: string): string {
  return `/subscriptions/${subscription}/resourceGroups/${resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${name}`;
}
