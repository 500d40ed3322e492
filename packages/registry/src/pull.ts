import { type Artifact, readArtifactManifest } from './artifact.ts';
import { type Descriptor, digestOf, imageManifest, isDigest } from './descriptor.ts';
import { untrue } from './failure.ts';
import { demandName, demandReference, nameOf } from './names.ts';
import type { Requests } from './requests.ts';

export async function readArtifact(
  requests: Requests,
  repository: string,
  reference: string,
  limit: number,
): Promise<Artifact | undefined> {
  demandName(repository);
  demandReference(reference);
  const what = nameOf(repository, reference);
  const { host } = requests;
  const answer = await requests.patiently({
    repository,
    right: 'pull',
    purpose: `read ${what}`,
    method: 'GET',
    to: `manifests/${reference}`,
    headers: { Accept: imageManifest },
    accept: [200],
    absent: ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'],
    limit,
  });
  if (answer === undefined) return undefined;
  const { headers, body } = answer;
  const digest = digestOf(body);
  const named = isDigest(reference) ? reference : (headers.get('docker-content-digest') ?? digest);
  if (named !== digest) throw untrue(host, `something else than ${repository}@${named}: it hashes to ${digest}`);
  const contentType = headers.get('content-type')?.split(';')[0]?.trim() ?? 'no media type';
  if (contentType !== imageManifest) throw untrue(host, `${contentType} as ${what}, where an artifact was expected`);
  const artifact = readArtifactManifest({ mediaType: imageManifest, digest, size: body.length }, body);
  if (typeof artifact === 'string') throw untrue(host, `${what}, which is no artifact: ${artifact}`);
  return artifact;
}

export async function readBlob(
  requests: Requests,
  repository: string,
  { digest, size }: Descriptor,
  limit: number,
): Promise<Uint8Array> {
  demandName(repository);
  demandReference(digest);
  const what = nameOf(repository, digest);
  const { host } = requests;
  if (size > limit) throw untrue(host, `the size ${size} for the blob ${what}, where at most ${limit} is expected`);
  const { body } = await requests.patiently({
    repository,
    right: 'pull',
    purpose: `read the blob ${what}`,
    method: 'GET',
    to: `blobs/${digest}`,
    accept: [200],
    limit: size,
  });
  const actual = digestOf(body);
  if (actual !== digest) throw untrue(host, `something else than the blob ${what}: it hashes to ${actual}`);
  if (body.length !== size) throw untrue(host, `the blob ${what} with ${body.length} bytes instead of ${size}`);
  return body;
}
