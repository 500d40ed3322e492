import { channel } from 'node:diagnostics_channel';
import { resolvedChannel, UserError } from '@suite/foundation';
import { loadPlatformWithLock } from './files.ts';
import type { Lock } from './lock.ts';
import type { Platform } from './platform.ts';
import { resolveScope } from './resolve.ts';
import type { EnvironmentScope, ScopeView } from './resolved.ts';

/** Where a command works, as its inputs say it. */
export interface EnvironmentRequest {
  /** Absolute path. */
  readonly platformFile: string;
  readonly scope: string;
  readonly region: string | undefined;
}

/**
 * The scope that a command works on. Throws one UserError with every problem of the platform file and its lock; nothing has been called
 * by then.
 */
export async function loadScope(
  { platformFile, scope, region }: EnvironmentRequest,
  workspace: string,
): Promise<{ readonly platform: Platform; readonly lock: Lock; readonly view: ScopeView }> {
  const { platform, lock } = await loadPlatformWithLock(platformFile, workspace);
  const view = resolveScope(platform, lock, { scope, ...(region === undefined ? {} : { region }) });
  channel(resolvedChannel).publish(view);
  return { platform, lock, view };
}

/**
 * The environment that a command works on. `lacks` is what only environments have: `cluster`. Throws one UserError with every problem of
 * the platform file and its lock.
 */
export async function loadEnvironment(
  request: EnvironmentRequest,
  workspace: string,
  lacks: 'cluster' | 'registry',
): Promise<{ readonly platform: Platform; readonly lock: Lock; readonly view: EnvironmentScope }> {
  const { platform, lock, view } = await loadScope(request, workspace);
  if (view.kind === 'environment') return { platform, lock, view };
  throw new UserError({
    message: `names no environment: what is shared has no ${lacks}.`,
    location: { kind: 'input', name: 'scope' },
    remedy: 'Use the name of an environment in the platform file.',
  });
}

/** What a person calls a scope and region, inside a sentence: `dev in westeurope`. No environment is called `shared`. */
export function placeOf({ scope, region }: Pick<ScopeView, 'scope' | 'region'>): string {
  return scope === 'shared' ? 'the shared scope' : `${scope} in ${region}`;
}

/** As whom a command works there. `name` reads on after "The": `plan identity of dev in westeurope`. */
export function identityIn<R extends 'plan' | 'apply'>(
  view: Pick<ScopeView, 'scope' | 'region' | 'identities'>,
  role: R,
  clientId: string | undefined,
): { readonly role: R; readonly name: string; readonly clientId: string } {
  return { role, name: `${role} identity of ${placeOf(view)}`, clientId: clientId ?? view.identities[role] };
}

/** The cluster, for a command that needs one. Throws a UserError where its infrastructure was not applied yet. */
export function demandCluster<C>(
  { cluster, resourceGroup }: Pick<EnvironmentScope, 'cluster' | 'resourceGroup'>,
  connected: { readonly cluster: C | undefined },
): C {
  if (connected.cluster !== undefined) return connected.cluster;
  throw new UserError({
    message: `There is no cluster ${cluster.name} in ${resourceGroup}.`,
    remedy: 'Apply its infrastructure first, with `provision-aks`.',
  });
}
