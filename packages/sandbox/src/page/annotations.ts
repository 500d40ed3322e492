import type { Html } from './html.ts';
import { html, nothing } from './html.ts';
import { lookOf, stateIcon } from './states.ts';

/** What GitHub shows of an annotation, whether a step or a check run made it. */
export interface ShownAnnotation {
  readonly level: string;
  readonly title?: string | undefined;
  readonly message: string;
  readonly path?: string | undefined;
  readonly line?: number | undefined;
  /** Job or check that made it. */
  readonly source: Html;
}

export function renderAnnotations(annotations: readonly ShownAnnotation[]): Html {
  if (annotations.length === 0) return nothing;
  return html`<ul class="annotations">${annotations.map(renderAnnotation)}</ul>`;
}

function renderAnnotation({ level, title, message, path, line, source }: ShownAnnotation): Html {
  const { tone } = lookOf(level);
  const place = path === undefined ? nothing : html`<code>${path}${line === undefined ? '' : `#L${line}`}</code>`;
  return html`<li class="annotation border-${tone}">${stateIcon(level)}<div>
<p>${title === undefined ? nothing : html`<strong>${title}</strong> `}<span class="muted">${source}</span> ${place}</p>
<pre class="message">${message}</pre></div></li>`;
}
