import { sentenceList } from '@suite/foundation';
import { match, parseReference, referenceOf } from '../match.ts';
import { containerImages } from './containers.ts';
import { type AppContent, type Findings, findingsOf, lineOf } from './form.ts';

/** Containers of objects that are written out. */
export function findManifests({ files, images }: AppContent): Findings {
  const candidates = files.flatMap(file => containerImages(file.documents).map(image => ({ file, image })));
  const matched = match(candidates, ({ image }) => parseReference(image.text).repository, images);
  return findingsOf(
    matched,
    ({ file, image }, placed) => ({
      form: 'manifest',
      file: file.path,
      line: lineOf(file.text, image.node),
      before: image.text,
      after: referenceOf(placed),
      changes: [{ kind: 'set', document: image.document, path: image.path, value: referenceOf(placed) }],
    }),
    (repositories, { name, repository }) => ({
      why: `containers with the images ${sentenceList(repositories)} may all be meant`,
      remedy: `Write \`${name}\` or \`${repository}\` where it is, so that the others are not taken for it.`,
    }),
  );
}
