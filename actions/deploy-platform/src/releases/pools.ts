import type { JsonObject } from '@suite/foundation';
import type { WorkerPool } from '@suite/platform-file';

/** What provision-aks taints GPU pools with; `Exists`, because what AKS itself writes has another value. */
export const gpuToleration: JsonObject = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };

/** Label of the nodes of a pool for workloads (terraform/modules/pools). The autoscaler writes over `accelerator`, so nothing selects by it. */
export const gpuNodes: JsonObject = { 'node-type': 'ai' };
export const userNodes: JsonObject = { 'node-type': 'user' };

/** Azure taints nodes that it may take back. */
export function spotTolerations(pool: WorkerPool | undefined): readonly JsonObject[] {
  const pools = [pool, pool?.replacement];
  return pools.some(one => one?.spot === true)
    ? [{ key: 'kubernetes.azure.com/scalesetpriority', operator: 'Equal', value: 'spot', effect: 'NoSchedule' }]
    : [];
}
