import { parseAllDocuments } from 'yaml';
import { type Fields, objects, text } from '../../objects.ts';

/** Why a source gives no manifests, in the repo server's words. */
export class SourceError extends Error {}

/** Documents of a file. One that looks like no manifest is left out. */
export function parseManifests(path: string, content: string): readonly Fields[] {
  const documents = parseAllDocuments(content);
  const all = Array.isArray(documents) ? documents : [];
  const problem = all.flatMap(({ errors }) => errors)[0];
  if (problem !== undefined) {
    if (!['apiVersion:', 'kind:', 'metadata:'].every(word => content.includes(word))) return [];
    throw new SourceError(
      `Failed to unmarshal ${JSON.stringify(path.split('/').at(-1))}: failed to unmarshal manifest: ${problem.message.split('\n')[0]}`,
      { cause: 'FailedPrecondition' },
    );
  }
  return all.flatMap(document => objects([document.toJS()])).filter(object => text(object['kind']) !== undefined);
}
