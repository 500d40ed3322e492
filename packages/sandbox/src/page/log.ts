import { type Html, html, nothing } from './html.ts';

/** Lines of a step's log that the page shows; the last ones tell how it ended. */
export const shownLines = 2000;

const loud = /^\s*(?:##\[)?(error|warning|notice)\b[:\]]/i;

/** `from`: where a long log is read first; one that failed says why at its end. */
export function renderLog(
  lines: readonly string[],
  { name, from }: { readonly name: string; readonly from: 'start' | 'end' },
): Html {
  if (lines.length === 0) return html`<p class="muted empty">No output.</p>`;
  const hidden = Math.max(0, lines.length - shownLines);
  const notice =
    hidden === 0
      ? nothing
      : html`<p class="muted empty">The first ${hidden} of ${lines.length} lines are not shown here.</p>`;
  return html`${notice}<div class="log from-${from}" tabindex="0" role="region" aria-label="Log of ${name}"><ol start="${hidden + 1}">${lines
    .slice(hidden)
    .map(renderLine)}</ol></div>`;
}

function renderLine(line: string): Html {
  const level = loud.exec(line)?.[1]?.toLowerCase();
  return level === undefined ? html`<li>${line}\n` : html`<li class="log-${level}">${line}\n`;
}
