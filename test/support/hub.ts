import type { KubernetesView } from '@suite/sandbox';
import type { BundleWorld } from './bundle.ts';
import { clusterIdIn } from './control-plane/behind-azure.ts';

/** A cluster of others, in a subscription of theirs, whose Argo CD deploys into dev. */
export interface Hub {
  readonly id: string;
  /** Of its API server. */
  readonly host: string;
  readonly view: KubernetesView;
  /** Gives dev's identities what docs/how-to/deploy-applications.md says, and no more. */
  admit(): void;
}

const subscription = '66666666-6666-6666-6666-666666666666';
const host = 'aks-hub.hcp.westeurope.azmk8s.io';
const namespace = 'argocd';
const argo = ['argoproj.io'];

export async function addHub({ world, views }: BundleWorld, like: KubernetesView): Promise<Hub> {
  const { azure } = world;
  const id = `/subscriptions/${subscription}/resourceGroups/rg-hub/providers/Microsoft.ContainerService/managedClusters/aks-hub`;
  azure.addSubscription(subscription, views[0]?.tenant ?? '');
  azure.putResource(id, azure.resource(clusterIdIn(world)) ?? {});
  azure.mutate(id, body => {
    body['properties'] = { ...Object(body['properties']), fqdn: host };
  });
  const view = world.kubernetes.of(id);
  const definitions = like
    .list('customresourcedefinitions')
    .filter(({ metadata }) => /\.argoproj\.io$/.test(metadata.name));
  for (const { apiVersion, kind, metadata, spec } of definitions.map(one => ({ ...one, spec: one['spec'] }))) {
    view.put({ apiVersion, kind, metadata: { name: metadata.name }, spec });
  }
  view.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const labels = { app: 'controller' };
  const command = ['/usr/local/bin/argocd-application-controller'];
  view.put({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'argocd-application-controller', namespace },
    spec: {
      serviceName: 'argocd-application-controller',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'controller', image: 'quay.io/argoproj/argocd:v3.1.16', command }] },
      },
    },
  });
  return {
    id,
    host,
    view,
    admit: () => {
      const identity = (role: 'plan' | 'apply') => {
        const found = azure.principals().find(({ name }) => name === `contoso-dev-westeurope-${role}`);
        if (found === undefined) throw new Error(`There is no ${role} identity of dev.`);
        return found.objectId;
      };
      const [plan, apply] = [identity('plan'), identity('apply')];
      for (const principal of [plan, apply]) {
        azure.assignRole({ principal, role: 'Azure Kubernetes Service Cluster User Role', scope: id });
      }
      const rbac = 'rbac.authorization.k8s.io';
      const give = (name: string, principals: readonly string[], rules: readonly object[]) => {
        view.put({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata: { name, namespace }, rules });
        view.put({
          apiVersion: `${rbac}/v1`,
          kind: 'RoleBinding',
          metadata: { name, namespace },
          roleRef: { apiGroup: rbac, kind: 'Role', name },
          subjects: principals.map(one => ({ apiGroup: rbac, kind: 'User', name: one })),
        });
      };
      give(
        'contoso-dev-westeurope-plan',
        [plan, apply],
        [{ apiGroups: argo, resources: ['applications', 'appprojects'], verbs: ['get', 'list', 'watch'] }],
      );
      give(
        'contoso-dev-westeurope-apply',
        [apply],
        [
          { apiGroups: argo, resources: ['applications', 'appprojects'], verbs: ['create', 'patch', 'delete'] },
          { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
          {
            apiGroups: [''],
            resources: ['secrets'],
            resourceNames: ['contoso-dev-westeurope-cluster'],
            verbs: ['patch'],
          },
        ],
      );
    },
  };
}
