import { evaluateRbac } from '../rbac/evaluate.ts';
import type { Store } from '../store/store.ts';
import type { Authorizer } from './attributes.ts';
import { type AzurePermits, evaluateAzure } from './azure-roles.ts';

export interface AuthorizerOptions {
  readonly clusterId: string;
  readonly store: Store;
  /** Undefined where Azure's roles do not count in the cluster. */
  readonly azure: () => AzurePermits | undefined;
}

/** Roles of the cluster first, then Azure's: what either of them allows is allowed. */
export function createAuthorizer({ clusterId, store, azure }: AuthorizerOptions): Authorizer {
  return (user, attributes) => {
    if (user.groups.includes('system:masters')) return { allowed: true, reason: '' };
    const own = evaluateRbac(store, user, attributes);
    const permits = azure();
    return own.allowed || permits === undefined ? own : evaluateAzure(clusterId, permits, user, attributes);
  };
}
