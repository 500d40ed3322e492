import { createUpstream, type World } from '@suite/sandbox';
import type { RunningControlPlane } from '../control-plane.ts';

/** Of the one cluster in a world; empty where there is none. */
export function clusterIdIn({ azure }: World): string {
  return azure.resources('Microsoft.ContainerService/managedClusters')[0]?.id ?? '';
}

/** Puts the API server behind the name that Azure gives a cluster; where none is named, the one of the world. */
export async function attachControlPlane(
  world: World,
  control: RunningControlPlane,
  clusterId = clusterIdIn(world),
): Promise<void> {
  const { url, caCertificate: ca, frontProxy } = control;
  await giveAdministrators(control);
  world.kubernetes.attach(clusterId, createUpstream({ url, ca, ...frontProxy }));
}

export const roleBindings = '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings';
export const administrators = 'azure-cluster-admin';

/** What Azure's role means inside of the cluster. */
export async function giveAdministrators({ api }: Pick<RunningControlPlane, 'api'>): Promise<void> {
  await api.create(roleBindings, {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: administrators },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'azure:cluster-admin' }],
  });
}
