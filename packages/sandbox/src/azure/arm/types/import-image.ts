import { parseJson } from '@suite/foundation';
import type { WorldResponse } from '../../../network/http.ts';
import { at, list, properties, text } from '../body.ts';
import { ArmError, refusals } from '../errors.ts';
import { nameOf, subscriptionOf } from '../ids.ts';
import type { OperationFailure } from '../operations.ts';
import type { ImagePlace } from '../registry-images.ts';
import type { Resource } from '../store.ts';
import type { ActionCall } from '../type.ts';

/** Microsoft Learn, "Import container images to a container registry", Limitations. */
const mostManifests = 50;

interface Wanted {
  readonly source: ImagePlace;
  /** Digest or tag. */
  readonly reference: string;
  readonly targets: readonly Target[];
  readonly isForced: boolean;
}

interface Target {
  readonly repository: string;
  /** None for `untaggedTargetRepositories`. */
  readonly tag?: string;
}

/**
 * `POST …/registries/<name>/importImage` (Azure/azure-rest-api-specs, Microsoft.ContainerRegistry): 202 with the place where its
 * result is found, as recorded in Azure/azure-cli, test_acr_image_import.yaml. What the import service finds out itself fails the
 * operation, with sentences out of reports; what the resource manager finds out is answered at once.
 */
export async function importImage(call: ActionCall): Promise<WorldResponse> {
  const { context, resource, request } = call;
  const body = at(parseJson((await request.body()).toString('utf8')));
  const from = at(body, 'source');
  const target = resource;
  const source = findSource(call, from);
  const wanted = readWanted(source, body);
  const failure = source === target ? undefined : await refusalOfSource(call, source, from);
  const reason = failure ?? refusalOf(call, wanted);
  const operation = context.operations.start(
    { kind: 'import', type: resource.type, id: resource.id },
    succeeded => {
      const found = context.images.look(wanted.source, wanted.reference);
      if (!succeeded || found === undefined) return;
      for (const { repository, tag } of wanted.targets) {
        context.images.copy(wanted.source, found.digest, { registry: target, repository }, tag);
      }
    },
    reason === undefined ? undefined : failed(target, reason),
  );
  const location = String(resource.body['location'] ?? '').toUpperCase();
  const place = `/subscriptions/${subscriptionOf(resource.id)}/providers/Microsoft.ContainerRegistry/locations/${location}/operationResults/${operation.name}`;
  return {
    status: 202,
    headers: {
      Location: `https://management.azure.com${place}?api-version=${request.query.get('api-version')}`,
      'Retry-After': String(context.retryAfter),
    },
  };
}

/** The registry that is named, after the resource manager has looked whether the caller may name it. */
function findSource({ context, caller, resource }: ActionCall, from: Readonly<Record<string, unknown>>): Resource {
  const id = text(from['resourceId']);
  if (id === undefined) {
    const address = text(from['registryUri']) ?? '';
    return context.images.publicRegistry(address) ?? findByAddress(context.store.all(), address);
  }
  const tenant = context.subscriptions.get(subscriptionOf(id) ?? '');
  const action = `${resource.type}/importImage/action`;
  if (tenant !== caller.tenant)
    throw refusals.linkedTenant(action, resource.id, caller.tenant, subscriptionOf(id) ?? '');
  if (!context.access.permits(caller.objectId, `${resource.type}/read`, id)) {
    throw refusals.linkedUnauthorized(caller, action, resource.id, { action: 'read', id });
  }
  const found = context.store.get(id);
  if (found === undefined) throw refusals.noResource(`${resource.type}/${nameOf(id)}`, id.split('/')[4] ?? '');
  return found;
}

