/** GitHub's coloured box. `markdown` is one line and already safe. */
export function alert(kind: 'NOTE' | 'IMPORTANT' | 'WARNING' | 'CAUTION', markdown: string): string {
  return `> [!${kind}]\n> ${markdown}`;
}

/** A folded block. `title` is safe inside HTML, `body` is Markdown. */
export function details(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

/** Rows of cells that are already safe. `headings` may be empty strings. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => ':--')), ...rows.map(line)].join('\n');
}

/** A table without the columns that say nothing: a phone shows few. */
export function filledTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const filled = headings.map((_, column) => rows.some(row => row[column] !== ''));
  const only = (cells: readonly string[]) => cells.filter((_, column) => filled[column]);
  return table(only(headings), rows.map(only));
}

/** Parts of at most `size`, the first of at most `first`. */
export function chunks<T>(items: readonly T[], size: number, first = size): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; ) {
    const part = items.slice(from, from + (parts.length === 0 ? first : size));
    parts.push(part);
    from += part.length;
  }
  return parts;
}
