import type { JsonObject } from '@suite/foundation';
import { type WorkerPool, writeTaint } from '@suite/platform-file';

/** What provision-aks taints GPU pools with; `Exists`, because what AKS itself writes has another value. */
export const gpuToleration: JsonObject = { key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' };

/** Label of the nodes of a pool for workloads (terraform/modules/pools). The autoscaler writes over `accelerator`, so nothing selects by it. */
export const gpuNodes: JsonObject = { 'node-type': 'ai' };
export const userNodes: JsonObject = { 'node-type': 'user' };

/** For what is meant for a pool: the taints that the platform file gives it, and Azure's on nodes that it may take back. */
export function poolTolerations(pool: WorkerPool | undefined): readonly JsonObject[] {
  const pools = [pool, pool?.replacement].filter(one => one !== undefined);
  const own = new Map(pools.flatMap(({ taints }) => taints.map(taint => [writeTaint(taint), taint] as const)));
  const spot = pools.some(one => one.spot)
    ? [{ key: 'kubernetes.azure.com/scalesetpriority', operator: 'Equal', value: 'spot', effect: 'NoSchedule' }]
    : [];
  return [...[...own.values()].map(taint => ({ ...taint, operator: 'Equal' })), ...spot];
}
