/**
 * The only place where text from outside becomes Markdown. Every function takes any text and gives Markdown (GitHub's
 * flavour) that shows that text and does nothing else: no mention, no reference, no link, no HTML, no emoji code, no maths,
 * no line break, no reordering of what stands around it.
 */
import { printable } from '@suite/foundation';

// A zero-width space. GitHub looks for @names, #numbers, :emoji:, commits and addresses in the finished text, where escapes
// are gone; only another character between keeps it from finding them.
const breaker = '&#8203;';

// Markup anywhere in a line. As character references they cannot be markup in Markdown, tables or HTML.
const markup = /[&<>"'`*_~[\]|\\$@#!{}^=]/g;

/** One line without control and reordering characters. */
export function oneLine(raw: string): string {
  return printable(raw)
    .replace(/[\t\n]+/g, ' ')
    .trim();
}

/** Plain text for running text, table cells and the inside of HTML elements alike. */
export function escapeText(raw: string): string {
  return (
    oneLine(raw)
      .replace(markup, character => `&#${character.charCodeAt(0)};`)
      // What begins a list, a heading's underline or a rule at the start of a line.
      .replace(/^[-+]/, character => `&#${character.charCodeAt(0)};`)
      .replace(/^(\d+)([.)])/, (_, digits: string, mark: string) => `${digits}&#${mark.charCodeAt(0)};`)
      .replace(/&#(?:64|35);/g, reference => reference + breaker)
      .replace(/:(?=\S)/g, `:${breaker}`)
      .replace(/\bwww(?=\.)/gi, found => found + breaker)
      .replace(/\bgh-(?=\d)/gi, found => found + breaker)
      // Seven digits or more are taken for a commit.
      .replace(/[0-9a-f]{7,}/gi, digits => digits.match(/.{1,6}/g)?.join(breaker) ?? digits)
  );
}

/** A code span for running text; its fence is longer than any run of backticks inside. Not for table cells. */
export function codeSpan(raw: string): string {
  const line = oneLine(raw);
  if (line === '') return '`""`';
  const fence = '`'.repeat(longestRun(line) + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Code for table cells and the inside of HTML elements. */
export function cell(raw: string): string {
  const line = oneLine(raw);
  // Parsers differ on a bar or a backslash in a code span of a table, so those go without one.
  return /[|\\`]/.test(line) ? `<code>${escapeText(line)}</code>` : codeSpan(line);
}

/** Code inside an HTML block, where Markdown's own spans are not seen. */
export function htmlCode(raw: string): string {
  return `<code>${escapeText(raw)}</code>`;
}

/** A sentence in which backticks mark code, as our own messages are written. */
export function prose(raw: string, asCode: (piece: string) => string = codeSpan): string {
  return oneLine(raw)
    .split(/`([^`]+)`/)
    .map((piece, index) => (index % 2 === 1 ? asCode(piece) : spaced(piece)))
    .join('');
}

/** `escapeText` keeps no space at its ends, but between two pieces it matters. */
function spaced(piece: string): string {
  if (piece.trim() === '') return piece === '' ? '' : ' ';
  return `${piece.startsWith(' ') ? ' ' : ''}${escapeText(piece)}${piece.endsWith(' ') ? ' ' : ''}`;
}

/** A link, or only its label when the address is not one of the web. */
export function link(label: string, address: string): string {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return escapeText(label);
  const safe = url.href
    .replace(/[^\w\-./:?&=%+,;#]/g, character => encodeURIComponent(character).replace(/[()!'*]/g, percent))
    .replaceAll('&', '&amp;');
  // GitHub looks for no references inside a link, and a number that is copied from there should be that number.
  return `[${/^[A-Za-z0-9]+(?: [A-Za-z0-9]+)*$/.test(label) ? label : escapeText(label)}](${safe})`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

/** A fenced block; the fence is longer than any run of backticks inside. `language` is a word of ours. */
export function fence(language: 'diff' | 'mermaid' | 'text', lines: readonly string[]): string {
  const body = lines.map(oneLineKeepingIndent).join('\n');
  const mark = '`'.repeat(Math.max(3, longestRun(body) + 1));
  return `${mark}${language}\n${body}\n${mark}`;
}

function oneLineKeepingIndent(raw: string): string {
  return printable(raw)
    .replace(/[\t\n]+/g, ' ')
    .trimEnd();
}

/** A word or two for a Mermaid diagram, whose grammar has no escapes: what might mean something there is dropped. */
export function mermaidText(raw: string): string {
  return oneLine(raw)
    .replace(/[^\p{L}\p{N} ._/-]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

function longestRun(value: string): number {
  let longest = 0;
  for (const run of value.matchAll(/`+/g)) longest = Math.max(longest, run[0].length);
  return longest;
}
