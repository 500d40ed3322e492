import type { Json } from '@suite/foundation';
import { giveUp, notSimple, readDoubleQuoted, readKey, readPlain, readSingleQuoted } from './simple.ts';

/**
 * Reads the YAML that programs write: blocks of maps and lists, scalars on one line, literal text. Undefined for everything else,
 * right or wrong: the caller then takes the full parser, of which this is a shortcut (schemas of CustomResourceDefinitions are
 * megabytes, and this is ten times as fast). `readInline` reads a value in brackets that stands on one line.
 */
export function readBlockYaml(text: string, readInline: (value: string) => Json | undefined): Json | undefined {
  // What is rare, and has a meaning beyond its line, is left to the full parser as a whole.
  if (/[\r\u0085\u2028\u2029\ufeff]|^(?: *\t|%|---|\.\.\.)|\t *$/m.test(text)) return undefined;
  try {
    return createReader(text.split('\n'), readInline)();
  } catch (error) {
    if (error === notSimple) return undefined;
    throw error;
  }
}

/** A key without quotes, up to its colon. */
const plainKey = /^([\w./$@()+-](?:[\w./$@()+ -]|:(?! |$))*?):(?: +(.*))?$/;
const quotedKey = /^("(?:[^"\\]|\\["\\/bfnrt])*"|'(?:[^']|'')*'):(?: +(.*))?$/;

/** Text in quotes, closed, with nothing but a comment behind it. */
const closed = /^("(?:[^"\\]|\\[\s\S])*"|'(?:[^']|'')*') *(?: #.*)?$/;

function createReader(lines: string[], readInline: (value: string) => Json | undefined): () => Json {
  let at = 0;

  const isIgnored = (line: string) => /^ *(?:#.*)?$/.test(line);
  /** Goes to the next line that says something, and gives how far it stands in; -1 at the end. */
  const advance = (): number => {
    while (at < lines.length && isIgnored(lines[at] ?? '')) at++;
    return at < lines.length ? indentOf(lines[at] ?? '') : -1;
  };

  const readBlock = (indent: number): Json => (isItem(content(indent)) ? readList(indent) : readMap(indent));
  const content = (indent: number) => (lines[at] ?? '').slice(indent);

  const readMap = (indent: number): Json => {
    const entries: (readonly [string, Json])[] = [];
    while (advance() === indent) {
      const line = content(indent);
      if (isItem(line)) break;
      const [, key = giveUp(), rest = ''] = plainKey.exec(line) ?? quotedKey.exec(line) ?? [];
      at++;
      entries.push([readKey(key), readValue(rest, indent, true)]);
    }
    if (at < lines.length && indentOf(lines[at] ?? '') > indent) giveUp();
    // Later entries win, and __proto__ is a key like others.
    return Object.fromEntries(entries);
  };

  const readList = (indent: number): Json => {
    const items: Json[] = [];
    while (advance() === indent && isItem(content(indent))) {
      const line = content(indent);
      const rest = line.slice(1).replace(/^ +/, '');
      const inner = indent + line.length - rest.length;
      if (rest !== '' && (isItem(rest) || plainKey.test(rest) || quotedKey.test(rest))) {
        // What stands behind the dash begins a block of its own there.
        lines[at] = ' '.repeat(inner) + rest;
        items.push(readBlock(inner));
      } else {
        at++;
        items.push(readValue(rest, indent, false));
      }
    }
    if (at < lines.length && indentOf(lines[at] ?? '') > indent) giveUp();
    return items;
  };

  /** What stands behind a key or a dash at `indent`; the line is done. */
  const readValue = (rest: string, indent: number, isOfMap: boolean): Json => {
    if (rest === '' || rest.startsWith('#')) {
      const next = advance();
      // A list may stand as far in as the key that it belongs to.
      const isList = isOfMap && next === indent && isItem(content(indent));
      if (next <= indent && !isList) return null;
      const line = content(next);
      if (isItem(line) || plainKey.test(line) || quotedKey.test(line)) return readBlock(next);
      // A scalar in a line of its own. What else could begin there is rare.
      if (/^[|>?:]/.test(line)) return giveUp();
      at++;
      return readScalar(line, indent);
    }
    return rest.startsWith('|') ? readLiteral(rest, indent) : readScalar(rest, indent);
  };

  const readScalar = (rest: string, indent: number): Json => {
    if (!/^["'{[]/.test(rest)) return readPlainLines(rest, indent);
    const isQuoted = rest.startsWith('"') || rest.startsWith("'");
    const whole = isQuoted ? readToTheEnd(rest, indent) : rest;
    if (advance() > indent) giveUp();
    if (whole === '{}') return {};
    if (whole === '[]') return [];
    const [, quoted] = closed.exec(whole) ?? [];
    const isOneLine = quoted !== undefined && !whole.includes('\n');
    if (isOneLine && quoted.startsWith('"')) return readDoubleQuoted(quoted);
    return isOneLine ? readSingleQuoted(quoted) : (readInline(whole) ?? giveUp());
  };

  /** Text in quotes that goes on until they are closed. */
  const readToTheEnd = (first: string, indent: number): string => {
    let whole = first;
    while (!closed.test(whole)) {
      const line = lines[at];
      if (line === undefined || (!/^ *$/.test(line) && indentOf(line) <= indent)) return giveUp();
      whole += `\n${line}`;
      at++;
    }
    return whole;
  };

  /** Lines that stand further in go on with the text: a line end is a space, and each empty line is a line end. */
  const readPlainLines = (first: string, indent: number): Json => {
    let text = first.trimEnd();
    let empty = '';
    for (let next = at; next < lines.length; next++) {
      const line = lines[next] ?? '';
      if (/^ *$/.test(line)) empty += '\n';
      else if (indentOf(line) <= indent) break;
      else {
        const more = line.trim();
        if (text.includes(' #') || more.startsWith('#') || / #/.test(more)) giveUp();
        text += `${empty === '' ? ' ' : empty}${more}`;
        empty = '';
        at = next + 1;
      }
    }
    return readPlain(text);
  };

  const readLiteral = (rest: string, indent: number): string => {
    const chomping = /^\|([-+]?) *(?:#.*)?$/.exec(rest)?.[1] ?? giveUp();
    const first = at;
    let inner = -1;
    let end = at;
    for (; at < lines.length; at++) {
      const line = lines[at] ?? '';
      if (/^ *$/.test(line)) continue;
      const own = indentOf(line);
      if (inner < 0 && own > indent) inner = own;
      if (own < inner || inner < 0) {
        if (own > indent) giveUp();
        break;
      }
      end = at + 1;
    }
    if (inner < 0) return giveUp();
    const blanks = lines.slice(first, at).filter(line => /^ *$/.test(line));
    if (blanks.some(line => line.length > inner)) giveUp();
    const text = lines
      .slice(first, end)
      .map(line => line.slice(inner))
      .join('\n');
    // How many line ends follow at the end of a document is for the full parser to say.
    if (chomping === '+') return giveUp();
    return chomping === '-' ? text : `${text}\n`;
  };

  return () => {
    const indent = advance();
    if (indent < 0) return null;
    const line = content(indent);
    if (!isItem(line) && !plainKey.test(line) && !quotedKey.test(line)) giveUp();
    const value = readBlock(indent);
    if (advance() >= 0) giveUp();
    return value;
  };
}

function indentOf(line: string): number {
  let count = 0;
  while (line.charCodeAt(count) === 32) count++;
  return count;
}

function isItem(content: string): boolean {
  return content === '-' || content.startsWith('- ');
}
