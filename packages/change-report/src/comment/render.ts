import { count, shorten } from '@suite/foundation';
import { chunks, details, table } from '../markdown/blocks.ts';
import { cell, codeSpan, escapeText, link, prose } from '../markdown/escape.ts';
import { fitSections, type Room, type Section, weights } from '../markdown/section.ts';
import { clockTime } from '../markdown/summary.ts';
import { areaOf, type CommentContent } from './content.ts';
import { dangerSections } from './danger.ts';
import { findingLines } from './findings.ts';
import { foldSections } from './folds.ts';
import { commentHeadline } from './headline.ts';
import { describeOnlySomewhere } from './only-somewhere.ts';
import { overviewTable } from './overview.ts';

/**
 * All environments in one: verdict, table, danger, what differs between them, the rest folded, and the line that binds it to
 * commit and run. Whole folded blocks are left out where there is no room, the least risky and of these the largest first.
 */
export function renderComment(content: CommentContent, room: Omit<Room, 'rest'>): string {
  const rest = `The ${link(`summaries of run ${content.run.id}`, content.run.url)} and its report artifacts hold all of it.`;
  return fitSections(commentSections(content), { ...room, rest });
}

function commentSections(content: CommentContent): Section[] {
  const { rows } = content;
  return [
    verdictSection(content),
    ...overviewSections(content),
    ...dangerSections(content),
    ...noteSections(content),
    ...rows.flatMap(foldSections),
    ...proofSections(content),
    bindingSection(content),
  ];
}

function verdictSection(content: CommentContent): Section {
  const { platform } = content;
  const heading = `### Platform plan${platform === '' ? '' : ` of ${codeSpan(shorten(platform, 80))}`}: ${prose(shorten(commentHeadline(content), 400))}`;
  return {
    holds: { quantity: 1, singular: 'verdict' },
    weight: weights.verdict,
    markdown: heading,
  };
}

const rowsInSight = 30;

/** The table: a screenful in sight, the rest folded. */
function overviewSections({ rows }: CommentContent): Section[] {
  return chunks(rows, rowsInSight).map((part, index) => ({
    holds: { quantity: part.length, singular: 'environment' },
    // The first rows are the first screen; the others count like dangers.
    weight: index === 0 ? weights.overview : weights.danger,
    markdown:
      index === 0 ? overviewTable(part) : details(`${count(part.length, 'more environment')}`, overviewTable(part)),
  }));
}

function noteSections({ rows }: CommentContent): Section[] {
  const parts: string[] = [];
  const only = describeOnlySomewhere(rows);
  if (only !== undefined) parts.push(`**Only in some environments:** ${prose(only)}.`);
  const findings = findingLines(rows);
  if (findings.length > 0) parts.push(`**Worth knowing:**\n\n${findings.join('\n')}`);
  return parts.map(markdown => ({
    holds: { quantity: 1, singular: 'list of findings', plural: 'lists of findings' },
    weight: weights.warnings,
    markdown,
  }));
}

/** Which plan is meant, to the last digit. */
function proofSections({ rows }: CommentContent): Section[] {
  const lines = rows.flatMap(row =>
    row.reports.map(report => [
      escapeText(row.title),
      escapeText(areaOf(report)),
      report.digest === undefined ? '' : cell(report.digest),
      clockTime(report.finishedAt),
    ]),
  );
  if (lines.length === 0) return [];
  return [
    {
      holds: { quantity: 1, singular: 'table of digests' },
      weight: weights.proof,
      markdown: details('Proof', table(['Environment', '', 'Plan digest', 'Planned'], lines)),
    },
  ];
}

function bindingSection({ commit, run, finishedAt }: CommentContent): Section {
  const parts = [`Plan of ${codeSpan(commit.head.slice(0, 7))}`];
  parts.push(`${link(`run ${run.id}`, run.url)}${run.attempt === '1' ? '' : `, attempt ${escapeText(run.attempt)}`}`);
  parts.push(clockTime(finishedAt));
  return { holds: { quantity: 1, singular: 'last line' }, weight: weights.binding, markdown: parts.join(' · ') };
}
