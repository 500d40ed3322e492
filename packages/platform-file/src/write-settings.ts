import { asObject, isObject, type JsonObject } from '@suite/foundation';
import { Document, isMap, parseDocument, YAMLMap } from 'yaml';
import type { Path } from './position.ts';

/**
 * The platform file with these settings below `path`. What else stands there is kept, comments included; a setting that was said
 * before is said anew.
 */
export function writeSettings(text: string, path: Path, settings: JsonObject): string {
  const document = parseDocument(text);
  write(document, path, settings);
  return document.toString({ lineWidth: 160 });
}

/** The settings alone, as a person pastes them. */
export function renderSettings(settings: JsonObject): string {
  const document = new Document();
  document.contents = nodeOf(document, settings) as typeof document.contents;
  return document.toString({ lineWidth: 160 });
}

function write(document: Document, path: Path, settings: JsonObject): void {
  if (!isMap(document.getIn(path))) document.setIn(path, new YAMLMap());
  // What is written into braces has no room for blocks.
  for (let depth = 1; depth <= path.length; depth++) {
    const map = document.getIn(path.slice(0, depth));
    if (isMap(map)) map.flow = false;
  }
  for (const [key, value] of Object.entries(settings)) {
    const at = [...path, key];
    if (isObject(value) && isMap(document.getIn(at))) write(document, at, asObject(value));
    else document.setIn(at, nodeOf(document, value));
  }
}

function nodeOf(document: Document, value: unknown): unknown {
  const node = document.createNode(value);
  fold(node);
  return node;
}

/** Blocks whose values are all single ones stand on one line, where they fit on it. */
function fold(node: unknown): void {
  if (!isMap(node)) return;
  for (const { value } of node.items) fold(value);
  const isFlat = node.items.every(({ value }) => !isMap(value));
  node.flow = isFlat && String(node).length <= longestLine;
}

const longestLine = 120;
