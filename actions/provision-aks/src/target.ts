import { identityIn, loadScope, type Platform, type ScopeView } from '@suite/platform-file';
import type { ScopeRequest, UnlockRequest } from './inputs.ts';

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
export async function loadTarget(request: ScopeRequest | UnlockRequest, workspace: string): Promise<Target> {
  const { platform, view } = await loadScope(request, workspace);
  const role =
    request.command === 'apply' || request.command === 'destroy' || request.command === 'unlock' ? 'apply' : 'plan';
  return {
    view,
    platform,
    identity: identityIn(view, role, request.clientId),
  };
}
