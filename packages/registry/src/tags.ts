import { asArray, asObject, asString, parseJson } from '@suite/foundation';
import { untrue } from './failure.ts';
import { demandName } from './names.ts';
import type { Requests } from './requests.ts';

const mebibyte = 1024 * 1024;

/** `GET /acr/v1/<name>/_tags` (Azure/azure-rest-api-specs, Microsoft.ContainerRegistry data plane 2021-07-01). */
export async function newestTags(requests: Requests, repository: string, limit: number): Promise<readonly string[]> {
  demandName(repository);
  const to = new URL(`https://${requests.host}/acr/v1/${repository}/_tags`);
  to.searchParams.set('n', String(limit));
  to.searchParams.set('orderby', 'timedesc');
  const answer = await requests.patiently({
    repository,
    right: 'metadata_read',
    purpose: `list the tags of ${repository}`,
    method: 'GET',
    to,
    headers: { Accept: 'application/json' },
    accept: [200],
    absent: ['NAME_UNKNOWN'],
    limit: 4 * mebibyte,
  });
  if (answer === undefined) return [];
  const { tags } = asObject(parseJson(new TextDecoder().decode(answer.body)));
  return asArray(tags).map(tag => {
    const name = asString(asObject(tag)['name']);
    if (name === undefined) throw untrue(requests.host, `no list of the tags of ${repository}`);
    return name;
  });
}
