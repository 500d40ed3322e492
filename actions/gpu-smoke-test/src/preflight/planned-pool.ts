import type { GpuPool, PoolInstance } from '@suite/platform-file';
import type { PlannedPool } from './facts.ts';

/** Azure taints the nodes of spot pools with it. */
export const spotTaint = { key: 'kubernetes.azure.com/scalesetpriority', value: 'spot', effect: 'NoSchedule' };

/** A GPU pool as the modules of provision-aks make it (terraform/modules/pools). */
export function plannedPool({ name, pool }: Pick<PoolInstance, 'name'> & { readonly pool: GpuPool }): PlannedPool {
  const { size, max, spot, driver, labels, taints } = pool;
  return {
    name,
    size,
    max,
    spot,
    driver,
    labels: { ...labels, 'node-type': 'ai', accelerator: 'nvidia-gpu' },
    taints: [{ key: 'nvidia.com/gpu', value: 'true', effect: 'NoSchedule' }, ...taints, ...(spot ? [spotTaint] : [])],
  };
}
