import type { TokenCredential } from '@azure/core-auth';
import { UserError } from '@suite/foundation';
import { clusterId, containerService } from './container-service.ts';
import { translateRequestFailure, withRetries } from './failure.ts';
import { type ArmOptions, isAbsent } from './resource-reader.ts';

/** The way into a cluster with Microsoft Entra ID. */
export interface ClusterAccess {
  /**
   * The user kubeconfig as Azure gives it (YAML): where the API server is, and its certificate authority. Undefined when there
   * is no such cluster. Throws a UserError otherwise.
   */
  kubeconfig(resourceGroup: string, name: string): Promise<string | undefined>;
  /** A token that the API server accepts; a new one whenever the last is about to run out. */
  token(): Promise<string>;
}

/** The AKS server application, the same in every tenant and cloud (Microsoft Learn, "Use kubelogin to authenticate in AKS"). */
export const aksServerApplication = '6dae42f8-4368-4678-94ff-3960e28e3630';

export function createClusterAccess(
  credential: TokenCredential,
  options: ArmOptions & { readonly subscription: string },
): ClusterAccess {
  const { cloud, identity, clock, subscription } = options;
  const connect = containerService(credential, options);
  return {
    kubeconfig: async (resourceGroup, name) => {
      const { managedClusters } = await connect();
      try {
        const { kubeconfigs } = await withRetries(
          () => managedClusters.listClusterUserCredentials(resourceGroup, name, { format: 'exec' }),
          { clock },
        );
        const value = kubeconfigs?.[0]?.value;
        if (value === undefined) {
          throw new UserError({ message: `Azure gives no kubeconfig of the cluster ${name}.` });
        }
        return Buffer.from(value).toString('utf8');
      } catch (error) {
        if (error instanceof UserError) throw error;
        if (isAbsent(error)) return undefined;
        throw translateRequestFailure(error, {
          identity,
          doing: `asking for the way into the cluster ${name}`,
          host: new URL(cloud.resourceManager).host,
          right: {
            action: 'Microsoft.ContainerService/managedClusters/listClusterUserCredential/action',
            scope: clusterId(subscription, resourceGroup, name),
          },
        });
      }
    },
    token: async () => {
      const token = await credential.getToken(`${aksServerApplication}/.default`);
      if (token === null) throw new Error('The Azure SDK gave no token and no error.');
      return token.token;
    },
  };
}
