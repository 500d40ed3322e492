/**
 * Patterns as Argo CD matches them (github.com/gobwas/glob, util/glob/glob.go): `*` stops at separators, `**` does not; `?`, `[a-z]`,
 * `[!a]` and `{one,other}` as in shells. A pattern that cannot be read matches nothing.
 */
export function matchesGlob(pattern: string, text: string, separators = ''): boolean {
  if (pattern === '*') return true;
  return compile(pattern, separators)?.test(text) ?? false;
}

function compile(pattern: string, separators: string): RegExp | undefined {
  const one = separators === '' ? '.' : `[^${literally(separators)}]`;
  let source = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const sign = pattern[at] as string;
    if (sign === '\\') {
      source += literally(pattern[++at] ?? '');
    } else if (sign === '*') {
      const isDouble = pattern[at + 1] === '*';
      if (isDouble) at++;
      source += isDouble ? '.*' : `${one}*`;
    } else if (sign === '?') {
      source += one;
    } else if (sign === '[') {
      const end = pattern.indexOf(']', at + 2);
      if (end < 0) return undefined;
      const inside = pattern.slice(at + 1, end);
      const isNegated = inside.startsWith('!');
      source += `[${isNegated ? '^' : ''}${inside.slice(isNegated ? 1 : 0).replace(/[\\\]^[]/g, '\\$&')}]`;
      at = end;
    } else if (sign === '{') {
      depth++;
      source += '(?:';
    } else if (sign === '}' && depth > 0) {
      depth--;
      source += ')';
    } else if (sign === ',' && depth > 0) {
      source += '|';
    } else {
      source += literally(sign);
    }
  }
  if (depth > 0) return undefined;
  try {
    return new RegExp(`^${source}$`, 's');
  } catch {
    return undefined;
  }
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}
