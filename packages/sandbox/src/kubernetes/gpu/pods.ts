import type { Cluster } from '../cluster.ts';
import { requestsOf } from '../controllers/scheduling/fit.ts';
import { at, type KubeObject } from '../objects.ts';
import type { NodePool } from './machines.ts';
import type { GpuState } from './states.ts';

/** The name of whole GPUs as a resource. */
export const gpuResource = 'nvidia.com/gpu';

/** How many GPUs a pod asks for. */
export function gpusOf(pod: KubeObject): number {
  return requestsOf(pod)[gpuResource] ?? 0;
}

/** The pool of GPU nodes that a node is of; undefined for other nodes. */
export function gpuPoolOf(cluster: Cluster, node: KubeObject | undefined): NodePool | undefined {
  const name = node?.metadata.labels?.['kubernetes.azure.com/agentpool'];
  const pool = name === undefined ? undefined : cluster.machines.pools().find(one => one.name === name);
  return pool !== undefined && pool.gpus > 0 ? pool : undefined;
}

/** A pod on a GPU node, with what the pool plays. */
export interface Placed {
  readonly node: KubeObject;
  readonly pool: NodePool;
  readonly state: GpuState;
  readonly gpus: number;
}

export function placeOfPod(cluster: Cluster, pod: KubeObject): Placed | undefined {
  const nodeName = at(pod, 'spec')['nodeName'];
  const node = nodeName === undefined ? undefined : cluster.store.get('nodes', undefined, String(nodeName));
  const pool = gpuPoolOf(cluster, node);
  if (node === undefined || pool === undefined) return undefined;
  return { node, pool, state: cluster.gpuScripts.of(pool.name), gpus: gpusOf(pod) };
}
