import { chunks, details } from '../markdown/blocks.ts';
import { changesPerFold, changeTable, detailFence, driftSections, outputSections } from '../markdown/changes.ts';
import { escapeText } from '../markdown/escape.ts';
import { type Section, weights } from '../markdown/section.ts';
import type { Change, ChangeReport } from '../model.ts';
import { byRisk, countKinds, highestRisk } from '../risk.ts';
import { describeCounts } from '../sentences.ts';
import { areaOf, type Row } from './content.ts';

/** Folded blocks of one scope and region, whose titles say what is inside: table and every attribute that may be shown. */
export function foldSections(row: Row): Section[] {
  return row.reports.flatMap(report => [
    ...changeFolds(row, report),
    ...titled(row, report, [...driftSections(report.drift), ...outputSections(report.outputs)]),
  ]);
}

function changeFolds(row: Row, report: ChangeReport): Section[] {
  const changes = report.changes.toSorted(byRisk);
  return chunks(changes, changesPerFold).map((part, index): Section => {
    const from = index * changesPerFold;
    const range = changes.length > changesPerFold ? `, ${from + 1}–${from + part.length} of ${changes.length}` : '';
    return {
      holds: { quantity: part.length, singular: 'change in detail', plural: 'changes in detail' },
      weight: weights.details(highestRisk(part)),
      markdown: details(`${title(row, report)}${range}: ${describeCounts(countKinds(part), 'planned')}`, body(part)),
    };
  });
}

function body(part: readonly Change[]): string {
  const fenced = part.filter(({ attributes }) => attributes.length > 0);
  const rows = changeTable(part);
  return fenced.length === 0 ? rows : `${rows}\n\n${detailFence(fenced)}`;
}

function title(row: Row, report: ChangeReport): string {
  return escapeText(`${areaOf(report)} · ${row.title}`);
}

/** Folds that are made for one report, in a page about many. */
function titled(row: Row, report: ChangeReport, sections: readonly Section[]): Section[] {
  const summary = '<details><summary>';
  return sections.map(section => ({
    ...section,
    markdown: section.markdown.replace(summary, () => `${summary}${title(row, report)}: `),
  }));
}
