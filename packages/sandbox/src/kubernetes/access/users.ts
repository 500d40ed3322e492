import type { Clock } from '@suite/foundation';
import type { AccessControl } from '../../azure/access.ts';
import { at, properties, text } from '../../azure/arm/body.ts';
import type { Resource } from '../../azure/arm/store.ts';
import { aksServerApplication, localToken } from '../../azure/arm/types/kubeconfig.ts';
import type { TokenMint } from '../../azure/tokens.ts';
import { bearer, type WorldRequest } from '../../network/http.ts';
import type { User } from './attributes.ts';
import { azureGroups } from './azure-roles.ts';

export interface UserOptions {
  readonly clock: Clock;
  readonly mint: TokenMint;
  readonly access: AccessControl;
}

/** Who a request to a cluster is from; undefined when its token proves nobody. */
export type UserOf = (request: WorldRequest, cluster: Resource) => Promise<User | undefined>;

/**
 * Callers of a cluster with Entra sign-in are known by their object id and by the roles that Azure gives them over the cluster; the
 * local administrator of a cluster with local accounts by the token of its kubeconfig.
 */
export function createUserOf({ clock, mint, access }: UserOptions): UserOf {
  return async (request, cluster) => {
    const token = bearer(request) ?? '';
    const { aadProfile, disableLocalAccounts } = properties(cluster.body);
    const profile = at({ aadProfile }, 'aadProfile');
    if (disableLocalAccounts !== true && token === localToken(cluster.id)) {
      return { name: 'masterclient', groups: ['system:masters', 'system:authenticated'] };
    }
    if (profile['managed'] !== true) return undefined;
    const read = await mint.read(token);
    if (read === undefined || read.audience !== aksServerApplication) return undefined;
    if (read.tenant !== text(profile['tenantID']) || clock.now() >= read.expires * 1000) return undefined;
    const roles = profile['enableAzureRBAC'] === true ? access.rolesAt(read.objectId, cluster.id) : [];
    const groups = roles.flatMap(({ roleName }) => azureGroups[roleName] ?? []);
    return { name: read.objectId, groups: [...new Set(groups), 'system:authenticated'] };
  };
}
