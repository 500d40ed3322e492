import { resolvePlain } from './scalar.ts';

/** Thrown by what reads YAML as programs write it, where it meets anything else. */
export const notSimple = new Error('This is not as programs write it.');

export function giveUp(): never {
  throw notSimple;
}

export function readKey(key: string): string {
  if (key.startsWith('"')) return readDoubleQuoted(key);
  if (key.startsWith("'")) return readSingleQuoted(key);
  if (key.endsWith(' ') || key.includes(' #')) giveUp();
  const value = readPlain(key);
  return value === null ? giveUp() : String(value);
}

export function readPlain(text: string): string | number | boolean | null {
  const hash = text.indexOf(' #');
  const plain = (hash < 0 ? text : text.slice(0, hash)).trimEnd();
  // Indicators, and what would be a key.
  if (/^(?:[,[\]{}#&*!|>'"%@`]|[-?:](?:[ \n]|$))|:[ \n]|:$|\t/.test(plain)) giveUp();
  try {
    return resolvePlain(plain);
  } catch {
    return giveUp();
  }
}

export function readDoubleQuoted(quoted: string): string {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return giveUp();
  }
}

export function readSingleQuoted(quoted: string): string {
  return quoted.slice(1, -1).replaceAll("''", "'");
}
