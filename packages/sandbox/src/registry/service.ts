import { properties } from '../azure/arm/body.ts';
import { subscriptionOf } from '../azure/arm/ids.ts';
import type { Resource } from '../azure/arm/store.ts';
import { bearer, type Handler, header, json, type WorldRequest, type WorldResponse } from '../network/http.ts';
import { manifestAttributes, tagAttributes, tagsByTime } from './attributes.ts';
import { blobItself, startUpload, uploadItself } from './blobs.ts';
import { grants, type RegistryCall } from './call.ts';
import type { RegistryContent } from './content.ts';
import { createDataEndpoint, dataHostOf } from './data-endpoint.ts';
import { answerError, challenge, type NeededScope, RegistryError, refusals } from './errors.ts';
import { listReferrers, listRepositories, listTags, manifestItself } from './manifests.ts';
import { isClosed } from './network.ts';
import { type MetRegistry, type SignInOptions, signIn } from './sign-in.ts';
import { createRegistryTokens, type Holder } from './tokens.ts';

export const registrySuffix = '.azurecr.io';
const registryType = 'Microsoft.ContainerRegistry/registries';

export interface RegistryOptions extends Omit<SignInOptions, 'tokens'> {
  /** Every resource of the resource manager as it stands now. */
  readonly resources: () => readonly Resource[];
  readonly tenantOf: (subscription: string) => string | undefined;
  readonly contentOf: (registry: Resource) => RegistryContent;
  /** Whether callers sit in the network of the registries' private endpoints. */
  readonly isInside: () => boolean;
}

export interface RegistryService {
  readonly handler: Handler;
  /** Whether there is a registry with this login server. */
  exists(host: string): boolean;
  /** Who is behind the registry's token of a request. */
  callerOf(request: WorldRequest): Promise<Holder | undefined>;
}

/** Plays `*.azurecr.io` for the registries that the resource manager holds: OCI distribution 1.1, signed in to as to ACR. */
export function createRegistryService(options: RegistryOptions): RegistryService {
  const tokens = createRegistryTokens(options.clock);
  const data = createDataEndpoint();
  const behind = (host: string) =>
    options.resources().find(one => one.type === registryType && dataHostOf(one) === host.toLowerCase());
  const meet = (host: string): MetRegistry | undefined => {
    const resource = findRegistry(options.resources(), host);
    if (resource === undefined) return undefined;
    return { host, resource, tenant: options.tenantOf(subscriptionOf(resource.id) ?? '') ?? '' };
  };

  const answer = async (request: WorldRequest): Promise<WorldResponse> => {
    const storage = behind(request.host);
    if (storage !== undefined) {
      if (isClosed(storage) && !options.isInside()) throw refusals.firewall();
      return data.answer(request, options.contentOf(storage));
    }
    const registry = meet(request.host);
    if (registry === undefined) throw new Error(`There is no registry ${request.host} any more.`);
    if (isClosed(registry.resource) && !options.isInside()) throw refusals.firewall();
    const signedIn = await signIn(request, registry, { ...options, tokens });
    if (signedIn !== undefined) return signedIn;
    const path = decodeURIComponent(request.path);
    const target = readTarget(path, request);
    if (target === undefined) throw refusals.unsupported(`${request.method} ${path} of a registry`);
    const token = await tokens.read(bearer(request) ?? '');
    const isFresh = token !== undefined && options.clock.now() < token.expires * 1000;
    if (!isFresh || token.kind !== 'access_token' || token.host !== registry.host) {
      const isAnonymous = header(request, 'authorization') === undefined;
      throw challenge(registry.host, target.needed, isAnonymous ? undefined : 'invalid_token');
    }
    const { needed } = target;
    const isAllowed = needed?.actions.every(action => grants(token.access, needed.type, needed.name, action)) ?? true;
    if (!isAllowed) throw challenge(registry.host, needed, 'insufficient_scope');
    const { name } = target;
    if (name !== '' && !isName(name)) throw refusals.nameInvalid(name);
    const dataHost = dataHostOf(registry.resource);
    return target.perform({
      request,
      content: options.contentOf(registry.resource),
      name,
      access: token.access,
      ...(dataHost === undefined
        ? {}
        : { handOn: (repository: string, digest: string) => data.sign(dataHost, repository, digest) }),
    });
  };

  return {
    handler: async request => {
      try {
        return withVersion(await answer(request));
      } catch (error) {
        if (!(error instanceof RegistryError)) throw error;
        return withVersion(answerError(error));
      }
    },
    exists: host => meet(host) !== undefined || behind(host) !== undefined,
    callerOf: async request => (await tokens.read(bearer(request) ?? ''))?.holder,
  };
}

