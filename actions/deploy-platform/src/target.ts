import { type EnvironmentScope, identityIn, loadEnvironment, type Platform } from '@suite/platform-file';
import type { Request } from './inputs.ts';

/** What a command works on, and as whom. */
export interface Target {
  readonly view: EnvironmentScope;
  readonly platform: Platform;
  /** `name` reads on after "The": `plan identity of dev in westeurope`. */
  readonly identity: { readonly role: 'plan' | 'apply'; readonly name: string; readonly clientId: string };
}

/** Throws one UserError with every problem of the platform file and its lock; nothing has been called by then. */
export async function loadTarget(request: Request, workspace: string): Promise<Target> {
  const { platform, view } = await loadEnvironment(request, workspace, 'cluster');
  const role = request.command === 'apply' || request.command === 'destroy' ? 'apply' : 'plan';
  return { view, platform, identity: identityIn(view, role, request.clientId) };
}
