import { count, shorten } from '@suite/foundation';
import type { Check, Difference } from '../model.ts';
import { chunks, details, table } from './blocks.ts';
import { cell, prose } from './escape.ts';
import { type Section, weights } from './section.ts';
import { textCell } from './show.ts';

const messageLimit = 2000;
const rowsPerTable = 100;

const labels: Readonly<Record<Check['status'], string>> = {
  blocked: '**blocked**',
  failed: '**fails**',
  unknown: '**unknown**',
  warning: 'warning',
  later: 'decided by the apply',
  passed: 'holds',
};

const notableStatuses = ['blocked', 'failed', 'unknown', 'warning', 'later'] as const;

/** Shown also where they hold: what an approver relies on, what a plan has chosen by itself, and what verify saw run. */
const shownPrefixes = ['review/', 'choice/', 'running/'] as const;

/** Checks that somebody should look at; those that hold are counted, but for the few that are shown in any case. */
export function checkSections(checks: readonly Check[]): Section[] {
  if (checks.length === 0) return [];
  const notable = [
    ...notableStatuses.flatMap(status => checks.filter(check => check.status === status)),
    ...checks.filter(({ id, status }) => status === 'passed' && shownPrefixes.some(prefix => id.startsWith(prefix))),
  ];
  const sections = chunks(notable, rowsPerTable).map((part, index): Section => {
    const rows = part.map(({ name, status, message, remedy }) => {
      const sentence = shorten(remedy === undefined ? message : `${message} ${remedy}`, messageLimit);
      return [textCell(name), labels[status], prose(sentence, cell)];
    });
    const markdown = table(['Check', '', ''], rows);
    return {
      holds: { quantity: part.length, singular: 'check' },
      weight: weights.checks,
      markdown: index === 0 ? markdown : details(count(part.length, 'more check'), markdown),
    };
  });
  const holding = checks.length - notable.length;
  if (holding === 0) return sections;
  const markdown = `${count(holding, 'check holds', 'checks hold')}.`;
  return [...sections, { holds: { quantity: holding, singular: 'check' }, weight: weights.checks, markdown }];
}

/** What is different from the description, one row each. */
export function differenceSections(differences: readonly Difference[]): Section[] {
  const sections: Section[] = [];
  for (let from = 0; from < differences.length; from += rowsPerTable) {
    const part = differences.slice(from, from + rowsPerTable);
    const rows = part.map(({ what, path, expected, actual }) => [
      `${prose(shorten(what, messageLimit), cell)}<br>${textCell(path, 160)}`,
      textCell(expected),
      textCell(actual),
    ]);
    const markdown = table(['What', 'Expected', 'Actual'], rows);
    sections.push({
      holds: { quantity: part.length, singular: 'difference' },
      weight: weights.differences,
      markdown: from === 0 ? markdown : details(count(part.length, 'more difference'), markdown),
    });
  }
  return sections;
}

export function warningSections(warnings: readonly string[]): Section[] {
  return chunks(warnings, rowsPerTable).map(part => ({
    holds: { quantity: part.length, singular: 'warning' },
    weight: weights.warnings,
    markdown: part.map(warning => `- ${prose(shorten(warning, messageLimit))}`).join('\n'),
  }));
}
