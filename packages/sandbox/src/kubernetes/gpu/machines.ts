import type { NodeSpec } from '../node-spec.ts';

/** A pool of nodes as the autoscaler sees it. */
export interface NodePool {
  readonly name: string;
  /** Scale set behind it, by which the autoscaler calls it: `aks-gpu-12345678-vmss`. */
  readonly group: string;
  /** `Standard_NC4as_T4_v3` */
  readonly size: string;
  /** Family that quotas count by: `Standard NCASv3_T4 Family`. */
  readonly family: string;
  readonly cores: number;
  readonly location: string;
  /** GPUs of one node. */
  readonly gpus: number;
  /** Whether Azure installs the driver. */
  readonly hasDriver: boolean;
  readonly isAutoscaled: boolean;
  readonly min: number;
  readonly max: number;
  /** Nodes that it has. */
  readonly count: number;
  /** The node that it would get next. */
  readonly next: NodeSpec;
}

/** What makes and removes the nodes of one cluster. */
export interface Machines {
  pools(): readonly NodePool[];
  /** Brings a pool to that many nodes, at once. */
  resize(pool: string, count: number): void;
}

/** A cluster whose nodes somebody else makes. */
export const noMachines: Machines = { pools: () => [], resize: () => undefined };
