import { asArray, asObject, asString, parseJson } from '@suite/foundation';
import { digestOf, isDigest } from '../descriptor.ts';
import { RegistryFailure, untrue } from '../failure.ts';
import { perform } from '../http.ts';
import { readReferrerPages } from '../list.ts';
import { demandName, demandReference, nameOf } from '../names.ts';
import { nextLink } from '../referrers.ts';
import type { Requests } from '../requests.ts';
import { largestManifest, manifestTypes } from './manifest.ts';
import type { ReferrerLookups } from './referrer-lookups.ts';
import type { ImageSource } from './source.ts';

const mostPages = 1000;

/** A repository of a registry as a source; `lookups` is shared by all repositories of that registry. */
export function createRegistrySource(requests: Requests, repository: string, lookups: ReferrerLookups): ImageSource {
  demandName(repository);
  const { host } = requests;
  let tags: Promise<readonly string[]> | undefined;

  return {
    name: `${host}/${repository}`,
    place: { host, repository },
    manifest: reference => readRawManifest(requests, repository, reference),
    blob: async ({ digest, size }, offset) => {
      const what = nameOf(repository, digest);
      const attempt = { repository, right: 'pull', purpose: `read the blob ${what}` } as const;
      const answer = await requests.flow({
        ...attempt,
        method: 'GET',
        to: `blobs/${digest}`,
        // Both ends: go-containerregistry's registry understands no other.
        headers: offset === 0 ? {} : { Range: `bytes=${offset}-${size - 1}` },
        accept: offset === 0 ? [200] : [200, 206],
      });
      const range = /^bytes (\d+)-/.exec(answer.headers.get('content-range') ?? '')?.[1];
      if (answer.status === 206 && Number(range) !== offset) {
        answer.discard();
        throw untrue(host, `the blob ${what} from byte ${range ?? '?'} on, where ${offset} was asked for`);
      }
      const missing = answer.status === 206 ? 0 : offset;
      return translated(skip(answer.body, missing), host, attempt.purpose, requests);
    },
    referrers: async digest => {
      const listed = await lookups(repository, () => readReferrerPages(requests, repository, digest));
      return listed?.map(({ descriptor }) => descriptor.digest) ?? [];
    },
    tags: () => {
      tags ??= listTags(requests, repository);
      return tags;
    },
  };
}

/** By digest or tag, in the form that the registry holds. Undefined when it is not there. */
export async function readRawManifest(requests: Requests, repository: string, reference: string) {
  demandReference(reference);
  const what = nameOf(repository, reference);
  const answer = await requests.patiently({
    repository,
    right: 'pull',
    purpose: `read ${what}`,
    method: 'GET',
    to: `manifests/${reference}`,
    headers: { Accept: manifestTypes.join(', ') },
    accept: [200],
    absent: ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN', 'NOT_FOUND'],
    limit: largestManifest,
  });
  if (answer === undefined) return undefined;
  const { headers, body } = answer;
  const digest = digestOf(body);
  const named = isDigest(reference) ? reference : (headers.get('docker-content-digest') ?? digest);
  if (named !== digest) {
    throw untrue(requests.host, `something else than ${nameOf(repository, named)}: it hashes to ${digest}`);
  }
  const mediaType = headers.get('content-type')?.split(';')[0]?.trim() ?? 'no media type';
  return { descriptor: { mediaType, digest, size: body.length }, bytes: body };
}

/** What a registry says the digest is, without reading. Undefined when it is not there. */
export async function headManifest(requests: Requests, repository: string, reference: string) {
  demandName(repository);
  demandReference(reference);
  const answer = await requests.patiently({
    repository,
    right: 'pull',
    purpose: `look for ${nameOf(repository, reference)}`,
    method: 'HEAD',
    to: `manifests/${reference}`,
    headers: { Accept: manifestTypes.join(', ') },
    accept: [200],
    // An answer to HEAD has no body to say the code in.
    absent: [''],
  });
  if (answer === undefined) return undefined;
  const digest = answer.headers.get('docker-content-digest') ?? '';
  if (!isDigest(digest) || (isDigest(reference) && digest !== reference)) {
    throw untrue(requests.host, `the digest "${digest}" for ${nameOf(repository, reference)}`);
  }
  return digest;
}

async function* skip(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncIterable<Uint8Array> {
  let left = bytes;
  for await (const chunk of chunks) {
    const dropped = Math.min(left, chunk.length);
    left -= dropped;
    if (dropped < chunk.length) yield dropped === 0 ? chunk : chunk.subarray(dropped);
  }
}

/** A download that breaks is a failure of the registry, not of whoever reads it. */
async function* translated(
  chunks: AsyncIterable<Uint8Array>,
  host: string,
  purpose: string,
  { identity }: Requests,
): AsyncIterable<Uint8Array> {
  const reader = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await perform(() => reader.next(), { host, identity, purpose, right: 'pull' });
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await reader.return?.();
  }
}

/** All tags, from every page. None where the repository is not there, or shows none. */
async function listTags(requests: Requests, repository: string): Promise<readonly string[]> {
  const tags: string[] = [];
  const seen = new Set<string>();
  for (let next: URL | undefined = requests.urlOf(repository, 'tags/list?n=1000'); next !== undefined; ) {
    const to: URL = next;
    if (seen.has(to.href) || seen.size >= mostPages) {
      throw untrue(requests.host, `pages without end of the tags of ${repository}`);
    }
    seen.add(to.href);
    const answer = await requests.patiently({
      repository,
      right: 'pull',
      purpose: `list the tags of ${repository}`,
      method: 'GET',
      to,
      accept: [200],
      absent: ['NAME_UNKNOWN', 'NOT_FOUND'],
      limit: largestManifest,
    });
    if (answer === undefined) return tags;
    const listed = asArray(asObject(parseJson(new TextDecoder().decode(answer.body)))['tags']);
    tags.push(...listed.flatMap(tag => asString(tag) ?? []));
    const link = nextLink(answer.headers.get('link'));
    next = link !== undefined && URL.canParse(link, to.href) ? new URL(link, to) : undefined;
    if (next !== undefined && (next.origin !== to.origin || next.pathname !== to.pathname)) {
      throw new RegistryFailure('untrue', { message: `The registry ${requests.host} sent a link to elsewhere.` });
    }
  }
  return tags;
}
