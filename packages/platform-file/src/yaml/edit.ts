import { isDeepStrictEqual } from 'node:util';
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { NotEditable, type Path, pairOf, parseYaml } from './document.ts';

/** One change of a stream of documents. */
export type Change =
  /** A text, of a key that is there or that is added to the end of its map. */
  | { readonly kind: 'set'; readonly document: number; readonly path: Path; readonly value: string }
  /** Another key with another text where a key stands. */
  | {
      readonly kind: 'replace';
      readonly document: number;
      readonly path: Path;
      readonly key: string;
      readonly value: string;
    }
  | { readonly kind: 'remove'; readonly document: number; readonly path: Path }
  /** One more item of a list, which is made when the key is missing. */
  | {
      readonly kind: 'append';
      readonly document: number;
      readonly path: Path;
      readonly item: Readonly<Record<string, string>>;
    }
  /** Texts of a map, which is made with all that is missing on the way to it; a word in its place (`true`) gives way. */
  | {
      readonly kind: 'merge';
      readonly document: number;
      readonly path: Path;
      readonly entries: Readonly<Record<string, string>>;
    };

/**
 * Makes the changes in the text and touches nothing else: comments, order, quotes, indentation and line ends stay. What comes out
 * is read again and must be what was meant. Throws NotEditable.
 */
export function editYaml(text: string, changes: readonly Change[]): string {
  return changes.reduce(edit, text);
}

/** A merge into a map that is there is one change after another. */
function edit(text: string, change: Change): string {
  if (change.kind !== 'merge' || !isFilled(text, change)) return splice(text, change);
  const { document, path } = change;
  return Object.entries(change.entries).reduce(
    (rest, [key, value]) => splice(rest, { kind: 'set', document, path: [...path, key], value }),
    text,
  );
}

function isFilled(text: string, { document, path }: Change): boolean {
  const node = (parseYaml(text) ?? fail('it is no YAML'))[document]?.getIn(path);
  return isMap(node) && node.items.length > 0;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function splice(text: string, change: Change): string {
  const documents = parseYaml(text) ?? fail('it is no YAML');
  const document = documents[change.document] ?? fail('the document is not there');
  const before = documents.map(plain);
  const place = spliceOf(text, document, change);
  if (place === undefined) return text;
  const edited = text.slice(0, place.start) + place.text + text.slice(place.end);
  const after = parseYaml(edited)?.map(plain);
  if (!isDeepStrictEqual(after, applied(before, change))) fail('of the way in which it is written');
  return edited;
}

function fail(why: string): never {
  throw new NotEditable(why);
}

/** A document as data; order of keys is no matter. */
function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return fail('it has too many aliases');
  }
}

/** Data of documents as the change is to make it; changes what it is given. */
function applied(documents: readonly unknown[], change: Change): readonly unknown[] {
  const last = change.path.at(-1) ?? '';
  // biome-ignore lint/suspicious/noExplicitAny: data of any shape, walked along a path that is known to be there
  let holder: any = documents[change.document];
  if (change.kind === 'merge') {
    for (const step of change.path) {
      if (holder[step] === null || typeof holder[step] !== 'object') holder[step] = {};
      holder = holder[step];
    }
    Object.assign(holder, change.entries);
    return documents;
  }
  for (const step of change.path.slice(0, -1)) holder = holder?.[step];
  if (holder === null || typeof holder !== 'object') return fail('its place is not there');
  if (change.kind === 'set') holder[last] = change.value;
  if (change.kind === 'remove' || change.kind === 'replace') delete holder[last];
  if (change.kind === 'replace') holder[change.key] = change.value;
  if (change.kind === 'append') holder[last] = [...(holder[last] ?? []), change.item];
  return documents;
}

