import type { Attributes, Decision, User } from './attributes.ts';

/** Asks Azure whether somebody (an object id) has a data action over a scope. */
export type AzurePermits = (objectId: string, action: string, scope: string) => boolean;

const provider = 'Microsoft.ContainerService/managedClusters';
const noAccess = 'User does not have access to the resource in Azure. Update role assignment to allow access.';

/**
 * Azure's roles over a cluster, as AKS asks for them (kubeguard/guard, `authz/providers/azure/rbac`): a data action of the
 * resource at the cluster or at one of its namespaces.
 */
export function evaluateAzure(clusterId: string, permits: AzurePermits, user: User, attributes: Attributes): Decision {
  const scope =
    'path' in attributes || attributes.namespace === undefined
      ? clusterId
      : `${clusterId}/namespaces/${attributes.namespace}`;
  const allowed = permits(user.name, actionOf(attributes), scope);
  return { allowed, reason: allowed ? 'Access allowed by Azure RBAC' : noAccess };
}

/** `Microsoft.ContainerService/managedClusters/apps/deployments/write` */
export function actionOf(attributes: Attributes): string {
  const verb = verbs[attributes.verb] ?? '';
  if ('path' in attributes) return joined(provider, attributes.path.replace(/^\/|\/$/g, ''), verb);
  const { group, resource, subresource } = attributes;
  const isExec = resource === 'pods' && subresource === 'exec';
  return joined(provider, group, resource, ...(isExec ? ['exec', 'action'] : [verb]));
}

function joined(...parts: readonly string[]): string {
  return parts.filter(part => part !== '').join('/');
}

const verbs: Readonly<Record<string, string>> = {
  get: 'read',
  list: 'read',
  watch: 'read',
  create: 'write',
  patch: 'write',
  update: 'write',
  delete: 'delete',
  deletecollection: 'delete',
  bind: 'bind/action',
  escalate: 'escalate/action',
  use: 'use/action',
  impersonate: 'impersonate/action',
  '*': '*',
};

/** Groups that stand for Azure's roles where a real API server, which asks no Azure, answers for a cluster. */
export const azureGroups: Readonly<Record<string, string>> = {
  'Azure Kubernetes Service RBAC Cluster Admin': 'azure:cluster-admin',
  'Azure Kubernetes Service RBAC Admin': 'azure:admin',
  'Azure Kubernetes Service RBAC Writer': 'azure:writer',
  'Azure Kubernetes Service RBAC Reader': 'azure:reader',
};
