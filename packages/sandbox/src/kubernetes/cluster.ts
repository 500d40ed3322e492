import type { Clock } from '@suite/foundation';
import { type Machines, noMachines } from './gpu/machines.ts';
import { createGpuScripts, type GpuScripts } from './gpu/states.ts';
import { nothingOutside, type Outside } from './outside.ts';
import { createTypeRegistry, type TypeRegistry } from './resources/type-registry.ts';
import { createStore, type Store } from './store/store.ts';

/** How long things take, in milliseconds on the world's clock. */
export interface Durations {
  /** A container from its start until it is ready. */
  readonly podStartMs: number;
  /** A pod of a Job until it is done. */
  readonly jobMs: number;
  /** From the wish to delete a pod until it is gone. */
  readonly podStopMs: number;
  /** Until a CustomResourceDefinition is established. */
  readonly definitionMs: number;
  /** Until an operator has dealt with a custom resource. */
  readonly operatorMs: number;
  /** The autoscaler's look at pods that wait. */
  readonly scanMs: number;
  /** From the wish for a node until it is ready, or refused. */
  readonly nodeStartMs: number;
  /** How long the autoscaler waits for a node. */
  readonly nodeLimitMs: number;
  /** How long it leaves a pool alone that did not grow. */
  readonly backoffMs: number;
  /** From a ready device plugin until its node offers GPUs. */
  readonly pluginMs: number;
  /** A GPU node of no use until it goes. */
  readonly scaleDownMs: number;
}

export const usualDurations: Durations = {
  podStartMs: 300,
  jobMs: 300,
  podStopMs: 100,
  definitionMs: 50,
  operatorMs: 100,
  scanMs: 200,
  nodeStartMs: 500,
  // Those of the autoscaler, which nobody waits for who does not want to see them.
  nodeLimitMs: 15 * 60_000,
  backoffMs: 5 * 60_000,
  pluginMs: 200,
  scaleDownMs: 4000,
};

/** What goes wrong in a cluster because somebody said so. Images may hold `*` for anything. */
export interface Troubles {
  readonly unpullable: Set<string>;
  /** Images whose containers end with an error again and again. */
  readonly crashing: Set<string>;
  /** Images whose containers run, but never become ready. */
  readonly unready: Set<string>;
  /** Webhook configurations, or single webhooks by name, that do not answer. */
  readonly webhooks: Set<string>;
}

/** One small cluster: its objects, what it serves, and what is wrong with it. */
export interface Cluster {
  /** Resource id of the managed cluster. */
  readonly id: string;
  readonly clock: Clock;
  /** Aborted when the cluster is gone or the world closes. */
  readonly closing: AbortSignal;
  readonly store: Store;
  readonly types: TypeRegistry;
  readonly durations: Durations;
  readonly troubles: Troubles;
  readonly outside: Outside;
  /** The cluster behind an API server's address, as another one's Argo CD reaches it. */
  readonly neighbour: (address: string) => Cluster | undefined;
  /** What makes its nodes. */
  readonly machines: Machines;
  /** What its GPU pools play. */
  readonly gpuScripts: GpuScripts;
  /** Lines of containers beyond those that the cluster makes up, by `namespace/pod/container`. */
  readonly logs: Map<string, string>;
  /** `1.34.4`, as the control plane stands now. */
  version(): string;
}

export type ClusterOptions = Pick<Cluster, 'id' | 'clock' | 'closing' | 'durations' | 'version'> &
  Partial<Pick<Cluster, 'outside' | 'machines' | 'neighbour'>>;

export function createCluster(options: ClusterOptions): Cluster {
  return {
    outside: nothingOutside,
    machines: noMachines,
    neighbour: () => undefined,
    ...options,
    gpuScripts: createGpuScripts(),
    store: createStore(),
    types: createTypeRegistry(),
    troubles: { unpullable: new Set(), crashing: new Set(), unready: new Set(), webhooks: new Set() },
    logs: new Map(),
  };
}

/** Whether a value is meant by one of a set's patterns. */
export function isAmong(patterns: ReadonlySet<string>, value: string): boolean {
  return [...patterns].some(pattern => {
    const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(`^${parts.join('.*')}$`).test(value);
  });
}