function spliceOf(text: string, document: Document, change: Change): Splice | undefined {
  if (change.kind === 'merge') return mergeMap(text, document, change.path, change.entries);
  const holder = along(document, change.path.slice(0, -1));
  const last = change.path.at(-1) ?? fail('it names no place');
  if (change.kind === 'append') return appendItem(text, holder, String(last), change.item);
  if (isSeq(holder) && typeof last === 'number' && change.kind === 'set') {
    return setScalar(text, holder.items[last], change.value);
  }
  if (!isMap(holder)) return fail('its place is no mapping');
  const pair = pairOf(holder, String(last));
  if (change.kind === 'remove') return pair === undefined ? undefined : removePair(text, holder, pair);
  if (change.kind === 'replace') {
    const old = pair ?? fail('its key is not there');
    const entry = entryText([change.key, change.value], isQuoted(holder));
    return { start: keyStart(old), end: contentEnd(old), text: entry };
  }
  return pair === undefined ? addPair(text, holder, [String(last), change.value]) : setValue(text, pair, change.value);
}

function along(document: Document, path: Path): unknown {
  let node: unknown = document.contents;
  for (const step of path) {
    if (isAlias(node)) return fail('it is behind an alias');
    if (isMap(node)) node = pairOf(node, String(step))?.value;
    else if (isSeq(node) && typeof step === 'number') node = node.items[step];
    else return fail('its place is not there');
  }
  if (isAlias(node)) return fail('it is an alias');
  return node;
}

/** The map, and those on the way to it, where the way ends in what is there. */
function mergeMap(text: string, document: Document, path: Path, entries: Readonly<Record<string, string>>): Splice {
  let holder = document.contents as unknown;
  for (const [at, step] of path.entries()) {
    if (isAlias(holder)) return fail('it is behind an alias');
    if (!isMap(holder) || holder.items.length === 0) return fail('its place is no mapping');
    const pair = pairOf(holder, String(step));
    const below = path.slice(at + 1).map(String);
    if (pair === undefined) return addMap(text, holder, [String(step), ...below], entries);
    if (isMap(pair.value) && pair.value.items.length > 0) {
      holder = pair.value;
      continue;
    }
    return replaceByMap(text, holder, pair, below, entries);
  }
  return fail('its mapping is there');
}

function addMap(
  text: string,
  holder: YAMLMap,
  [key = '', ...below]: readonly string[],
  entries: Readonly<Record<string, string>>,
): Splice {
  const quoted = isQuoted(holder);
  const last = holder.items.at(-1) ?? fail('its mapping is empty');
  const at = contentEnd(last);
  if (holder.flow === true) {
    const name = quoted ? JSON.stringify(key) : key;
    return { start: at, end: at, text: `, ${name}: ${flowMap(below, entries, quoted)}` };
  }
  const end = lineEnd(text, at);
  return {
    start: end,
    end,
    text: blockMap(endOfLine(text), columnOf(text, keyStart(last)), [key, ...below], entries),
  };
}

/** A word, nothing, or an empty map becomes a map. */
function replaceByMap(
  text: string,
  holder: YAMLMap,
  pair: Pair,
  below: readonly string[],
  entries: Readonly<Record<string, string>>,
): Splice {
  const { value } = pair;
  if (isAlias(value)) return fail('it is an alias');
  const isEmpty = value === null || (isScalar(value) && value.range?.[0] === value.range?.[1]);
  if (isEmpty) {
    if (holder.flow === true) return fail('its key has no value');
    const end = lineEnd(text, contentEnd(pair));
    const column = columnOf(text, keyStart(pair)) + indentation.length;
    return { start: end, end, text: blockMap(endOfLine(text), column, below, entries) };
  }
  if (!isScalar(value) && !isMap(value)) return fail('its place is no mapping');
  if (value.anchor !== undefined) return fail(`it has the anchor &${value.anchor}`);
  const [start, end] = rangeOf(value);
  return { start, end, text: flowMap(below, entries, isQuoted(holder)) };
}

const indentation = '  ';

function flowMap(below: readonly string[], entries: Readonly<Record<string, string>>, quoted: boolean): string {
  const inner = Object.entries(entries).map(entry => entryText(entry, quoted));
  return below
    .toReversed()
    .reduce((value, key) => `{ ${quoted ? JSON.stringify(key) : key}: ${value} }`, `{ ${inner.join(', ')} }`);
}

