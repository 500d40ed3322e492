import { mapInParallel } from '@suite/foundation';
import { type Content, type NewArtifact, packArtifact } from './artifact.ts';
import { type Descriptor, imageManifest } from './descriptor.ts';
import { RegistryFailure, untrue } from './failure.ts';
import { isListed } from './list.ts';
import { demandName, demandReference, nameOf } from './names.ts';
import type { Requests } from './requests.ts';
import { uploadPlace } from './upload-place.ts';

const uploadsAtOnce = 4;

export async function pushArtifact(requests: Requests, repository: string, artifact: NewArtifact): Promise<Descriptor> {
  demandName(repository);
  const { manifest, blobs } = packArtifact(artifact);
  const { descriptor } = manifest;
  const reference = artifact.tag ?? descriptor.digest;
  demandReference(reference);
  const place: Place = { requests, common: { repository, right: 'push', purpose: `push to ${repository}` } };
  if (await holds(place, reference, descriptor)) return descriptor;
  await mapInParallel(blobs, uploadsAtOnce, blob => requests.retrying(() => uploadBlob(place, blob)));
  const knowsSubject = await putManifest(place, reference, manifest);
  if (artifact.subject !== undefined && !knowsSubject) await demandListed(place, artifact.subject, descriptor);
  return descriptor;
}

interface Place {
  readonly requests: Requests;
  readonly common: { readonly repository: string; readonly right: 'push'; readonly purpose: string };
}

/** Whether the reference already stands for this manifest. */
async function holds({ requests, common }: Place, reference: string, { digest }: Descriptor): Promise<boolean> {
  const { status, headers } = await requests.patiently({
    ...common,
    method: 'HEAD',
    to: `manifests/${reference}`,
    headers: { Accept: imageManifest },
    accept: [200, 404],
  });
  return status === 200 && headers.get('docker-content-digest') === digest;
}

/** An upload begins anew after each failure: what is small is not worth a session that resumes. */
async function uploadBlob({ requests, common }: Place, { descriptor, bytes }: Content): Promise<void> {
  const { digest } = descriptor;
  const known = await requests.send({ ...common, method: 'HEAD', to: `blobs/${digest}`, accept: [200, 404] });
  if (known.status === 200) return;
  const begun = await requests.send({ ...common, method: 'POST', to: 'blobs/uploads/', accept: [202] });
  const upload = uploadPlace(requests, common.repository, begun.headers);
  upload.searchParams.set('digest', digest);
  await requests.send({
    ...common,
    method: 'PUT',
    to: upload,
    headers: { 'Content-Type': 'application/octet-stream' },
    body: bytes,
    accept: [201],
  });
}

/** Whether the registry says that it has noted the subject. */
async function putManifest({ requests, common }: Place, reference: string, manifest: Content): Promise<boolean> {
  const { headers } = await requests.patiently({
    ...common,
    method: 'PUT',
    to: `manifests/${reference}`,
    headers: { 'Content-Type': imageManifest },
    body: manifest.bytes,
    accept: [201],
  });
  const { digest } = manifest.descriptor;
  const stored = headers.get('docker-content-digest') ?? digest;
  if (stored !== digest) throw untrue(requests.host, `the digest ${stored} for what was pushed as ${digest}`);
  return headers.get('oci-subject') !== null;
}

/** A registry without the referrers API keeps the manifest, but nobody would ever find it. */
async function demandListed({ requests, common }: Place, subject: Descriptor, { digest }: Descriptor): Promise<void> {
  const { repository } = common;
  if (await isListed(requests, repository, subject.digest, digest)) return;
  throw new RegistryFailure('refused', {
    message: `The registry ${requests.host} does not list what refers to ${nameOf(repository, subject.digest)}.`,
    remedy: 'Use a registry with the referrers API of OCI distribution 1.1, as Azure Container Registry has.',
  });
}
