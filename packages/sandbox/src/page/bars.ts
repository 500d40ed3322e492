import { type Html, html } from './html.ts';
import { seconds } from './small-parts.ts';
import { lookOf } from './states.ts';

/** A stretch of time, in milliseconds since 1970. */
export interface Span {
  readonly startedAt: number;
  readonly seconds: number;
}

/** Where `part` lies within `whole`, drawn in the colour of its state. */
export function bar(part: Span, whole: Span, state: string): Html {
  const total = Math.max(whole.seconds, 0.001);
  const after = (part.startedAt - whole.startedAt) / 1000;
  const left = clamp((100 * after) / total, 99);
  // A bar nobody sees says nothing.
  const width = Math.max(clamp((100 * part.seconds) / total, 100 - left), 1);
  const { tone } = lookOf(state);
  const words = `from ${seconds(Math.max(after, 0))}, for ${seconds(part.seconds)}`;
  return html`<svg class="bar" height="8" role="img" aria-label="${words}"><rect class="track" width="100%" height="8" rx="4"></rect>\
<rect class="tone-${tone}" x="${left.toFixed(2)}%" width="${width.toFixed(2)}%" height="8" rx="4"></rect></svg>`;
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, 0), most);
}
