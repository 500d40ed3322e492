import { asString, parseJson, printable, shorten } from '@suite/foundation';

const quoteLimit = 1500;

/** Text from outside, harmless, on one line, of bounded length, with a full stop. */
export function quote(text: string): string {
  const line = shorten(printable(text).replace(/\s+/g, ' ').trim(), quoteLimit);
  return /[.!?…]$/.test(line) ? line : `${line}.`;
}

/** The same for a name or a path inside of a sentence. */
export function term(text: string): string {
  return shorten(printable(text).replace(/\s+/g, ' ').trim(), 400);
}

/** The text inside of Go's quotes (`%q`); one without quotes is as it is. */
export function unquote(text: string): string {
  return asString(parseJson(text)) ?? text.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
}
