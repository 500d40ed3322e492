import { utf8Length } from '@suite/foundation';
import { type Risk, risks } from '../model.ts';

/** A block that is shown as a whole or not at all. */
export interface Section {
  /** What a reader would miss, in Markdown: `details of 25 created`. */
  readonly title: string;
  /** What weighs less is left out first. */
  readonly weight: number;
  readonly markdown: string;
}

/** The order in which sections are given up: proof of detail first, then by risk, and the verdict never before the rest. */
export const weights = {
  proof: 1,
  timings: 2,
  outputs: 4,
  details: (risk: Risk) => 10 + 10 * risks.indexOf(risk),
  table: (risk: Risk) => 18 + 10 * risks.indexOf(risk),
  drift: 30,
  checks: 60,
  warnings: 65,
  differences: 70,
  danger: 80,
  binding: 90,
  verdict: 100,
} as const;

const titlesInNote = 5;
const noteReserve = 700;

/**
 * As many whole sections as fit into `limitBytes` of UTF-8: of those that weigh least the largest go first. A sentence
 * says what is missing; the last line stays the one that binds the report to its plan.
 */
export function fitSections(sections: readonly Section[], limitBytes: number): string {
  const sized = sections.map(section => ({ section, bytes: utf8Length(section.markdown) + 2 }));
  let total = sized.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= limitBytes) return join(sections);
  const expendable = sized.toSorted(
    (left, right) => left.section.weight - right.section.weight || right.bytes - left.bytes,
  );
  const dropped = new Set<Section>();
  for (const { section, bytes } of expendable) {
    if (total + noteReserve <= limitBytes) break;
    dropped.add(section);
    total -= bytes;
  }
  const kept = sections.filter(section => !dropped.has(section));
  if (kept.length === 0) return '';
  const note = {
    title: 'note',
    weight: 0,
    markdown: describeDropped(sections.filter(section => dropped.has(section))),
  };
  const binding = kept.at(-1)?.weight === weights.binding ? kept.splice(-1) : [];
  return join([...kept, note, ...binding]);
}

function describeDropped(sections: readonly Section[]): string {
  const titles = [...new Set(sections.map(section => section.title))];
  const others = titles.length - titlesInNote;
  const list = titles.slice(0, titlesInNote).join(', ');
  return `_Left out to keep within the size limit: ${list}${others > 0 ? ` and ${others} more` : ''}. The report holds all of it._`;
}

function join(sections: readonly Section[]): string {
  return sections.map(section => `${section.markdown}\n`).join('\n');
}
