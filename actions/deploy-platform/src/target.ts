import { UserError } from '@suite/foundation';
import { type EnvironmentScope, loadPlatformWithLock, type Platform, resolveScope } from '@suite/platform-file';
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
  const { platform, lock } = await loadPlatformWithLock(request.platformFile, workspace);
  const view = resolveScope(platform, lock, {
    scope: request.scope,
    ...(request.region === undefined ? {} : { region: request.region }),
  });
  if (view.kind !== 'environment') {
    throw new UserError({
      message: 'names no environment: what is shared has no cluster.',
      location: { kind: 'input', name: 'scope' },
      remedy: 'Use the name of an environment in the platform file.',
    });
  }
  const role = request.command === 'apply' ? 'apply' : 'plan';
  return {
    view,
    platform,
    identity: {
      role,
      name: `${role} identity of ${placeOf(view)}`,
      clientId: request.clientId ?? view.identities[role],
    },
  };
}

/** What a person calls the environment and region, inside a sentence. */
export function placeOf({ scope, region }: EnvironmentScope): string {
  return `${scope} in ${region}`;
}
