import { table } from '../markdown/blocks.ts';
import { cell, escapeText, prose } from '../markdown/escape.ts';
import { type DriftContent, driftVerdict } from './content.ts';
import { driftHeadline } from './render.ts';

/** The table of a job summary: what was found in each scope. */
export function driftOverview(found: readonly Pick<DriftContent, 'scope' | 'rows'>[]): string {
  const rows = found.map(one => [
    escapeText(one.scope),
    driftVerdict(one.rows) === 'clean' ? 'clean' : `**${driftVerdict(one.rows)}**`,
    prose(driftHeadline(one), cell),
  ]);
  return table(['Environment', '', ''], rows);
}
