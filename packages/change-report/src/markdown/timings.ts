import { duration, shorten } from '@suite/foundation';
import type { ChangeReport, Timing } from '../model.ts';
import { details, table } from './blocks.ts';
import { fence, mermaidText } from './escape.ts';
import { type Section, weights } from './section.ts';
import { textCell } from './show.ts';

const barLimit = 20;
const rowLimit = 100;
const nameLimit = 60;

/** Where the time went: of an apply a time line of the longest parts, and a table. */
export function timingSections({
  command,
  timings,
  startedAt,
}: Pick<ChangeReport, 'command' | 'timings' | 'startedAt'>): Section[] {
  if (timings.length === 0) return [];
  const longest = timings.toSorted((left, right) => right.durationMs - left.durationMs);
  const rows = longest.slice(0, rowLimit).map(({ name, durationMs }) => [textCell(name), duration(durationMs)]);
  const end = timings.reduce((latest, { startMs, durationMs }) => Math.max(latest, startMs + durationMs), 0);
  const began = Date.parse(startedAt);
  // A single bar says nothing that the table does not say.
  const drawn = command === 'apply' && timings.length > 1 && !Number.isNaN(began);
  const picture = drawn ? `${timeLine(longest.slice(0, barLimit), began)}\n\n` : '';
  return [
    {
      holds: { quantity: timings.length, singular: 'timing' },
      weight: weights.timings,
      markdown: details(`${duration(end)}, step by step`, `${picture}${table(['Step', 'Time'], rows)}`),
    },
  ];
}

function timeLine(timings: readonly Timing[], began: number): string {
  const bars = timings
    .toSorted((left, right) => left.startMs - right.startMs)
    .map(({ name, startMs, durationMs }) => {
      // A bar without length is not drawn at all.
      const length = Math.max(1000, Math.round(durationMs));
      // The words of the grammar stand at the beginning of a line; a dot is none.
      return `  · ${shorten(mermaidText(name), nameLimit)} :${Math.round(began + startMs)}, ${length}ms`;
    });
  return fence('mermaid', ['gantt', '  dateFormat x', '  axisFormat %H:%M:%S', ...bars]);
}
