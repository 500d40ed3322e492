import { sentenceList } from '@suite/foundation';
import { type Change, kindOf, nodeAt, type Path, pairOf, stringAt, textOf } from '@suite/platform-file/yaml';
import { type Document, isMap, isSeq } from 'yaml';
import { match, parseReference, referenceOf } from '../match.ts';
import type { PlacedImage } from '../types.ts';
import { type AppContent, type AppFile, type Finding, type Findings, findingsOf, lineOf } from './form.ts';
import { blockChanges, blockRepository, blockText, valueBlocks } from './value-blocks.ts';

interface Candidate {
  readonly file: AppFile;
  readonly repository: string;
  readonly node: unknown;
  readonly before: string;
  /** The key of Helm values that it is, for `values:` of the application. */
  readonly key: string | undefined;
  changesTo(image: PlacedImage): readonly Change[];
}

/**
 * Application and ApplicationSet objects of the folder: `kustomize.images`, `helm.parameters` and `helm.valuesObject` of their
 * sources. Values written as text (`helm.values`) are not looked into.
 */
export function findApplications({ app, files, images }: AppContent): Findings {
  const candidates = files.flatMap(file =>
    file.documents.flatMap((document, index) =>
      sourcesOf(document).flatMap(({ source, path }) => candidatesOf(file, document, index, source, path)),
    ),
  );
  const keyOf = ({ name }: PlacedImage) => app.values[name];
  const named = images.filter(image => candidates.some(({ key }) => key !== undefined && key === keyOf(image)));
  const keys = new Set(named.map(keyOf));
  const matched = match(
    candidates.filter(({ key }) => !keys.has(key)),
    ({ repository }) => repository,
    images.filter(image => !named.includes(image)),
  );
  const found = new Map([
    ...named.map(image => [image, candidates.filter(({ key }) => key === keyOf(image))] as const),
    ...matched.found,
  ]);
  return findingsOf({ found, doubtful: matched.doubtful }, findingOf, (repositories, { name }) => ({
    why: `the images ${sentenceList(repositories)} of Applications may all be meant`,
    remedy: `Write \`${name}=…\` where it is.`,
  }));
}

function findingOf({ file, node, before, changesTo }: Candidate, image: PlacedImage): Finding {
  const after = referenceOf(image);
  return {
    form: 'application',
    file: file.path,
    line: lineOf(file.text, node),
    before,
    after,
    changes: changesTo(image),
  };
}

export interface Source {
  readonly source: unknown;
  readonly path: Path;
}

/** Sources of an Application, or of what an ApplicationSet makes. */
export function sourcesOf(document: Document): readonly Source[] {
  const object = kindOf(document);
  if (object?.apiVersion.startsWith('argoproj.io/') !== true) return [];
  const base: Path = object.kind === 'ApplicationSet' ? ['spec', 'template', 'spec'] : ['spec'];
  const spec = base.reduce<unknown>((node, step) => nodeAt(node, String(step)), document.contents);
  const several = nodeAt(spec, 'sources');
  return [
    { source: nodeAt(spec, 'source'), path: [...base, 'source'] },
    ...(isSeq(several) ? several.items.map((source, at) => ({ source, path: [...base, 'sources', at] })) : []),
  ];
}

function candidatesOf(
  file: AppFile,
  document: Document,
  index: number,
  source: unknown,
  path: Path,
): readonly Candidate[] {
  const helm = nodeAt(source, 'helm');
  return [
    ...kustomizeImages(file, document, index, nodeAt(nodeAt(source, 'kustomize'), 'images'), [
      ...path,
      'kustomize',
      'images',
    ]),
    ...helmParameters(file, document, index, nodeAt(helm, 'parameters'), [...path, 'helm', 'parameters']),
    ...valueBlocks(document, index, nodeAt(helm, 'valuesObject'), [...path, 'helm', 'valuesObject']).map(
      (block): Candidate => ({
        file,
        repository: blockRepository(block),
        node: pairOf(block.map, 'repository')?.value,
        before: blockText(block),
        key: block.key,
        changesTo: image => blockChanges(block, image),
      }),
    ),
  ];
}

/** `[old=]new[:tag][@digest]` (argo-cd, docs/user-guide/kustomize.md). */
function kustomizeImages(
  file: AppFile,
  document: Document,
  index: number,
  list: unknown,
  path: Path,
): readonly Candidate[] {
  if (!isSeq(list)) return [];
  return list.items.flatMap((node, at): Candidate[] => {
    const text = textOf(node, document);
    if (text === undefined) return [];
    const split = text.indexOf('=');
    const { repository } = parseReference(text.slice(split + 1));
    const name = split < 0 ? repository : text.slice(0, split);
    const changesTo = (image: PlacedImage): readonly Change[] => [
      { kind: 'set', document: index, path: [...path, at], value: `${name}=${referenceOf(image)}` },
    ];
    return [{ file, repository, node, before: text, key: undefined, changesTo }];
  });
}

function helmParameters(
  file: AppFile,
  document: Document,
  index: number,
  list: unknown,
  path: Path,
): readonly Candidate[] {
  if (!isSeq(list)) return [];
  const all = list.items.flatMap((item, at) => {
    const name = isMap(item) ? stringAt(item, 'name', document) : undefined;
    const value = isMap(item) ? stringAt(item, 'value', document) : undefined;
    return name === undefined || value === undefined ? [] : [{ name, value, at, node: nodeAt(item, 'value') }];
  });
  return all.flatMap(({ name, value, at, node }): Candidate[] => {
    if (!/(?:^|\.)repository$/.test(name)) return [];
    const prefix = name.slice(0, -'repository'.length);
    const digest = all.find(one => one.name === `${prefix}digest`);
    const set = (item: number, text: string): Change => ({
      kind: 'set',
      document: index,
      path: [...path, item, 'value'],
      value: text,
    });
    const changesTo = (image: PlacedImage): readonly Change[] => [
      set(at, image.repository),
      digest === undefined
        ? { kind: 'append', document: index, path, item: { name: `${prefix}digest`, value: image.digest } }
        : set(digest.at, image.digest),
    ];
    const pinned = digest === undefined ? '' : `@${digest.value}`;
    return [{ file, repository: value, node, before: `${value}${pinned}`, key: prefix.slice(0, -1), changesTo }];
  });
}
