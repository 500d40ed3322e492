import type { ContainerRegistries, RegistryView } from '@suite/azure';
import { type ImageSource, RegistryFailure, type Transfers } from '@suite/registry';
import type { Mirror } from './port.ts';

/** What a registry holds: digests, or a failure, by `repository:tag` and `repository@digest`. */
export type Held = Readonly<Record<string, string | RegistryFailure>>;

const resource: RegistryView = {
  id: '/subscriptions/x/registries/cr',
  name: 'cr',
  loginServer: 'cr.azurecr.io',
  location: 'westeurope',
  sku: 'Premium',
  state: 'Succeeded',
  network: { isPublic: true, isOpen: true, allowed: [], trustsServices: true },
  dataHosts: [],
  permissions: 'registry',
  takesArmTokens: true,
};

/** A mirror that holds these, with registries that it takes from; what it is asked for is kept. `undefined`: not there yet. */
export function mirrorOf(held: Held | undefined, origins: Readonly<Record<string, Held>> = {}) {
  const asked: string[] = [];
  const looking = (host: string, all: Held): Pick<Transfers, 'head' | 'source'> => ({
    head: async (repository, reference) => {
      const name = `${repository}${reference.startsWith('sha256:') ? '@' : ':'}${reference}`;
      asked.push(`${host}/${name}`);
      const found = all[name];
      if (found instanceof RegistryFailure) throw found;
      // What stands under a tag is there by its digest as well.
      const isTagged = Object.entries(all).some(
        ([tag, digest]) => tag.startsWith(`${repository}:`) && digest === reference,
      );
      return found ?? (isTagged ? reference : undefined);
    },
    source: repository => sourceOf(`${host}/${repository}`, repository, all),
  });
  const nothing = async () => {
    throw new Error('Nobody asks for it here.');
  };
  const host = 'cr.azurecr.io';
  const offerImport: ContainerRegistries['offerImport'] = nothing;
  const transfers = (all: Held): Transfers => ({
    ...looking(host, all),
    plan: nothing,
    perform: nothing,
    lost: nothing,
    find: nothing,
  });
  const mirror: Mirror = {
    host,
    registry: held === undefined ? undefined : { host, resource, transfers: transfers(held) },
    source: name => looking(name, origins[name] ?? {}),
    isPrivate: () => false,
    offerImport,
  };
  return { mirror, asked };
}

/** Manifests are those of charts whose archive has the digest that stands behind the manifest's. */
function sourceOf(name: string, repository: string, all: Held): ImageSource {
  return {
    name,
    manifest: async reference => {
      const layer = all[`${repository}@${reference}`];
      if (typeof layer !== 'string') return undefined;
      const bytes = new TextEncoder().encode(JSON.stringify({ layers: [{ digest: layer }] }));
      return { descriptor: { mediaType: '', digest: reference, size: bytes.length }, bytes };
    },
    blob: async () => {
      throw new Error('Nobody reads here.');
    },
    referrers: async () => [],
    tags: async () => [],
  };
}
