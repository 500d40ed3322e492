import { buffer } from 'node:stream/consumers';
import { asNumber, asObject, asString } from '@suite/foundation';
import { findReviewRun } from './commits.ts';
import { splitRepository } from './repository.ts';
import { NotReadable, type Requests } from './requests.ts';
import { readZip } from './zip.ts';

// A report of 10,000 changes has 20 MB; whatever is larger is none of ours.
const largestBytes = 64 * 1024 * 1024;

/**
 * The files of an artifact of the newest run that a pull request started on a commit; empty where there is none. Needs
 * `actions: read`.
 */
export async function readReviewArtifact(
  requests: Requests,
  repository: string,
  headSha: string,
  name: string,
): Promise<readonly string[]> {
  const run = await findReviewRun(requests, repository, headSha, name);
  if (run === undefined) return [];
  const place = splitRepository(repository);
  const purpose = `read the plans of ${headSha.slice(0, 7)}`;
  const artifacts = await requests.readAll(
    purpose,
    'GET /repos/{owner}/{repo}/actions/runs/{run}/artifacts',
    { ...place, run },
    'artifacts',
  );
  // Attempts of one run may each have left one: the newest counts.
  const id = artifacts
    .map(asObject)
    .filter(artifact => asString(artifact['name']) === name && artifact['expired'] !== true)
    .reduce((newest, artifact) => Math.max(newest, asNumber(artifact['id']) ?? 0), 0);
  if (id === 0) return [];
  return requests.download(
    purpose,
    'GET /repos/{owner}/{repo}/actions/artifacts/{id}/zip',
    { ...place, id },
    async bytes => {
      const files = await readZip(await buffer(limited(bytes)), largestBytes);
      if (files === undefined) throw new NotReadable('The artifact is no ZIP archive.');
      return files.map(({ content }) => content.toString('utf8'));
    },
  );
}

async function* limited(bytes: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let total = 0;
  for await (const chunk of bytes) {
    total += chunk.byteLength;
    if (total > largestBytes) throw new NotReadable('The artifact is larger than any of ours.');
    yield chunk;
  }
}