/** A registry by its login server, or by its name. */
export function findRegistry(resources: readonly Resource[], hostOrName: string): Resource | undefined {
  const wanted = hostOrName.toLowerCase();
  return resources.find(({ type, name, body }) => {
    if (type !== registryType) return false;
    return [name, String(properties(body)['loginServer'] ?? '')].some(one => one.toLowerCase() === wanted);
  });
}

interface Target {
  /** Empty for what concerns no repository. */
  readonly name: string;
  readonly needed?: NeededScope;
  readonly perform: (call: RegistryCall) => WorldResponse | Promise<WorldResponse>;
}

/** What a path of `/v2/` means. */
function readTarget(path: string, { method }: WorldRequest): Target | undefined {
  if (path === '/v2/' || path === '/v2') return { name: '', perform: () => json(200, {}) };
  if (path === '/v2/_catalog' && method === 'GET') {
    return { name: '', needed: { type: 'registry', name: 'catalog', actions: ['*'] }, perform: listRepositories };
  }
  const [, image = '', part = '', reference = ''] = /^\/acr\/v1\/(.+)\/_(manifests|tags)\/([^/]+)$/.exec(path) ?? [];
  if (part !== '') {
    const perform = (call: RegistryCall) =>
      part === 'tags' ? tagAttributes(call, reference) : manifestAttributes(call, reference);
    return { name: image, needed: { type: 'repository', name: image, actions: metadataActionsOf(method) }, perform };
  }
  const [, listed] = /^\/acr\/v1\/(.+)\/_tags$/.exec(path) ?? [];
  if (listed !== undefined && method === 'GET') {
    const needed: NeededScope = { type: 'repository', name: listed, actions: ['metadata_read'] };
    return { name: listed, needed, perform: tagsByTime };
  }
  const found = /^\/v2\/(?<name>.+?)\/(?<kind>blobs\/uploads|blobs|manifests|referrers|tags)\/(?<rest>[^/]*)$/.exec(
    path,
  );
  const { name = '', kind = '', rest = '' } = found?.groups ?? {};
  const perform = performerOf(kind, rest);
  if (perform === undefined) return undefined;
  return { name, needed: { type: 'repository', name, actions: actionsOf(kind, method) }, perform };
}

function performerOf(kind: string, rest: string): Target['perform'] | undefined {
  if (kind === 'blobs/uploads') return call => (rest === '' ? startUpload(call) : uploadItself(call, rest));
  if (kind === 'tags') return rest === 'list' ? listTags : undefined;
  if (rest === '') return undefined;
  if (kind === 'blobs') return call => blobItself(call, rest);
  if (kind === 'manifests') return call => manifestItself(call, rest);
  return kind === 'referrers' ? call => listReferrers(call, rest) : undefined;
}

function actionsOf(kind: string, method: string): readonly string[] {
  if (kind === 'blobs/uploads' || method === 'PUT') return ['pull', 'push'];
  return method === 'DELETE' ? ['delete'] : ['pull'];
}

function metadataActionsOf(method: string): readonly string[] {
  if (method === 'DELETE') return ['delete'];
  return [method === 'GET' ? 'metadata_read' : 'metadata_write'];
}

/** OCI distribution specification, "Pulling manifests". */
function isName(name: string): boolean {
  return (
    name.length <= 255 &&
    /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/.test(name)
  );
}

function withVersion(answer: WorldResponse): WorldResponse {
  return { ...answer, headers: { 'Docker-Distribution-Api-Version': 'registry/2.0', ...answer.headers } };
}
