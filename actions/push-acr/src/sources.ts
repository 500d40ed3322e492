import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '@suite/foundation';
import { type Credential, readDockerCredential } from '@suite/registry';
import type { Request } from './inputs.ts';

/** Registries that images come from, each once. */
function hostsOf({ wanted }: Request, hosts: readonly string[]): readonly string[] {
  return wanted.kind === 'source' ? [wanted.source.host] : [...new Set(hosts)];
}

/** A password goes to the one registry that it is for. Throws UserError where that is not clear. */
export function demandOneHost(request: Request, hosts: readonly string[]): void {
  const all = hostsOf(request, hosts);
  if (request.login === undefined || all.length <= 1) return;
  throw new UserError({
    message: `is for one registry, and images come from ${all.join(', ')}.`,
    location: { kind: 'input', name: 'source-username' },
    remedy: 'Sign in with docker login instead, or bring the images in several steps.',
  });
}

/** Inputs first, then Docker's configuration; undefined for anonymous. */
export async function findCredential(
  { login }: Request,
  host: string,
  dockerFolder: string,
  mask: (secret: string) => void,
): Promise<Credential | undefined> {
  if (login !== undefined) return { kind: 'password', ...login };
  const config = await readFile(join(dockerFolder, 'config.json'), 'utf8').catch(() => undefined);
  const found = config === undefined ? undefined : readDockerCredential(config, host);
  if (found !== undefined) mask(found.kind === 'password' ? found.password : found.token);
  return found;
}
