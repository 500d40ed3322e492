import type { Platform } from '@suite/platform-file';
import {
  type IdentityKind,
  identityName,
  type Lock,
  type RightsPlace,
  resolveUnlocked,
  type ScopeLock,
  stateAccountId,
  stateAccountName,
  stateGroupName,
  stateKey,
  usedById,
} from '@suite/platform-file';

/** A scope and region, and what bootstrap makes of it is called. */
export interface Place extends RightsPlace {
  /** `shared`, `dev`, or `dev/westeurope` where there are several regions. */
  readonly title: string;
  /** Id of the resource group that holds everything below. */
  readonly group: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly state: { readonly account: string; readonly container: string; readonly key: string };
  readonly account: string;
  readonly identities: Readonly<Record<IdentityKind, string>>;
  /** Where the environment's names live; undefined without a domain, and for the shared scope. */
  readonly domain: string | undefined;
  /** Id of the cluster, which is not there before the first apply; undefined for the shared scope. */
  readonly cluster: string | undefined;
}

const stateContainer = 'tfstate';

/** Every scope and region, in order. A state that the lock names stays where it is, if `isThere` says so of the account. */
export async function listPlaces(
  platform: Platform,
  lock: Lock | undefined,
  isThere: (account: string) => Promise<boolean>,
): Promise<Place[]> {
  const views = resolveUnlocked(platform);
  return Promise.all(
    views.map(async view => {
      const { scope, region, subscription } = view;
      const names = [platform.source.name, scope, region] as const;
      const base = {
        platform: platform.source.name,
        scope,
        region,
        subscription,
        order: view.kind === 'shared' ? undefined : view.order,
      };
      const fallback = { account: stateAccountName(...names, subscription), container: stateContainer };
      const said = lockedState(lock, scope, region);
      const chosen =
        said !== undefined &&
        (said.account === fallback.account || (await isThere(stateAccountId({ ...base, state: said }))))
          ? said
          : fallback;
      const group = `/subscriptions/${subscription}/resourceGroups/${stateGroupName(...names)}`;
      const identity = (kind: IdentityKind) =>
        `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${identityName(...names, kind)}`;
      const isAlone = views.filter(other => other.scope === scope).length === 1;
      return {
        ...base,
        title: isAlone ? scope : `${scope}/${region}`,
        group,
        tags: view.tags,
        state: { ...chosen, key: stateKey(...names) },
        account: stateAccountId({ ...base, state: chosen }),
        identities: { plan: identity('plan'), apply: identity('apply') },
        domain: view.kind === 'environment' ? view.dns?.name : undefined,
        cluster:
          view.kind === 'environment'
            ? `/subscriptions/${subscription}/resourceGroups/${view.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/${view.cluster.name}`
            : undefined,
        existing: usedById(view),
      };
    }),
  );
}

function lockedState(lock: Lock | undefined, scope: string, region: string): ScopeLock['state'] | undefined {
  const scopes = lock?.source.scopes ?? {};
  const regions = Object.hasOwn(scopes, scope) ? (scopes[scope] ?? {}) : {};
  return Object.hasOwn(regions, region) ? regions[region]?.state : undefined;
}
