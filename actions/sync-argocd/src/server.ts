import { UserError } from '@suite/foundation';
import type { Applications } from '@suite/platform-file';
import type { ServerAccess } from './sync/server/sign-in.ts';

/** The Argo CD server that is worked through, and how to sign in to it. */
export interface ServerInput {
  /** `https://argocd.contoso.com` */
  readonly address: string;
  readonly access: ServerAccess;
}

/** Inputs of the step, as they are called. */
export interface SaidServer {
  readonly server: string | undefined;
  readonly token: string | undefined;
  readonly 'server-audience': string | undefined;
  readonly 'dex-connector': string | undefined;
}

/**
 * What the step is told goes before what the platform file says; a server that only the step names has nothing of the file's. Undefined:
 * Kubernetes' own rights, and no server of Argo CD. Throws a UserError.
 */
export function serverOf(
  said: SaidServer,
  { server: known, hub }: Pick<Applications, 'server' | 'hub'>,
): ServerInput | undefined {
  const given = (['token', 'server-audience', 'dex-connector'] as const).filter(name => said[name] !== undefined);
  const { token } = said;
  const address = said.server ?? known?.address;
  if (address === undefined) {
    const [name] = given;
    if (name === undefined) return undefined;
    throw new UserError({
      message: 'is for an Argo CD server, and none is named.',
      location: { kind: 'input', name },
      remedy: 'Name it with `server`, or leave this out.',
    });
  }
  if (hub !== undefined) {
    throw new UserError({
      message: `is for the Argo CD in the cluster itself, and the platform file has that of ${hub.name} deploy (a hub), which is worked with by its objects.`,
      location: { kind: 'input', name: 'server' },
      remedy: 'Leave it out: the job has to reach the API servers of both clusters.',
    });
  }
  if (token !== undefined && given.length > 1) {
    throw new UserError({
      message: `and \`${given[1]}\` both say how to sign in to ${address}.`,
      location: { kind: 'input', name: 'token' },
      remedy: 'Give one of them.',
    });
  }
  if (token !== undefined) return { address, access: { kind: 'token', token } };
  const usual = said.server === undefined && given.length === 0 ? known : undefined;
  const audience = said['server-audience'] ?? usual?.audience;
  const connector = said['dex-connector'] ?? usual?.connector;
  if (audience !== undefined && connector !== undefined)
    return { address, access: { kind: 'dex', connector, audience } };
  if (audience !== undefined) return { address, access: { kind: 'entra', audience } };
  if (connector !== undefined) {
    throw new UserError({
      message: 'is needed with `dex-connector`.',
      location: { kind: 'input', name: 'server-audience' },
      remedy: "Give the client id of that connector in `dex.config`: GitHub's token has to be for it.",
    });
  }
  const remedy = 'Give a `token`, or `server-audience` where Argo CD trusts Entra.';
  if (said.server !== undefined) {
    throw new UserError({ message: 'needs a way to sign in.', location: { kind: 'input', name: 'server' }, remedy });
  }
  throw new UserError({
    message: `The Argo CD server ${address} of the platform file needs a way to sign in.`,
    remedy: 'Say `audience` beside it where Argo CD trusts Entra, or give this step a `token`.',
  });
}
