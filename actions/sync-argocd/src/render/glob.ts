import { NotRendered } from './not-rendered.ts';

/**
 * Whose rules a pattern follows. `argo`: gobwas/glob, `*` passes separators only where there are none, `{a,b}`; `path`: Go's
 * `path.Match`, `*` stays within a folder; `pathspec`: git's, `*` passes folders and a plain path takes what lies below it.
 */
export type GlobRules =
  | { readonly are: 'argo'; readonly separators: string }
  | { readonly are: 'path' }
  | { readonly are: 'pathspec' };

type Token =
  | { readonly is: 'char'; readonly char: string }
  | { readonly is: 'any'; readonly not: string }
  | { readonly is: 'many'; readonly not: string }
  | { readonly is: 'class'; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

const mostAlternatives = 256;

/**
 * A test for texts. It takes time in proportion to pattern and text, whatever they are: both may come from a pull request. Throws
 * NotRendered for a pattern that is none.
 */
export function createGlob(pattern: string, rules: GlobRules): (text: string) => boolean {
  const alternatives = (rules.are === 'argo' ? alternativesOf(pattern) : [pattern]).map(one => readTokens(one, rules));
  const isPlain = rules.are === 'pathspec' && !/[*?[]/.test(pattern);
  const folder = pattern.replace(/\/+$/, '');
  return text => {
    if (isPlain && (pattern === '.' || text === folder || text.startsWith(`${folder}/`))) return true;
    return alternatives.some(tokens => matches(tokens, text));
  };
}

/** `{a,b}` written out. */
function alternativesOf(pattern: string): string[] {
  const open = findOpen(pattern);
  if (open < 0) return [pattern];
  const parts: string[] = [];
  let depth = 0;
  let start = open + 1;
  for (let at = open; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === '\\') at++;
    else if (char === '{') depth++;
    else if (char === ',' && depth === 1) {
      parts.push(pattern.slice(start, at));
      start = at + 1;
    } else if (char === '}' && --depth === 0) {
      parts.push(pattern.slice(start, at));
      const [before, after] = [pattern.slice(0, open), pattern.slice(at + 1)];
      const all = parts.flatMap(part => alternativesOf(`${before}${part}${after}`));
      if (all.length > mostAlternatives) throw new NotRendered(`The pattern \`${pattern}\` has too many alternatives.`);
      return all;
    }
  }
  throw new NotRendered(`The pattern \`${pattern}\` has a brace that is not closed.`);
}

function findOpen(pattern: string): number {
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '{') return at;
  }
  return -1;
}

function readTokens(pattern: string, rules: GlobRules): Token[] {
  const tokens: Token[] = [];
  const separators = rules.are === 'argo' ? rules.separators : rules.are === 'path' ? '/' : '';
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? '';
    if (char === '*') {
      const isDouble = pattern[at + 1] === '*' && rules.are === 'argo';
      while (pattern[at + 1] === '*') at++;
      tokens.push({ is: 'many', not: isDouble ? '' : separators });
    } else if (char === '?') tokens.push({ is: 'any', not: separators });
    else if (char === '[') {
      const close = closeOf(pattern, at);
      tokens.push(readClass(pattern.slice(at + 1, close), pattern, negations[rules.are]));
      at = close;
    } else if (char === '\\') tokens.push({ is: 'char', char: pattern[++at] ?? '\\' });
    else tokens.push({ is: 'char', char });
  }
  return tokens;
}

function closeOf(pattern: string, open: number): number {
  for (let at = open + 1; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']' && at > open + 1) return at;
  }
  throw new NotRendered(`The pattern \`${pattern}\` has a bracket that is not closed.`);
}

/** What stands first in a bracket that takes all others. */
const negations = { argo: '!', path: '^', pathspec: '!^' } as const;

function readClass(content: string, pattern: string, negation: string): Token {
  const negated = negation.includes(content[0] ?? ' ');
  const chars = content.slice(negated ? 1 : 0).replace(/\\(.)/g, '$1');
  if (chars === '') throw new NotRendered(`The pattern \`${pattern}\` has an empty bracket.`);
  const ranges: [string, string][] = [];
  for (let at = 0; at < chars.length; at++) {
    const from = chars[at] ?? '';
    const isRange = chars[at + 1] === '-' && at + 2 < chars.length;
    ranges.push([from, isRange ? (chars[at + 2] ?? from) : from]);
    if (isRange) at += 2;
  }
  return { is: 'class', negated, ranges };
}

/** Steps through all places of the pattern that the text may have come to, at once. */
function matches(tokens: readonly Token[], text: string): boolean {
  let places = new Set(reach(tokens, 0));
  for (const char of text) {
    const next = new Set<number>();
    for (const place of places) {
      const token = tokens[place];
      if (token === undefined || !takes(token, char)) continue;
      for (const reached of reach(tokens, token.is === 'many' ? place : place + 1)) next.add(reached);
    }
    if (next.size === 0) return false;
    places = next;
  }
  return places.has(tokens.length);
}

/** A `*` may stand for nothing. */
function reach(tokens: readonly Token[], place: number): number[] {
  const reached = [place];
  for (let at = place; tokens[at]?.is === 'many'; at++) reached.push(at + 1);
  return reached;
}

function takes(token: Token, char: string): boolean {
  switch (token.is) {
    case 'char':
      return token.char === char;
    case 'class':
      return token.ranges.some(([from, to]) => from <= char && char <= to) !== token.negated;
    default:
      return !token.not.includes(char);
  }
}
