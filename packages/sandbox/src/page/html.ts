import { stripVTControlCharacters } from 'node:util';

declare const safe: unique symbol;

/** HTML that holds no text from outside unescaped: made by `html`, or by `trusted` from what has been made safe. */
export interface Html {
  readonly [safe]: true;
  readonly html: string;
}

type Part = Html | string | number | undefined | readonly Html[];

/** Text in `${}` is escaped, wherever it stands; attributes are to be quoted. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return trusted(strings.reduce((text, string, index) => text + write(parts[index - 1]) + string));
}

export function trusted(text: string): Html {
  return { html: text } as Html;
}

export const nothing: Html = trusted('');

function write(part: Part): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map(({ html }) => html).join('');
}

// A parser of HTML drops or replaces them one way or the other; so a person sees that something was there.
const controls = /[[\p{Cc}]--[\t\n]]/gv;

function escapeHtml(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/\r\n?/g, '\n')
    .replace(controls, '\ufffd')
    .toWellFormed()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
