import type { Cluster } from '../cluster.ts';
import { type KubeObject, timestamp } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface RemoveOptions {
  readonly propagation?: Propagation;
  /** 0 ends a pod at once. */
  readonly graceSeconds?: number;
  readonly dryRun?: boolean;
}

export type Removal =
  | { readonly outcome: 'gone'; readonly object: KubeObject }
  /** Waits for finalizers, or for its containers. */
  | { readonly outcome: 'going'; readonly object: KubeObject };

/** Deletes an object, or marks it where somebody has to let it go first. */
export function removeObject(
  cluster: Cluster,
  type: ResourceType,
  live: KubeObject,
  options: RemoveOptions = {},
): Removal {
  const key = storeKey(type);
  const { namespace, name } = live.metadata;
  const finalizers = [...(live.metadata.finalizers ?? []), ...finalizersOf(options.propagation)];
  const grace = graceOf(key, live, options);
  const waits = finalizers.length > 0 || grace > 0 || key === 'namespaces' || key === definitions;
  if (!waits) {
    if (options.dryRun !== true) cluster.store.remove(key, namespace, name);
    return { outcome: 'gone', object: live };
  }
  const marked: KubeObject = {
    ...live,
    metadata: {
      ...live.metadata,
      ...(finalizers.length === 0 ? {} : { finalizers: [...new Set(finalizers)] }),
      deletionTimestamp: live.metadata.deletionTimestamp ?? timestamp(cluster.clock.now() + grace * 1000),
      ...(key === 'pods' ? { deletionGracePeriodSeconds: grace } : {}),
      ...(type.hasGeneration && live.metadata.deletionTimestamp === undefined
        ? { generation: (live.metadata.generation ?? 0) + 1 }
        : {}),
    },
    ...(key === 'namespaces' ? { status: { phase: 'Terminating' } } : {}),
  };
  const isAgain =
    live.metadata.deletionTimestamp !== undefined && finalizers.length === (live.metadata.finalizers ?? []).length;
  if (options.dryRun === true || isAgain) return { outcome: 'going', object: marked };
  return { outcome: 'going', object: cluster.store.put(key, marked) };
}

const definitions = 'customresourcedefinitions.apiextensions.k8s.io';

function finalizersOf(propagation: Propagation | undefined): readonly string[] {
  if (propagation === 'Foreground') return ['foregroundDeletion'];
  return propagation === 'Orphan' ? ['orphan'] : [];
}

/** A pod that runs somewhere is given time; one that nobody started is not. */
function graceOf(key: string, live: KubeObject, { graceSeconds }: RemoveOptions): number {
  if (key !== 'pods') return 0;
  const spec = (live['spec'] ?? {}) as { nodeName?: string; terminationGracePeriodSeconds?: number };
  if (spec.nodeName === undefined) return 0;
  return graceSeconds ?? spec.terminationGracePeriodSeconds ?? 30;
}
