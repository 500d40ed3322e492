import type { Cluster } from '../cluster.ts';
import { at, type KubeObject, numberAt, objects } from '../objects.ts';
import { deploymentKey } from './workloads/deployments.ts';

/** Whether a deployment of such an image has a ready pod: an operator that works. */
export function isWorking(cluster: Cluster, image: RegExp): boolean {
  return cluster.store
    .list(deploymentKey)
    .some(deployment => hasImage(deployment, image) && (numberAt(deployment['status'], 'availableReplicas') ?? 0) > 0);
}

export function hasImage(workload: KubeObject, image: RegExp): boolean {
  return objects(at(workload, 'spec', 'template', 'spec')['containers']).some(one => image.test(String(one['image'])));
}
