import { type Change, mapsOf, type Path, pairOf, stringAt } from '@suite/platform-file/yaml';
import type { Document, YAMLMap } from 'yaml';
import { splitRepository } from '../match.ts';
import type { PlacedImage } from '../types.ts';
import type { Parameter } from './form.ts';

/** `{ repository, digest | tag }` in Helm values, with `registry` where a chart keeps the host apart. */
export interface ValueBlock {
  readonly document: number;
  /** From the document's root. */
  readonly path: Path;
  /** From the root of the values: `image`, `web.image`; empty for the root itself. */
  readonly key: string;
  readonly map: YAMLMap;
  readonly registry: string | undefined;
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: string | undefined;
  readonly hasDigest: boolean;
}

/** All below a node of a document, which stands at `base`. */
export function valueBlocks(document: Document, index: number, root: unknown, base: Path): readonly ValueBlock[] {
  return [...mapsOf(root)].flatMap(({ map, path }): ValueBlock[] => {
    const text = (key: string) => stringAt(map, key, document);
    const repository = text('repository');
    const hasDigest = pairOf(map, 'digest') !== undefined;
    if (repository === undefined || !(hasDigest || pairOf(map, 'tag') !== undefined)) return [];
    return [
      {
        document: index,
        path: [...base, ...path],
        key: path.map(step => String(step).replaceAll('.', '\\.')).join('.'),
        map,
        registry: text('registry'),
        repository,
        tag: text('tag'),
        digest: text('digest'),
        hasDigest,
      },
    ];
  });
}

/** The repository that a block names, with its host where it has one. */
export function blockRepository({ registry, repository }: ValueBlock): string {
  return registry === undefined || registry === '' ? repository : `${registry}/${repository}`;
}

export function blockText(block: ValueBlock): string {
  const tag = block.tag === undefined || block.tag === '' ? '' : `:${block.tag}`;
  const digest = block.digest === undefined || block.digest === '' ? '' : `@${block.digest}`;
  return `${blockRepository(block)}${tag}${digest}`;
}

/**
 * What a block is to say. Its tag stays: charts differ in what an empty one means, and where there is a digest it alone counts.
 * A tag that carries the digest itself (`1.2.3@sha256:…`, for charts that know no digest) gets the new one.
 */
function blockValues(block: ValueBlock, { repository, digest }: PlacedImage): readonly Parameter[] {
  const { host, path } = splitRepository(repository);
  const place: readonly Parameter[] =
    block.registry === undefined
      ? [{ name: 'repository', value: repository }]
      : [
          { name: 'registry', value: host ?? '' },
          { name: 'repository', value: path },
        ];
  const tag = /^([^@]*)@sha256:/.exec(block.tag ?? '')?.[1];
  const pin = !block.hasDigest && tag !== undefined ? { name: 'tag', value: `${tag}@${digest}` } : undefined;
  return [...place, pin ?? { name: 'digest', value: digest }];
}

export function blockChanges(block: ValueBlock, image: PlacedImage): readonly Change[] {
  return blockValues(block, image).map(({ name, value }) => ({
    kind: 'set',
    document: block.document,
    path: [...block.path, name],
    value,
  }));
}

export function blockParameters(block: ValueBlock, image: PlacedImage): readonly Parameter[] {
  const prefix = block.key === '' ? '' : `${block.key}.`;
  return blockValues(block, image).map(({ name, value }) => ({ name: `${prefix}${name}`, value }));
}