function findByAddress(all: readonly Resource[], address: string): Resource {
  const wanted = address.toLowerCase().replace(/^https:\/\//, '');
  const found = all.find(({ body }) => String(properties(body)['loginServer'] ?? '').toLowerCase() === wanted);
  if (found !== undefined) return found;
  throw new ArmError(405, 'NotPlayed', `The sandbox plays no import from ${address || 'nowhere'}.`);
}

function readWanted(registry: Resource, body: Readonly<Record<string, unknown>>): Wanted {
  const image = text(at(body, 'source')['sourceImage']) ?? '';
  const [, repository, digest, tag] = /^([^@:]+)(?:@(sha256:[0-9a-f]{64})|:([\w.-]+))?$/.exec(image) ?? [];
  const tags = list(body['targetTags']).map(String);
  const untagged = list(body['untaggedTargetRepositories']).map(String);
  if (repository === undefined || tags.length + untagged.length === 0) throw refusals.badBody();
  return {
    source: { registry, repository },
    reference: digest ?? tag ?? 'latest',
    targets: [
      ...tags.map(one => {
        const [name = '', own] = one.split(':');
        return { repository: name, tag: own ?? tag ?? 'latest' };
      }),
      ...untagged.map(name => ({ repository: name })),
    ],
    isForced: body['mode'] === 'Force',
  };
}

/** What keeps the import service out of the source. */
async function refusalOfSource(
  { context, caller }: ActionCall,
  source: Resource,
  from: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { images } = context;
  const network = images.networkOf(source);
  const isNamed = text(from['resourceId']) !== undefined;
  // A registry without public access is found by its resource id only.
  if (!network.isOpen && (!network.trusts || (network.isPrivate && !isNamed))) return sentences.firewall;
  const password = text(at(from, 'credentials')['password']);
  const holder = isNamed || password === undefined ? caller.objectId : await images.holderOf(source, password);
  if (!isNamed && password === undefined) {
    return properties(source.body)['anonymousPullEnabled'] === true ? undefined : sentences.unauthorized;
  }
  if (holder !== undefined && images.mayPull(source, holder)) return undefined;
  return isNamed ? sentences.denied(source.name) : sentences.unauthorized;
}

function refusalOf({ context, resource }: ActionCall, { source, reference, targets, isForced }: Wanted) {
  const { images } = context;
  const network = images.networkOf(resource);
  if (!network.isOpen && !network.trusts) return sentences.firewall;
  const image = `${source.repository}${reference.includes(':') ? '@' : ':'}${reference}`;
  const found = images.look(source, reference);
  if (found === undefined) return sentences.missing(source, reference);
  if (found.manifests > mostManifests) return sentences.manifests(image, found.manifests);
  const taken = targets.find(
    ({ repository, tag }) => tag !== undefined && images.hasTag({ registry: resource, repository }, tag),
  );
  return isForced || taken === undefined ? undefined : sentences.taken(`${taken.repository}:${taken.tag}`);
}

/** MicrosoftDocs/azure-docs#115975, Azure/acr#422, #449, #571, Azure/azure-cli#10938; nobody has quoted the one of the limit. */
const sentences = {
  firewall: `Invalid message Forbidden Forbidden {"errors":[{"code":"DENIED","message":"client with IP '203.0.113.7' is not allowed access. Refer https://aka.ms/acr/firewall to grant access."}]}`,
  denied: (name: string) => `Access to ${name.toLowerCase()}.azurecr.io denied.`,
  unauthorized:
    'Invalid message Unauthorized Unauthorized {"errors":[{"code":"UNAUTHORIZED","message":"Access to the requested resource is not authorized"}]}',
  missing: ({ registry, repository }: ImagePlace, reference: string) =>
    `Unable to find manifest digest  Repo: ${registry.name.toLowerCase()}.azurecr.io/${repository} ${reference.includes(':') ? 'Tag:  Manifest: ' : `Tag: ${reference} Manifest: `}`,
  manifests: (image: string, count: number) =>
    `${image} has ${count} manifests, which exceeds the limit of ${mostManifests} manifests.`,
  taken: (tag: string) => `${tag} Tag ${tag} already exists in target registry.`,
} as const;

function failed(target: Resource, reason: string): OperationFailure {
  return {
    status: 400,
    code: 'InvalidParameters',
    message: `Operation registries failed. Resource ${target.id} ${reason}`,
  };
}