function blockMap(
  eol: string,
  column: number,
  steps: readonly string[],
  entries: Readonly<Record<string, string>>,
): string {
  const line = (depth: number, content: string) => `${eol}${' '.repeat(column)}${indentation.repeat(depth)}${content}`;
  return [
    ...steps.map((step, depth) => line(depth, `${step}:`)),
    ...Object.entries(entries).map(entry => line(steps.length, entryText(entry, false))),
  ].join('');
}

function setValue(text: string, pair: Pair, value: string): Splice | undefined {
  const scalar = pair.value;
  const isEmpty = scalar === null || (isScalar(scalar) && scalar.range?.[0] === scalar.range?.[1]);
  if (!isEmpty) return setScalar(text, scalar, value);
  // Behind the colon, where nothing stands.
  const colon = pair.srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
  if (colon === undefined) return fail('its key has no value');
  const after = colon.offset + 1;
  return { start: after, end: after, text: ` ${scalarText(value, 'PLAIN')}` };
}

function setScalar(text: string, node: unknown, value: string): Splice | undefined {
  if (isAlias(node)) return fail('it is an alias');
  if (!isScalar(node)) return fail('it is no text');
  if (node.anchor !== undefined) return fail(`it has the anchor &${node.anchor}`);
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') return fail('it is a text of several lines');
  if (node.tag !== undefined && node.tag !== 'tag:yaml.org,2002:str') return fail(`it has the tag ${node.tag}`);
  const [start, end] = rangeOf(node);
  if (text.slice(start, end).includes('\n')) return fail('it is a text of several lines');
  if (node.value === value) return undefined;
  // A version of three parts is a text without quotes, too, and stays as people write it.
  const isVersion = node.type === 'PLAIN' && /^\d+\.\d+\.\d[\w.+-]*$/.test(value);
  return { start, end, text: isVersion ? value : scalarText(value, node.type) };
}

