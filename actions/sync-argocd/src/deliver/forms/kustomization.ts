import { posix } from 'node:path';
import { sentenceList } from '@suite/foundation';
import { type Change, nodeAt, type Path, pairOf, stringAt, textOf } from '@suite/platform-file/yaml';
import { type Document, isMap, isSeq } from 'yaml';
import type { Draft } from '../draft.ts';
import { likeness, match, parseReference, referenceOf } from '../match.ts';
import type { PlacedImage } from '../types.ts';
import { containerImages } from './containers.ts';
import { type AppContent, type AppFile, type Finding, type Findings, findingsOf, lineOf } from './form.ts';

/** The names that Kustomize knows (kubernetes-sigs/kustomize, api/konfig `RecognizedKustomizationFileNames`). */
export const kustomizationNames: readonly string[] = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** An image that a kustomization deploys, by the name that an entry of `images:` has to give. */
interface Named {
  readonly name: string;
  /** What its repository is, as far as anybody told: that of `newName`, else the name. */
  readonly repository: string;
  readonly entry: Entry | undefined;
}

interface Entry {
  readonly path: Path;
  readonly name: string;
  readonly newName: string | undefined;
  readonly newTag: string | undefined;
  readonly digest: string | undefined;
  readonly node: unknown;
}

/** The `images:` of the folder's kustomization. Undefined when the folder has none. */
export async function findKustomization(
  { app, images, files }: AppContent,
  draft: Draft,
): Promise<Findings | undefined> {
  const file = files.find(({ path }) => kustomizationNames.some(name => path === posix.join(app.path, name)));
  const document = file?.documents[0];
  if (file === undefined || document === undefined) return undefined;
  const entries = entriesOf(document);
  const written = match(
    entries.map(entry => entryOf(entry, images)),
    ({ repository }) => repository,
    images,
  );
  const missing = images.filter(image => !written.found.has(image));
  const shown = missing.length === 0 ? [] : await namesBelow(app.path, document, draft, new Set([file.path]));
  const known = new Set(entries.map(({ name }) => name));
  const rest = match(
    [...new Set(shown)]
      .filter(name => !known.has(name))
      .map((name): Named => ({ name, repository: name, entry: undefined })),
    ({ repository }) => repository,
    missing,
  );
  const found = new Map([...written.found, ...rest.found]);
  const doubtful = new Map([...written.doubtful, ...rest.doubtful].filter(([image]) => !found.has(image)));
  return findingsOf(
    { found, doubtful },
    (named, image) => findingOf(file, named, image),
    (repositories, { name, repository }) => ({
      why: `the images ${sentenceList(repositories)} in what the kustomization holds may all be meant`,
      remedy: `Write an entry of \`images:\` in ${file.path} by hand once, with \`name:\` as in the manifests and \`newName: ${repository}\`, or name the image \`${name}\` there.`,
    }),
  );
}

/** An entry is known by its name or by what it is renamed to, whichever tells more. */
function entryOf(entry: Entry, images: readonly PlacedImage[]): Named {
  const degree = (repository: string) => Math.max(0, ...images.map(image => likeness(repository, image)));
  const { name, newName = name } = entry;
  return { name, repository: degree(newName) >= degree(name) ? newName : name, entry };
}

function entriesOf(document: Document): readonly Entry[] {
  const list = nodeAt(document.contents, 'images');
  if (!isSeq(list)) return [];
  return list.items.flatMap((item, index): Entry[] => {
    if (!isMap(item)) return [];
    const text = (key: string) => stringAt(item, key, document);
    const name = text('name');
    if (name === undefined) return [];
    const node = pairOf(item, 'name')?.value;
    const [newName, newTag, digest] = [text('newName'), text('newTag'), text('digest')];
    return [{ path: ['images', index], name, newName, newTag, digest, node }];
  });
}

function findingOf(file: AppFile, { name, entry }: Named, image: PlacedImage): Finding {
  const { repository, digest } = image;
  const override = { kind: 'kustomize', image: `${name}=${referenceOf(image)}` } as const;
  const common = { form: 'kustomization', file: file.path, after: referenceOf(image), override } as const;
  if (entry === undefined) {
    const item = { name, newName: repository, digest };
    return {
      ...common,
      line: file.text.split('\n').length,
      before: name,
      changes: [{ kind: 'append', document: 0, path: ['images'], item }],
    };
  }
  const at = (key: string): Path => [...entry.path, key];
  const set = (key: string, value: string): Change => ({ kind: 'set', document: 0, path: at(key), value });
  // Where the tag stood the digest stands, so that what a person wrote beside it stays.
  const hasTag = pairIn(file, entry.path, 'newTag');
  const pinned: readonly Change[] =
    hasTag && !pairIn(file, entry.path, 'digest')
      ? [{ kind: 'replace', document: 0, path: at('newTag'), key: 'digest', value: digest }]
      : [set('digest', digest), { kind: 'remove', document: 0, path: at('newTag') }];
  const tag = entry.newTag === undefined ? '' : `:${entry.newTag}`;
  return {
    ...common,
    line: lineOf(file.text, entry.node),
    before: `${entry.newName ?? entry.name}${entry.digest === undefined ? tag : `@${entry.digest}`}`,
    changes: [set('newName', repository), ...pinned],
  };
}

function pairIn(file: AppFile, path: Path, key: string): boolean {
  return pairOf(file.documents[0]?.getIn(path, true), key) !== undefined;
}

const deepest = 20;

/**
 * Repositories of all containers in what a kustomization brings together from this repository, after the `images:` of those
 * below it. What lies elsewhere (remote bases, charts) is not looked at.
 */
async function namesBelow(
  folder: string,
  document: Document,
  draft: Draft,
  seen: Set<string>,
): Promise<readonly string[]> {
  const names: string[] = [];
  for (const key of ['resources', 'bases', 'components']) {
    const list = nodeAt(document.contents, key);
    for (const item of isSeq(list) ? list.items : []) {
      const said = textOf(item, document);
      const path = said === undefined || said.includes('://') ? undefined : inRepository(folder, said);
      if (path === undefined || seen.has(path) || seen.size > deepest * 50) continue;
      seen.add(path);
      names.push(...(await namesIn(path, draft, seen)));
    }
  }
  return names;
}

async function namesIn(path: string, draft: Draft, seen: Set<string>): Promise<readonly string[]> {
  const documents = await draft.documents(path);
  if (documents !== undefined) return containerImages(documents).map(({ text }) => parseReference(text).repository);
  for (const name of kustomizationNames) {
    const [document] = (await draft.documents(posix.join(path, name))) ?? [];
    if (document === undefined) continue;
    const entries = new Map(entriesOf(document).map(entry => [entry.name, entry.newName ?? entry.name]));
    const below = await namesBelow(path, document, draft, seen);
    return below.map(one => entries.get(one) ?? one);
  }
  return [];
}

/** Undefined for what leaves the repository. */
function inRepository(folder: string, path: string): string | undefined {
  const joined = posix.join(folder, path).replace(/\/+$/, '');
  return path.startsWith('/') || joined === '..' || joined.startsWith('../') ? undefined : joined;
}
