import type { Json } from '@suite/foundation';
import { giveUp, notSimple, readDoubleQuoted, readKey, readPlain, readSingleQuoted } from './simple.ts';

/**
 * Reads a value in brackets on one line, as charts write verbs, ports and labels: `{ name: http, port: 80 }`, `["get", "list"]`.
 * Undefined for everything else, right or wrong: the caller then takes the full parser, of which this is a shortcut as `readBlockYaml` is.
 */
export function readFlowYaml(text: string): Json | undefined {
  try {
    return createReader(text)();
  } catch (error) {
    if (error === notSimple) return undefined;
    throw error;
  }
}

const space = / */y;
const doubleQuoted = /"(?:[^"\\]|\\.)*"/y;
const singleQuoted = /'(?:[^']|'')*'/y;
const plain = /[^,[\]{}"']+/y;
/** Without a space behind its colon it would be part of the text. */
const plainKey = /[\w./$@()+-][\w./$@()+ -]*(?=: )/y;

function createReader(text: string): () => Json {
  let at = 0;

  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const [found] = pattern.exec(text) ?? [];
    at += found?.length ?? 0;
    return found;
  };
  const skip = (character: string): boolean => {
    take(space);
    if (text[at] !== character) return false;
    at++;
    return true;
  };

  const readValue = (): Json => {
    if (skip('{')) return readMap();
    if (skip('[')) return readList();
    const double = take(doubleQuoted);
    if (double !== undefined) return readDoubleQuoted(double);
    const single = take(singleQuoted);
    if (single !== undefined) return readSingleQuoted(single);
    const found = take(plain)?.trimEnd() ?? giveUp();
    // A comment would hide the brackets that follow.
    return found === '' || found.includes('#') ? giveUp() : readPlain(found);
  };

  const readMap = (): Json => {
    const entries: (readonly [string, Json])[] = [];
    if (skip('}')) return {};
    do {
      take(space);
      const key = take(doubleQuoted) ?? take(singleQuoted) ?? take(plainKey) ?? giveUp();
      if (!skip(':')) giveUp();
      entries.push([readKey(key), readValue()]);
    } while (skip(','));
    return skip('}') ? Object.fromEntries(entries) : giveUp();
  };

  const readList = (): Json => {
    const items: Json[] = [];
    if (skip(']')) return items;
    do items.push(readValue());
    while (skip(','));
    return skip(']') ? items : giveUp();
  };

  return () => {
    if (!/^[{[]/.test(text)) giveUp();
    const value = readValue();
    take(space);
    return at === text.length ? value : giveUp();
  };
}
