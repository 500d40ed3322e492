import { count, sentenceList, utf8Length } from '@suite/foundation';
import { type Risk, risks } from '../model.ts';

/** A block that is shown as a whole or not at all. */
export interface Section {
  /** What a reader misses without it. */
  readonly holds: Contents;
  /** What weighs less is left out first. */
  readonly weight: number;
  readonly markdown: string;
}

/** `{ quantity: 25, singular: 'created resource in detail', plural: … }`; contents with the same singular are added up. */
export interface Contents {
  readonly quantity: number;
  readonly singular: string;
  readonly plural?: string;
}

/** The order in which sections are given up: proof of detail first, then by risk, and the verdict never before the rest. */
export const weights = {
  proof: 1,
  timings: 2,
  outputs: 4,
  details: (risk: Risk) => 10 + 10 * risks.indexOf(risk),
  table: (risk: Risk) => 18 + 10 * risks.indexOf(risk),
  drift: 30,
  warnings: 59,
  checks: 60,
  differences: 70,
  danger: 80,
  binding: 90,
  overview: 95,
  verdict: 100,
} as const;

export interface Room {
  readonly limit: number;
  /** How the place counts: bytes of UTF-8 by default. */
  readonly measure?: (text: string) => number;
  /** Markdown that says where what is left out can be read. */
  readonly rest?: string;
}

/**
 * As many whole sections as there is room for: of those that weigh least the largest go first. A sentence says what is
 * missing; the last line stays the one that binds the report to its plan.
 */
export function fitSections(
  sections: readonly Section[],
  { limit, measure = utf8Length, rest = 'The report file holds all of it.' }: Room,
): string {
  const sized = sections.map(section => ({ section, size: measure(section.markdown) + separator }));
  let total = sized.reduce((sum, { size }) => sum + size, 0);
  if (total <= limit) return join(sections);
  const dropped = new Set<Section>();
  const missing = new Missing();
  for (const { section, size } of sized.toSorted(byWorth)) {
    dropped.add(section);
    missing.add(section.holds);
    total -= size;
    const note = missing.describe(rest);
    if (total + measure(note) + separator > limit) continue;
    const kept = sections.filter(candidate => !dropped.has(candidate));
    return kept.length === 0 ? '' : join(insertNote(kept, note));
  }
  // Where not even the sentence about what is missing fits, the verdict alone may.
  return sized.toSorted(byWorth).findLast(({ size }) => size <= limit)?.section.markdown ?? '';
}

const separator = 2;

interface Sized {
  readonly section: Section;
  readonly size: number;
}

function byWorth(left: Sized, right: Sized): number {
  return left.section.weight - right.section.weight || right.size - left.size;
}

class Missing {
  readonly #contents = new Map<string, Contents>();

  add(contents: Contents): void {
    const { singular, quantity } = contents;
    this.#contents.set(singular, { ...contents, quantity: quantity + (this.#contents.get(singular)?.quantity ?? 0) });
  }

  /** What was left out last, and so matters most, comes first. */
  describe(rest: string): string {
    const parts = [...this.#contents.values()]
      .toReversed()
      .map(({ quantity, singular, plural }) => count(quantity, singular, plural));
    return `_Left out to keep within the size limit: ${sentenceList(parts)}. ${rest}_`;
  }
}

function insertNote(kept: readonly Section[], note: string): readonly Pick<Section, 'markdown'>[] {
  const at = kept.at(-1)?.weight === weights.binding ? kept.length - 1 : kept.length;
  return [...kept.slice(0, at), { markdown: note }, ...kept.slice(at)];
}

function join(sections: readonly Pick<Section, 'markdown'>[]): string {
  return sections.map(section => `${section.markdown}\n`).join('\n');
}
