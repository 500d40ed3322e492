import {
  listScopes,
  loadPlatformWithLock,
  type Platform,
  resolveEnvironment,
  resolveScope,
  type ScopeView,
} from '@suite/platform-file';
import type { ScopeRequest } from './inputs.ts';
import type { PlannedNetwork } from './preflight/index.ts';

/** What a command works on, and as whom. */
export interface Target {
  readonly view: ScopeView;
  readonly platform: Platform;
  /** `name` reads on after "The": `plan identity of dev`. */
  readonly identity: { readonly name: string; readonly clientId: string };
}

/**
 * Reads the platform file and its lock and resolves the scope. Throws one UserError with every problem of both files;
 * nothing has been called by then.
 */
export async function loadTarget(request: ScopeRequest, workspace: string): Promise<Target> {
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, workspace);
  const view = resolveScope(platform, lock, {
    scope: request.scope,
    ...(request.region === undefined ? {} : { region: request.region }),
  });
  const role = request.command === 'apply' ? 'apply' : 'plan';
  return {
    view,
    platform,
    identity: { name: `${role} identity of ${placeOf(view)}`, clientId: request.clientId ?? view.identities[role] },
  };
}

/** What a person calls the scope and region, inside a sentence. */
export function placeOf(view: ScopeView): string {
  return view.kind === 'shared' ? 'the shared scope' : `${view.scope} in ${view.region}`;
}

/** The networks that the platform's other environments and regions make. */
export function otherNetworks({ view, platform }: Target): PlannedNetwork[] {
  return listScopes(platform).flatMap(({ scope, region }): PlannedNetwork[] => {
    if (scope === 'shared' || (scope === view.scope && region === view.region)) return [];
    const { network } = resolveEnvironment(platform.source, scope, region);
    return network.existing ? [] : [{ scope, region, addressSpace: network.addressSpace }];
  });
}
