import { stripVTControlCharacters } from 'node:util';
import { distance } from 'fastest-levenshtein';

/** The candidate a person most likely meant, or undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  let best: { candidate: string; edits: number } | undefined;
  for (const candidate of candidates) {
    const edits = distance(lower, candidate.toLowerCase());
    if (best === undefined || edits < best.edits) best = { candidate, edits };
  }
  // A third of the word may be wrong; two edits are always forgiven in words of four letters and more.
  const limit = Math.max(Math.floor(word.length / 3), word.length >= 4 ? 2 : 1);
  return best !== undefined && best.edits <= limit ? best.candidate : undefined;
}

/** `1 change`, `2 changes`. */
export function count(quantity: number, singular: string, plural = `${singular}s`): string {
  return `${quantity} ${quantity === 1 ? singular : plural}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function sentenceList(items: readonly string[], conjunction = 'and'): string {
  if (items.length <= 1) return items.join('');
  return `${items.slice(0, -1).join(', ')} ${conjunction} ${items.at(-1)}`;
}

/** The first few, and how many more: `a, b and 7 more`. */
export function shortList(items: readonly string[], most: number): string {
  const more = items.length - most;
  return sentenceList(more > 0 ? [...items.slice(0, most), `${more} more`] : items);
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `1 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10_000) return `${Math.max(0, milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// Control characters but tab and newline, and the format characters that reorder or hide text (Trojan Source, CVE-2021-42574).
const unprintable = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]--[\t\n]]/gv;

/** Text from outside made harmless for a terminal: colours dropped, control and reordering characters shown as `�`. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\r\n?/g, '\n').replace(unprintable, '\ufffd').toWellFormed();
}

/** At most `limit` UTF-16 units, with an ellipsis in place of what was cut; never splits a surrogate pair. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text
    .slice(0, Math.max(0, limit - 1))
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

const quoteLimit = 1500;

/** Text from outside as a sentence of ours: harmless, on one line, of bounded length, with a full stop. */
export function quote(text: string): string {
  return withFullStop(shorten(oneLine(text), quoteLimit));
}

/** What somebody else says may end without one. */
export function withFullStop(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** The same for a name, an id or a path inside of a sentence. */
export function term(text: string): string {
  return shorten(oneLine(text), 400);
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
