import { mapInParallel } from '@suite/foundation';
import { imageIndex } from './descriptor.ts';
import { errorOf, RegistryFailure, untrue } from './failure.ts';
import { demandName, demandReference, nameOf } from './names.ts';
import { readArtifact } from './pull.ts';
import { type ListedReferrer, nextLink, type Referrer, readReferrers } from './referrers.ts';
import type { Requests } from './requests.ts';

/** No registry has a reason to send more pages, and a loop of them has to end. */
const mostPages = 1000;
const mebibyte = 1024 * 1024;
const readsAtOnce = 4;

export async function listReferrers(
  requests: Requests,
  repository: string,
  digest: string,
  artifactType: string | undefined,
): Promise<readonly Referrer[]> {
  demandName(repository);
  demandReference(digest);
  const listed = await readPages(requests, repository, digest, artifactType);
  const typed = await mapInParallel(listed, readsAtOnce, async one => ({
    ...one,
    artifactType: one.artifactType ?? (await readType(requests, repository, one.descriptor.digest)),
  }));
  const found = typed.filter((one): one is Referrer => one.artifactType !== undefined);
  const wanted = found.filter(one => artifactType === undefined || one.artifactType === artifactType);
  // A page that shifts while it is read shows something twice.
  return [...new Map(wanted.map(one => [one.descriptor.digest, one])).values()];
}

/** Whether the registry lists `digest` among what refers to `subject`. */
export async function isListed(
  requests: Requests,
  repository: string,
  subject: string,
  digest: string,
): Promise<boolean> {
  const listed = await readPages(requests, repository, subject, undefined);
  return listed.some(({ descriptor }) => descriptor.digest === digest);
}

/** Undefined when it is gone meanwhile. */
async function readType(requests: Requests, repository: string, digest: string): Promise<string | undefined> {
  return (await readArtifact(requests, repository, digest, mebibyte))?.artifactType;
}

async function readPages(
  requests: Requests,
  repository: string,
  digest: string,
  artifactType: string | undefined,
): Promise<readonly ListedReferrer[]> {
  const listed = await readReferrerPages(requests, repository, digest, artifactType);
  if (listed !== undefined) return listed;
  throw new RegistryFailure('refused', {
    message: `The registry ${requests.host} answered 404 when this job tried to list what refers to ${nameOf(repository, digest)}.`,
    remedy: 'Use a registry with the referrers API of OCI distribution 1.1, as Azure Container Registry has.',
  });
}

/** From all pages; undefined where the registry does not know the referrers API. */
export async function readReferrerPages(
  requests: Requests,
  repository: string,
  digest: string,
  artifactType?: string,
): Promise<readonly ListedReferrer[] | undefined> {
  const what = `what refers to ${nameOf(repository, digest)}`;
  const first = requests.urlOf(repository, `referrers/${digest}`);
  if (artifactType !== undefined) first.searchParams.set('artifactType', artifactType);
  const listed: ListedReferrer[] = [];
  const seen = new Set<string>();
  for (let next: URL | undefined = first; next !== undefined; ) {
    const to: URL = next;
    if (seen.has(to.href) || seen.size >= mostPages) throw untrue(requests.host, `pages without end of ${what}`);
    seen.add(to.href);
    const answer = await requests.patiently({
      repository,
      right: 'pull',
      purpose: `list ${what}`,
      method: 'GET',
      to,
      pace: 'referrers',
      headers: { Accept: imageIndex },
      accept: [200, 404],
      limit: 4 * mebibyte,
    });
    if (answer.status === 404) {
      // A repository that nobody has pushed to has no referrers either; every other 404 is of a registry without the API.
      return ['MANIFEST_UNKNOWN', 'NAME_UNKNOWN'].includes(errorOf(answer.body).code) ? listed : undefined;
    }
    const page = readReferrers(answer.body);
    if (typeof page === 'string') throw untrue(requests.host, `no list of ${what}: ${page}`);
    listed.push(...page);
    next = follow(nextLink(answer.headers.get('link')), to, requests.host);
  }
  return listed;
}

/** Our token goes to no other place than the list itself. */
function follow(link: string | undefined, from: URL, host: string): URL | undefined {
  if (link === undefined) return undefined;
  const next = URL.canParse(link, from.href) ? new URL(link, from) : undefined;
  if (next?.origin !== from.origin || next.pathname !== from.pathname) throw untrue(host, 'a link to elsewhere');
  return next;
}
