import { type Kit, mask } from '@suite/action-kit';
import { type AzureCredential, clouds, createContainerRegistries, loginServerOf } from '@suite/azure';
import type { RegistryLogins } from '@suite/helm';
import { type EnvironmentScope, registryIdOf } from '@suite/platform-file';
import { apiHostOf, createTransfers, helmLogin, type Transfers } from '@suite/registry';
import { registryOptions } from '../registry-login.ts';
import type { Mirror } from './port.ts';

/** The environment's registry as one identity sees it, and how Helm signs in to it. `own`: how one signs in to registries of its charts. */
export async function openMirror(
  kit: Pick<Kit, 'clock' | 'log'>,
  view: EnvironmentScope,
  identity: { readonly name: string; readonly clientId: string },
  credential: AzureCredential,
  own: RegistryLogins,
): Promise<{ readonly mirror: Mirror; readonly logins: RegistryLogins }> {
  const { clock } = kit;
  const cloud = clouds[view.cloud];
  const registries = createContainerRegistries(credential, { cloud, identity, clock });
  const id = registryIdOf(view);
  const resource = await registries.find(id);
  // Until it is there, the name says it.
  const host = resource?.loginServer ?? loginServerOf(cloud, id);
  const options = registryOptions(kit, host, view, identity, credential);
  const { onPause } = options;
  const isPrivate = (name: string) => Object.hasOwn(own, apiHostOf(name));
  const sources = new Map<string, Transfers>();
  const source = (name: string): Transfers => {
    const api = apiHostOf(name);
    const open = () =>
      isPrivate(api) ? registryOptions(kit, api, view, identity, credential) : { host: api, mask, clock, onPause };
    const found = sources.get(api) ?? createTransfers(open());
    sources.set(api, found);
    return found;
  };
  const registry = resource === undefined ? undefined : { host, resource, transfers: createTransfers(options) };
  return {
    mirror: { host, registry, source, isPrivate, offerImport: registries.offerImport },
    logins: registry === undefined ? {} : { [host]: await helmLogin(options) },
  };
}
