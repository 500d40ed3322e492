import { mapsOf, nodeAt, type Path, textOf } from '@suite/platform-file/yaml';
import { type Document, isMap, isSeq } from 'yaml';

/** `image` of a container. */
export interface ContainerImage {
  /** As it stands there. */
  readonly text: string;
  readonly document: number;
  readonly path: Path;
  readonly node: unknown;
}

const lists = ['initContainers', 'containers', 'ephemeralContainers'];

/** Images of all containers, wherever an object has them: pods, their templates, those of custom resources. */
export function containerImages(documents: readonly Document[]): readonly ContainerImage[] {
  return documents.flatMap((document, index) =>
    [...mapsOf(document.contents)].flatMap(({ map, path }) =>
      lists.flatMap(list => {
        const containers = nodeAt(map, list);
        if (!isSeq(containers)) return [];
        return containers.items.flatMap((container, at): ContainerImage[] => {
          const node = isMap(container) ? nodeAt(container, 'image') : undefined;
          const text = textOf(node, document);
          return text === undefined ? [] : [{ text, document: index, path: [...path, list, at, 'image'], node }];
        });
      }),
    ),
  );
}
