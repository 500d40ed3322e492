import { type Cluster, createCluster } from './cluster.ts';
import { type Endpoint, readEndpoint } from './kubeconfig.ts';
import type { Connection } from './transport.ts';

/** What gives an identity of the platform its rights in the cluster, as sentences. */
const rightsIn = {
  apply:
    'It needs the role `Azure Kubernetes Service RBAC Cluster Admin` over the cluster. The bootstrap gives it that with its other rights: run it again.',
  plan: 'Its rights in the cluster are the role `aks-platform-plan-reader`, which every apply of the platform writes.',
} as const;

export interface OpenOptions extends Pick<Connection, 'token' | 'env' | 'clock'> {
  /** Of the cluster, for messages. */
  readonly name: string;
  readonly identity: { readonly role: 'plan' | 'apply'; readonly name: string };
  /** Where it is none of the platform's own clusters: who gives a right that is missing. A sentence. */
  readonly lackingRight?: string;
}

/** The cluster of an environment, by the kubeconfig that Azure gives for it. Throws a UserError for one that names no API server. */
export function openCluster(
  kubeconfig: string,
  { name, identity, lackingRight = rightsIn[identity.role], ...options }: OpenOptions,
): { readonly endpoint: Endpoint; readonly cluster: Cluster } {
  const endpoint = readEndpoint(kubeconfig, name);
  const who = { identity: identity.name, lackingRight };
  return { endpoint, cluster: createCluster({ ...endpoint, ...options, ...who }) };
}
