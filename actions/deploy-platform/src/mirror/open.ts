import { type Kit, mask } from '@suite/action-kit';
import { type AzureCredential, clouds, createContainerRegistries, loginServerOf } from '@suite/azure';
import { duration } from '@suite/foundation';
import type { RegistryLogins } from '@suite/helm';
import { type EnvironmentScope, registryIdOf } from '@suite/platform-file';
import { apiHostOf, createTransfers, dockerLogin, type Transfers } from '@suite/registry';
import type { Mirror } from './port.ts';

/** Registries refuse tokens for the resource manager where a policy says so; this one is their own. */
const registryAudience = 'https://containerregistry.azure.net/.default';

/** The environment's registry as one identity sees it, and how Helm signs in to it. */
export async function openMirror(
  kit: Pick<Kit, 'clock' | 'log'>,
  view: EnvironmentScope,
  identity: { readonly name: string; readonly clientId: string },
  credential: AzureCredential,
): Promise<{ readonly mirror: Mirror; readonly logins: RegistryLogins }> {
  const { clock, log } = kit;
  const { tenant } = view;
  const cloud = clouds[view.cloud];
  const registries = createContainerRegistries(credential, { cloud, identity, clock });
  const id = registryIdOf(view);
  const resource = await registries.find(id);
  // Until it is there, the name says it.
  const host = resource?.loginServer ?? loginServerOf(cloud, id);
  const onPause = (pause: number) => log.info(`Trying again in ${duration(pause)}.`);
  const options = {
    host,
    tenant,
    identity,
    entraToken: async () => (await credential.getToken(registryAudience)).token,
    mask,
    clock,
    onPause,
  };
  const sources = new Map<string, Transfers>();
  const source = (name: string): Transfers => {
    const api = apiHostOf(name);
    const found = sources.get(api) ?? createTransfers({ host: api, mask, clock, onPause });
    sources.set(api, found);
    return found;
  };
  const registry = resource === undefined ? undefined : { host, resource, transfers: createTransfers(options) };
  return {
    mirror: { host, registry, source, offerImport: registries.offerImport },
    logins: registry === undefined ? {} : { [host]: await loginOf(options) },
  };
}

async function loginOf(options: Parameters<typeof dockerLogin>[0]) {
  const { user, password } = await dockerLogin(options);
  mask(password);
  mask(Buffer.from(`${user}:${password}`).toString('base64'));
  return { username: user, password };
}
