import { nearest, UserError } from '@suite/foundation';
import {
  type ApplicationSettings,
  type Applications,
  type EnvironmentScope,
  identityIn,
  loadEnvironment,
  type Platform,
} from '@suite/platform-file';
import type { Request } from './inputs.ts';
import { type ServerInput, serverOf } from './server.ts';

/** What a command works on, and as whom. */
export interface Target {
  readonly view: EnvironmentScope;
  readonly platform: Platform;
  readonly applications: Applications;
  /** Those that the command is about. */
  readonly chosen: readonly ApplicationSettings[];
  /** The Argo CD server that is worked through; undefined for Kubernetes' own rights. */
  readonly server: ServerInput | undefined;
  /** `name` reads on after "The": `plan identity of dev in westeurope`. */
  readonly identity: { readonly role: 'plan' | 'apply'; readonly name: string; readonly clientId: string };
}

/** Throws one UserError with every problem of the platform file and its lock; nothing has been called by then. */
export async function loadTarget(request: Request, workspace: string): Promise<Target> {
  const { platform, view } = await loadEnvironment(request, workspace, 'cluster');
  const { applications } = view;
  if (applications === undefined) {
    throw new UserError({
      message: `The platform file has no applications for ${view.scope}.`,
      remedy: 'Name them under `applications:`, with the repository that Argo CD deploys from.',
    });
  }
  // Whoever waits asks Argo CD to look, which is a write to the Application.
  if (applications.hasRoot && request.applications !== undefined) {
    throw new UserError({
      message: 'is not for an Application over others: it brings all of them.',
      location: { kind: 'input', name: 'applications' },
      remedy: 'Leave it out.',
    });
  }
  const role = ['plan', 'verify', 'drift'].includes(request.command) ? 'plan' : 'apply';
  return {
    view,
    platform,
    applications,
    chosen: choose(applications.apps, request.applications),
    server: serverOf(request.server, applications),
    identity: identityIn(view, role, request.clientId),
  };
}

function choose(
  apps: readonly ApplicationSettings[],
  names: readonly string[] | undefined,
): readonly ApplicationSettings[] {
  if (names === undefined) return apps;
  return names.map(name => {
    const found = apps.find(app => app.name === name);
    if (found !== undefined) return found;
    const known = apps.map(app => app.name);
    const near = nearest(name, known);
    throw new UserError({
      message: `names ${name}, which the platform file does not have.`,
      location: { kind: 'input', name: 'applications' },
      remedy: near === undefined ? `There are ${known.join(', ') || 'none'}.` : `Did you mean ${near}?`,
    });
  });
}