/** In the quotes that stood there; a plain text that would be read as something else gets double ones. */
function scalarText(value: string, type: Scalar['type'] | undefined): string {
  if (type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
  const isPlain = /^\w[\w./@=+-]*(?::[\w./@=+-]+)*$/.test(value) && /^[A-Za-z]|@/.test(value);
  const isWord = /^(?:true|false|null|yes|no|on|off|y|n)$/i.test(value);
  return type === 'QUOTE_DOUBLE' || !isPlain || isWord ? JSON.stringify(value) : value;
}

function rangeOf(node: {
  readonly range?: readonly [number, number, number] | null | undefined;
}): readonly [number, number] {
  const { range } = node;
  return range == null ? fail('its place in the text is not known') : [range[0], range[1]];
}

function endOfLine(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

function columnOf(text: string, offset: number): number {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const head = text.slice(start, offset).replace(/^\ufeff/, '');
  return head.includes('\t') ? fail('it is indented with tabs') : head.length;
}

/** Before the line break of the line in which content ends. */
function lineEnd(text: string, offset: number): number {
  const feed = text[offset - 1] === '\n' ? offset - 1 : text.indexOf('\n', offset);
  if (feed < 0) return text.length;
  return text[feed - 1] === '\r' ? feed - 1 : feed;
}

/** Where the last text of a node ends, comments not counted. */
function contentEnd(node: unknown): number {
  if (isPair(node)) {
    const { key, value } = node;
    if (value !== null && !(isScalar(value) && value.range?.[0] === value.range?.[1])) return contentEnd(value);
    return contentEnd(key) + 1;
  }
  if (isCollection(node) && node.flow !== true && node.items.length > 0) return contentEnd(node.items.at(-1));
  if (isScalar(node) || isAlias(node) || isCollection(node)) return rangeOf(node)[1];
  return fail('its place in the text is not known');
}

function keyStart(pair: Pair): number {
  return isScalar(pair.key) ? rangeOf(pair.key)[0] : fail('its key is no text');
}

type Entry = readonly [key: string, value: string];

function isQuoted(map: YAMLMap): boolean {
  const key = map.items[0]?.key;
  return isScalar(key) && key.type === 'QUOTE_DOUBLE';
}

function entryText([key, value]: Entry, quoted: boolean): string {
  return quoted ? `${JSON.stringify(key)}: ${JSON.stringify(value)}` : `${key}: ${scalarText(value, 'PLAIN')}`;
}

function addPair(text: string, map: YAMLMap, entry: Entry): Splice {
  const last = map.items.at(-1) ?? fail('its mapping is empty');
  const at = contentEnd(last);
  if (map.flow === true) return { start: at, end: at, text: `, ${entryText(entry, isQuoted(map))}` };
  const indent = ' '.repeat(columnOf(text, keyStart(last)));
  const end = lineEnd(text, at);
  return { start: end, end, text: `${endOfLine(text)}${indent}${entryText(entry, isQuoted(map))}` };
}

function removePair(text: string, map: YAMLMap, pair: Pair): Splice {
  const index = map.items.indexOf(pair);
  const [previous, next] = [map.items[index - 1], map.items[index + 1]];
  // The first one gives its place to the second: what stands before a key, such as a list's dash, stays.
  if (previous === undefined) {
    return next === undefined
      ? fail('it is all that its mapping has')
      : { start: keyStart(pair), end: keyStart(next), text: '' };
  }
  if (map.flow === true) return { start: contentEnd(previous), end: contentEnd(pair), text: '' };
  const line = text.lastIndexOf('\n', keyStart(pair) - 1) + 1;
  const start = text[line - 2] === '\r' ? line - 2 : line - 1;
  return { start, end: lineEnd(text, contentEnd(pair)), text: '' };
}

function appendItem(text: string, holder: unknown, key: string, item: Readonly<Record<string, string>>): Splice {
  if (!isMap(holder)) return fail('its place is no mapping');
  const entries = Object.entries(item);
  const eol = endOfLine(text);
  const block = (indent: string, quoted: boolean) =>
    entries.map((entry, at) => `${eol}${indent}${at === 0 ? '- ' : '  '}${entryText(entry, quoted)}`).join('');
  const flow = (quoted: boolean) => `{ ${entries.map(entry => entryText(entry, quoted)).join(', ')} }`;
  const quoted = isQuoted(holder);
  const pair = pairOf(holder, key);
  if (pair === undefined) {
    const last = holder.items.at(-1) ?? fail('its mapping is empty');
    const at = contentEnd(last);
    const name = quoted ? JSON.stringify(key) : key;
    if (holder.flow === true) return { start: at, end: at, text: `, ${name}: [${flow(quoted)}]` };
    const indent = ' '.repeat(columnOf(text, keyStart(last)));
    const end = lineEnd(text, at);
    return { start: end, end, text: `${eol}${indent}${name}:${block(indent, quoted)}` };
  }
  const list = pair.value;
  if (list === null || (isScalar(list) && list.value === null)) {
    const end = lineEnd(text, contentEnd(pair));
    return { start: end, end, text: block(' '.repeat(columnOf(text, keyStart(pair))), quoted) };
  }
  if (isAlias(list)) return fail('it is an alias');
  if (!isSeq(list)) return fail('it is no list');
  if (list.flow === true) {
    const at = list.items.length === 0 ? rangeOf(list)[1] - 1 : contentEnd(list.items.at(-1));
    return { start: at, end: at, text: `${list.items.length === 0 ? '' : ', '}${flow(quoted)}` };
  }
  const end = lineEnd(text, contentEnd(list));
  return { start: end, end, text: block(' '.repeat(columnOf(text, dashOf(list))), quoted) };
}

/** Where the dash of the last item stands. */
function dashOf({ srcToken }: YAMLSeq): number {
  const items = srcToken?.type === 'block-seq' ? srcToken.items : [];
  const dash = items.at(-1)?.start.find(({ type }) => type === 'seq-item-ind');
  return dash?.offset ?? fail('its place in the text is not known');
}
