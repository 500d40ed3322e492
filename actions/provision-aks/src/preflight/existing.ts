import { asArray, asNumber, asObject, asString } from '@suite/foundation';

/** A cluster that is there, as far as preflight compares with it. */
export interface ExistingCluster {
  /** Full version of the control plane; undefined when Azure does not say. */
  readonly version: string | undefined;
  /** Host of its private API server. */
  readonly privateHost: string | undefined;
  readonly pools: readonly ExistingPool[];
}

export interface ExistingPool {
  readonly name: string;
  readonly size: string;
  readonly nodes: number;
  readonly version: string | undefined;
}

/** Reads ARM's answer to a GET of the cluster; undefined when there is none. */
export function readExisting(body: unknown): ExistingCluster | undefined {
  if (body === undefined) return undefined;
  const properties = asObject(asObject(body)['properties']);
  return {
    version: asString(properties['currentKubernetesVersion']) ?? asString(properties['kubernetesVersion']),
    privateHost: asString(properties['privateFQDN']),
    pools: asArray(properties['agentPoolProfiles'])
      .map(asObject)
      .map(pool => ({
        name: asString(pool['name']) ?? '',
        size: asString(pool['vmSize']) ?? '',
        nodes: asNumber(pool['count']) ?? 0,
        version: asString(pool['currentOrchestratorVersion']) ?? asString(pool['orchestratorVersion']),
      })),
  };
}

export function poolOf(existing: ExistingCluster | undefined, name: string): ExistingPool | undefined {
  return existing?.pools.find(pool => pool.name === name);
}
