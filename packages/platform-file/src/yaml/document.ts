import { type Document, isAlias, isMap, isScalar, isSeq, type Pair, parseAllDocuments, type YAMLMap } from 'yaml';

/** What stands somewhere and cannot be edited without harm. The message continues "because": `it is an alias`. */
export class NotEditable extends Error {
  override readonly name = 'NotEditable';
}

/** Keys and indices from a document's root. */
export type Path = readonly (string | number)[];

/** The documents of a stream with their places in the text; undefined for what is no YAML (such as a Helm template). */
export function parseYaml(text: string): readonly Document[] | undefined {
  const parsed = parseAllDocuments(text, { keepSourceTokens: true, logLevel: 'silent' });
  if (!Array.isArray(parsed)) return [];
  const documents: readonly Document[] = parsed;
  return documents.some(({ errors }) => errors.length > 0) ? undefined : documents;
}

/** The pair of a key that is a plain text. */
export function pairOf(map: unknown, key: string): Pair | undefined {
  return isMap(map) ? map.items.find(pair => isScalar(pair.key) && pair.key.value === key) : undefined;
}

export function nodeAt(map: unknown, key: string): unknown {
  return pairOf(map, key)?.value;
}

/** Text of a scalar, or of the scalar that an alias stands for; undefined for everything else. */
export function textOf(node: unknown, document: Document): string | undefined {
  const target = isAlias(node) ? node.resolve(document) : node;
  return isScalar(target) && typeof target.value === 'string' ? target.value : undefined;
}

export function stringAt(map: unknown, key: string, document: Document): string | undefined {
  return textOf(nodeAt(map, key), document);
}

/** Every map of a document with the path to it, what is behind aliases excluded. */
export function* mapsOf(node: unknown, path: Path = []): Generator<{ readonly map: YAMLMap; readonly path: Path }> {
  if (isMap(node)) {
    yield { map: node, path };
    for (const { key, value } of node.items) {
      if (isScalar(key) && typeof key.value === 'string') yield* mapsOf(value, [...path, key.value]);
    }
  }
  if (isSeq(node)) for (const [index, item] of node.items.entries()) yield* mapsOf(item, [...path, index]);
}

/** A Kubernetes object's kind; undefined for a document that is none. */
export function kindOf(document: Document): { readonly apiVersion: string; readonly kind: string } | undefined {
  const apiVersion = stringAt(document.contents, 'apiVersion', document);
  const kind = stringAt(document.contents, 'kind', document);
  return apiVersion === undefined || kind === undefined ? undefined : { apiVersion, kind };
}
