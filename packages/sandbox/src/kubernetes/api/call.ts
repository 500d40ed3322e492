import type { WorldRequest } from '../../network/http.ts';
import type { Authorizer, User } from '../access/attributes.ts';
import type { Cluster } from '../cluster.ts';
import type { KubeObject } from '../objects.ts';
import { type ResourceType, storeKey } from '../resources/resource-type.ts';
import { KubeError, refusals } from '../status.ts';
import type { ResourceRequest } from './request-info.ts';

/** One request for a resource, after it was allowed. */
export interface ApiCall {
  readonly cluster: Cluster;
  readonly request: WorldRequest;
  readonly info: ResourceRequest;
  readonly type: ResourceType;
  readonly user: User;
  readonly authorize: Authorizer;
}

/** The object that a call is about. */
export function demandObject({ cluster, type, info }: ApiCall): KubeObject {
  const found = findObject({ cluster, type, info });
  if (found === undefined) throw refusals.notFound(type, info.name ?? '');
  return found;
}

export function findObject({
  cluster,
  type,
  info,
}: Pick<ApiCall, 'cluster' | 'type' | 'info'>): KubeObject | undefined {
  return cluster.store.get(storeKey(type), type.namespaced ? info.namespace : undefined, info.name ?? '');
}

/** Paths of namespaced types name a namespace, except for lists over all of them. */
export function namespaceOf({ type, info }: Pick<ApiCall, 'type' | 'info'>): string | undefined {
  return type.namespaced ? info.namespace : undefined;
}

/** What the server answers for paths that lead nowhere. */
export const pageNotFound = () => new KubeError(404, 'NotFound', 'the server could not find the requested resource');
