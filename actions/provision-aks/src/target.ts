import { loadPlatformWithLock, type Platform, resolveScope, type ScopeView } from '@suite/platform-file';
import type { ScopeRequest } from './inputs.ts';

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
