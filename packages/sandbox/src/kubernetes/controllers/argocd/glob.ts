/** Globs of projects and windows: `*` and `?` do not pass a separator, `**` does (github.com/gobwas/glob, without sets and braces). */
export function matchesGlob(pattern: string, value: string, separator = ''): boolean {
  if (pattern === '*') return true;
  const one = separator === '' ? '.' : `[^${separator}]`;
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map(part =>
      part === '**' ? '.*' : part === '*' ? `${one}*` : part === '?' ? one : part.replace(/[.+^${}()|[\]\\]/g, '\\$&'),
    )
    .join('');
  return new RegExp(`^${source}$`, 's').test(value);
}

/** A pattern after `!` matches what it does not name. */
export function matchesOrNot(pattern: string, value: string, separator = ''): boolean {
  return pattern.startsWith('!')
    ? !matchesGlob(pattern.slice(1), value, separator)
    : matchesGlob(pattern, value, separator);
}
