import { header, json, type WorldResponse } from '../network/http.ts';
import { demandDeletable, demandWritable } from './attributes.ts';
import type { RegistryCall } from './call.ts';
import {
  digestOf,
  findManifest,
  findRepository,
  openRepository,
  type Repository,
  referrersOf,
  removeManifest,
  storeManifest,
  tagsOf,
} from './content.ts';
import { refusals } from './errors.ts';
import { digestPattern, mediaTypes, readManifest } from './manifest.ts';
import { nextPage, type Page } from './paging.ts';

/** ACR's limit (Microsoft Learn, "Azure Container Registry service tiers": manifests of at most 4 MiB). */
const largestManifest = 4 * 1024 * 1024;

/** `/v2/<name>/manifests/<reference>` */
export async function manifestItself(call: RegistryCall, reference: string): Promise<WorldResponse> {
  const { request, name } = call;
  if (request.method === 'PUT') return putManifest(call, reference);
  const repository = demandRepository(call);
  const found = findManifest(repository, reference);
  if (found === undefined) throw refusals.manifestUnknown(name, reference);
  switch (request.method) {
    case 'GET':
    case 'HEAD':
      return {
        status: 200,
        headers: {
          'Content-Type': found.facts.mediaType,
          'Content-Length': String(found.content.length),
          'Docker-Content-Digest': found.digest,
          ETag: `"${found.digest}"`,
        },
        body: found.content,
      };
    case 'DELETE':
      if (!reference.includes(':')) throw refusals.unsupported('DELETE of a manifest by tag');
      for (const one of [found.digest, ...tagsOf(repository, found.digest)]) demandDeletable(repository, one);
      removeManifest(repository, found.digest);
      return { status: 202 };
    default:
      throw refusals.unsupported(`${request.method} of a manifest`);
  }
}

async function putManifest({ request, content, name }: RegistryCall, reference: string): Promise<WorldResponse> {
  const bytes = await request.body();
  if (bytes.length > largestManifest) throw refusals.manifestTooLarge();
  const contentType = header(request, 'content-type') ?? '';
  const facts = readManifest(bytes, contentType);
  const isDigest = reference.includes(':');
  if (isDigest && digestOf(bytes) !== reference) throw refusals.digestInvalid(reference);
  if (!isDigest && !/^\w[\w.-]{0,127}$/.test(reference)) throw refusals.tagInvalid(reference);
  const repository = openRepository(content, name);
  // A subject may come after what refers to it (OCI distribution specification, "Pushing Manifests with Subject").
  const missing =
    facts.blobs.find(({ digest }) => !repository.blobs.has(digest)) ??
    facts.children.find(({ digest }) => !repository.manifests.has(digest));
  if (missing !== undefined) throw refusals.manifestBlobUnknown(missing.digest);
  demandWritable(repository, reference);
  const { digest } = storeManifest(repository, bytes, contentType, isDigest ? undefined : reference);
  return {
    status: 201,
    headers: {
      Location: `/v2/${name}/manifests/${digest}`,
      'Docker-Content-Digest': digest,
      ...(facts.subject === undefined ? {} : { 'OCI-Subject': facts.subject.digest }),
    },
  };
}

/** `/v2/<name>/referrers/<digest>` */
export function listReferrers(call: RegistryCall, digest: string): WorldResponse {
  const { request, name } = call;
  if (request.method !== 'GET') throw refusals.unsupported(`${request.method} of referrers`);
  if (!digestPattern.test(digest)) throw refusals.digestInvalid(digest);
  const artifactType = request.query.get('artifactType');
  const all = referrersOf(demandRepository(call), digest)
    .filter(({ facts }) => artifactType === null || facts.artifactType === artifactType)
    .map(({ digest: own, content, facts }) => ({
      mediaType: facts.mediaType,
      digest: own,
      size: content.length,
      ...(facts.artifactType === undefined ? {} : { artifactType: facts.artifactType }),
      ...(Object.keys(facts.annotations).length === 0 ? {} : { annotations: facts.annotations }),
    }))
    .sort((one, other) => compare(one.digest, other.digest));
  const { items, headers } = nextPage(request, `/v2/${name}/referrers/${digest}`, all, one => one.digest);
  return {
    ...json(200, { schemaVersion: 2, mediaType: mediaTypes.index, manifests: items }),
    headers: {
      ...headers,
      'Content-Type': mediaTypes.index,
      ...(artifactType === null ? {} : { 'OCI-Filters-Applied': 'artifactType' }),
    },
  };
}

/** `/v2/<name>/tags/list` */
export function listTags(call: RegistryCall): WorldResponse {
  const { request, name } = call;
  if (request.method !== 'GET') throw refusals.unsupported(`${request.method} of tags`);
  const tags = [...demandRepository(call).tags.keys()].sort(compare);
  const page: Page<string> = nextPage(request, `/v2/${name}/tags/list`, tags, tag => tag);
  return json(200, { name, tags: page.items }, page.headers);
}

/** `/v2/_catalog` */
export function listRepositories({ request, content }: Pick<RegistryCall, 'request' | 'content'>): WorldResponse {
  const names = [...content.repositories.keys()].filter(name => findRepository(content, name)).sort(compare);
  const { items, headers } = nextPage(request, '/v2/_catalog', names, name => name);
  return json(200, { repositories: items }, headers);
}

function demandRepository({ content, name }: RegistryCall): Repository {
  const repository = findRepository(content, name);
  if (repository === undefined) throw refusals.nameUnknown(name);
  return repository;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
