import { type Kit, mask } from '@suite/action-kit';
import { type AzureCredential, clouds, isRegistryOf, registryTokens } from '@suite/azure';
import { duration } from '@suite/foundation';
import type { RegistryLogins } from '@suite/helm';
import type { EnvironmentScope } from '@suite/platform-file';
import { helmLogins } from '@suite/registry';

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

/** How Helm signs in to the registries of Azure that charts of the platform file's own lie in. */
export function loginsOfOwnCharts(
  kit: Pick<Kit, 'clock' | 'log'>,
  view: EnvironmentScope,
  identity: Identity,
  credential: AzureCredential,
): Promise<RegistryLogins> {
  const optionsOf = (host: string) => registryOptions(kit, host, view, identity, credential);
  return helmLogins(ownRegistries(view), optionsOf, message => kit.log.info(message));
}

/** Login servers. */
function ownRegistries({ cloud, releases }: EnvironmentScope): string[] {
  const hosts = releases.own.flatMap(({ chart }) => (chart.kind === 'oci' ? [new URL(chart.url).host] : []));
  return hosts.filter(host => isRegistryOf(clouds[cloud], host));
}
