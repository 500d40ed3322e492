import { asArray, asObject } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';

/** Kubernetes, pkg/controller/deployment/util: how often the template of a Deployment has changed, and of which change a set is. */
const revision = 'deployment.kubernetes.io/revision';

/**
 * Whether a pod is of a template that its Deployment has no more. It goes once a new one is ready, so that what is wrong with it says
 * nothing of what was applied.
 */
export async function isReplaced(
  pod: { readonly namespace: string; readonly name: string },
  cluster: Pick<Cluster, 'get'>,
): Promise<boolean> {
  const ownerOf = async (object: KubernetesObject | undefined, kind: string) => {
    const owners = asArray(object?.metadata['ownerReferences']).map(asObject);
    const name = owners.find(owner => owner['kind'] === kind)?.['name'];
    return typeof name === 'string'
      ? cluster.get({ apiVersion: 'apps/v1', kind, namespace: pod.namespace, name })
      : undefined;
  };
  const set = await ownerOf(await cluster.get({ apiVersion: 'v1', kind: 'Pod', ...pod }), 'ReplicaSet');
  const deployment = await ownerOf(set, 'Deployment');
  const [of, now] = [set, deployment].map(object => Number(object?.metadata.annotations?.[revision]));
  return of !== undefined && now !== undefined && of < now;
}
