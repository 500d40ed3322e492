import { asObject, asString, parseJson } from '@suite/foundation';
import { isDigest } from './descriptor.ts';
import { untrue } from './failure.ts';
import { demandName, demandReference, nameOf } from './names.ts';
import type { Requests } from './requests.ts';

/** What may be done with a tag or a manifest of Azure's registries. */
export interface Attributes {
  /** What it is, or, for a tag, what it stands for. */
  readonly digest: string;
  /** False for what is locked: it can be neither pushed nor deleted (Azure/acr#561). */
  readonly isWritable: boolean;
  readonly isDeletable: boolean;
}

const unknown = ['NAME_UNKNOWN', 'MANIFEST_UNKNOWN', 'TAG_UNKNOWN'];

export async function readAttributes(
  requests: Requests,
  repository: string,
  reference: string,
): Promise<Attributes | undefined> {
  const to = addressOf(requests, repository, reference);
  const answer = await requests.patiently({
    repository,
    right: 'metadata_read',
    purpose: `read what may be done with ${nameOf(repository, reference)}`,
    method: 'GET',
    to,
    headers: { Accept: 'application/json' },
    accept: [200],
    absent: unknown,
  });
  return answer === undefined ? undefined : read(requests, repository, reference, answer.body);
}

export async function lock(requests: Requests, repository: string, reference: string): Promise<Attributes> {
  const to = addressOf(requests, repository, reference);
  const answer = await requests.patiently({
    repository,
    right: 'metadata_write',
    purpose: `lock ${nameOf(repository, reference)}`,
    method: 'PATCH',
    to,
    headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
    // What is not named stays as it is.
    body: new TextEncoder().encode(JSON.stringify({ writeEnabled: false })),
    accept: [200],
  });
  const attributes = read(requests, repository, reference, answer.body);
  if (attributes.isWritable)
    throw untrue(requests.host, `that ${nameOf(repository, reference)} is not locked after all`);
  return attributes;
}

/** Azure/azure-rest-api-specs, Microsoft.ContainerRegistry data plane 2021-07-01. */
function addressOf({ host }: Requests, repository: string, reference: string): URL {
  demandName(repository);
  demandReference(reference);
  const kind = isDigest(reference) ? '_manifests' : '_tags';
  return new URL(`https://${host}/acr/v1/${repository}/${kind}/${reference}`);
}

function read({ host }: Requests, repository: string, reference: string, body: Uint8Array): Attributes {
  const answer = asObject(parseJson(new TextDecoder().decode(body)));
  const shown = asObject(answer[isDigest(reference) ? 'manifest' : 'tag']);
  const digest = asString(shown['digest']) ?? '';
  const { writeEnabled, deleteEnabled } = asObject(shown['changeableAttributes']);
  const isOther = isDigest(reference) && digest !== reference;
  if (!isDigest(digest) || isOther || typeof writeEnabled !== 'boolean' || typeof deleteEnabled !== 'boolean') {
    throw untrue(host, `no attributes of ${nameOf(repository, reference)}`);
  }
  return { digest, isWritable: writeEnabled, isDeletable: deleteEnabled };
}
