import { isObject, parseJson } from '@suite/foundation';
import { json, type WorldResponse } from '../network/http.ts';
import type { RegistryCall } from './call.ts';
import { findRepository, type Repository, tagsOf, unlocked } from './content.ts';
import { refusals } from './errors.ts';

/** `/acr/v1/<name>/_manifests/<digest>`, as recorded in Azure/azure-sdk-for-js, recording_sets_manifest_properties.json. */
export async function manifestAttributes(call: RegistryCall, digest: string): Promise<WorldResponse> {
  const repository = demandRepository(call);
  const manifest = repository.manifests.get(digest);
  if (manifest === undefined) throw refusals.manifestUnknown(call.name, digest);
  await change(call, repository, digest);
  return show(call, 'manifest', {
    digest,
    mediaType: manifest.facts.mediaType,
    tags: tagsOf(repository, digest),
    changeableAttributes: shown(repository, digest),
  });
}

/** `/acr/v1/<name>/_tags/<tag>`, as recorded there in recording_sets_tag_properties.json. */
export async function tagAttributes(call: RegistryCall, tag: string): Promise<WorldResponse> {
  const repository = demandRepository(call);
  const digest = repository.tags.get(tag);
  if (digest === undefined) throw refusals.tagUnknown(tag);
  if (call.request.method === 'DELETE') {
    demandDeletable(repository, tag);
    repository.tags.delete(tag);
    repository.locks.delete(tag);
    return { status: 202 };
  }
  await change(call, repository, tag);
  return show(call, 'tag', { name: tag, digest, signed: false, changeableAttributes: shown(repository, tag) });
}

/**
 * `/acr/v1/<name>/_tags?orderby=timedesc`, shaped as recorded there in recording_sets_tag_properties.json, without the times. Of the orders
 * only this one is played; pages are not.
 */
export function tagsByTime(call: RegistryCall): WorldResponse {
  const { request, name } = call;
  if (request.query.get('orderby') !== 'timedesc') throw refusals.unsupported('tags in another order than timedesc');
  const repository = demandRepository(call);
  const limit = Number(request.query.get('n')) || 100;
  const tags = [...repository.tags].toReversed().slice(0, limit);
  return json(200, {
    registry: request.host,
    imageName: name,
    tags: tags.map(([tag, digest]) => ({
      name: tag,
      digest,
      signed: false,
      changeableAttributes: shown(repository, tag),
    })),
  });
}

/** Nobody moves a locked tag, or pushes a locked manifest again. */
export function demandWritable({ locks }: Repository, reference: string): void {
  if (locks.get(reference)?.writeEnabled === false) throw refusals.disallowed();
}

/** What may not be written may not be deleted either (Azure/acr#561). */
export function demandDeletable({ locks }: Repository, reference: string): void {
  const { writeEnabled, deleteEnabled } = locks.get(reference) ?? unlocked;
  if (!writeEnabled || !deleteEnabled) throw refusals.disallowed();
}

async function change({ request }: RegistryCall, repository: Repository, reference: string): Promise<void> {
  if (request.method === 'GET') return;
  if (request.method !== 'PATCH') throw refusals.unsupported(`${request.method} of attributes`);
  const sent = parseJson((await request.body()).toString('utf8'));
  if (!isObject(sent)) throw refusals.unsupported('a change of attributes that is no object');
  for (const name of ['readEnabled', 'listEnabled'] as const) {
    if (sent[name] === false) throw refusals.unsupported(`${name}: false`);
  }
  const before = repository.locks.get(reference) ?? unlocked;
  const { writeEnabled, deleteEnabled } = sent;
  repository.locks.set(reference, {
    writeEnabled: typeof writeEnabled === 'boolean' ? writeEnabled : before.writeEnabled,
    deleteEnabled: typeof deleteEnabled === 'boolean' ? deleteEnabled : before.deleteEnabled,
  });
}

function shown({ locks }: Repository, reference: string) {
  return { ...(locks.get(reference) ?? unlocked), readEnabled: true, listEnabled: true };
}

function show({ request, name }: RegistryCall, kind: string, value: object): WorldResponse {
  return json(200, { registry: request.host, imageName: name, [kind]: value });
}

function demandRepository({ content, name }: RegistryCall): Repository {
  const repository = findRepository(content, name);
  if (repository === undefined) throw refusals.nameUnknown(name);
  return repository;
}
