import { type Kit, mask } from '@suite/action-kit';
import { type AzureCredential, clouds, isRegistryOf, registryTokens } from '@suite/azure';
import { duration, errorMessage, mapInParallel } from '@suite/foundation';
import type { RegistryLogins } from '@suite/helm';
import type { EnvironmentScope } from '@suite/platform-file';
import { dockerLogin, type RegistryOptions } from '@suite/registry';

type Identity = { readonly name: string; readonly clientId: string };

/** A registry of Azure as one identity sees it. */
export function registryOptions(
  { clock, log }: Pick<Kit, 'clock' | 'log'>,
  host: string,
  { tenant }: Pick<EnvironmentScope, 'tenant'>,
  identity: Identity,
  credential: AzureCredential,
) {
  return {
    host,
    tenant,
    identity,
    entraToken: registryTokens(credential),
    mask,
    clock,
    onPause: (pause: number) => log.info(`Trying again in ${duration(pause)}.`),
  };
}

/** How Helm signs in to it. */
export async function loginTo(options: RegistryOptions): Promise<RegistryLogins[string]> {
  const { user, password } = await dockerLogin(options);
  mask(password);
  mask(Buffer.from(`${user}:${password}`).toString('base64'));
  return { username: user, password };
}

/**
 * How Helm signs in to the registries of Azure that charts of the platform file's own lie in. One that lets nobody of this tenant in may
 * still give its charts to everybody, so that it is only noted.
 */
export async function loginsOfOwnCharts(
  kit: Pick<Kit, 'clock' | 'log'>,
  view: EnvironmentScope,
  identity: Identity,
  credential: AzureCredential,
): Promise<RegistryLogins> {
  const logins = await mapInParallel(ownRegistries(view), 4, async host => {
    try {
      return [[host, await loginTo(registryOptions(kit, host, view, identity, credential))] as const];
    } catch (error) {
      kit.log.info(`Nobody is signed in to ${host}: ${errorMessage(error)}`);
      return [];
    }
  });
  return Object.fromEntries(logins.flat());
}

/** Login servers. */
function ownRegistries({ cloud, releases }: EnvironmentScope): string[] {
  const hosts = releases.own.flatMap(({ chart }) => (chart.kind === 'oci' ? [new URL(chart.url).host] : []));
  return [...new Set(hosts)].filter(host => isRegistryOf(clouds[cloud], host));
}
