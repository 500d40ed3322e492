import { count, sentenceList, shorten } from '@suite/foundation';
import { areaOf, type Row } from '../comment/content.ts';
import { describeDrift } from '../headline.ts';
import { openDriftSections } from '../markdown/changes.ts';
import { differenceSections } from '../markdown/checks.ts';
import { codeSpan, escapeText, link, prose } from '../markdown/escape.ts';
import { fitSections, type Room, type Section, weights } from '../markdown/section.ts';
import { clockTime } from '../markdown/summary.ts';
import type { ChangeReport, Check } from '../model.ts';
import { quoted } from '../sentences.ts';
import { type DriftContent, driftVerdict, gapsOf } from './content.ts';

/** The drift of one scope: what, who is asked to do what, what could not be looked at, and the line that binds it to its run. */
export function renderDriftIssue(content: DriftContent, room: Omit<Room, 'rest'>): string {
  const rest = `The ${link(`summaries of run ${content.run.id}`, content.run.url)} and its report artifacts hold all of it.`;
  return fitSections(
    [
      headSection(content),
      ...content.rows.flatMap(row => row.reports.flatMap(report => reportSections(row, report))),
      ...waysOut(content),
      ...noteSections(content),
      bindingSection(content),
    ],
    { ...room, rest },
  );
}

/** The verdict as one sentence without a full stop; names from outside stand in backticks. */
export function driftHeadline({ scope, rows }: Pick<DriftContent, 'scope' | 'rows'>): string {
  switch (driftVerdict(rows)) {
    case 'drifted': {
      const reports = rows.flatMap(row => row.reports);
      const drift = reports.flatMap(report => report.drift);
      const differences = reports.flatMap(report => report.differences);
      return `${quoted(scope)}: ${describeDrift({ drift, differences })}`;
    }
    case 'clean':
      return `${quoted(scope)} is as its last apply left it`;
    case 'incomplete':
      return `${quoted(scope)} could not be looked at to the end`;
  }
}

/** GitHub shows a title as it is. */
export function driftTitle({ platform, scope }: Pick<DriftContent, 'platform' | 'scope'>): string {
  return `Drift in ${scope} of ${platform}`;
}

function headSection(content: DriftContent): Section {
  return section('verdict', weights.verdict, `### ${prose(shorten(driftHeadline(content), 400))}`);
}

function reportSections(row: Row, report: ChangeReport): Section[] {
  return [
    ...titled(`${areaOf(report)} of ${row.title}`, openDriftSections(report.drift)),
    ...titled(`${areaOf(report)} of ${row.title}, out of sight of every plan`, differenceSections(report.differences)),
  ];
}

function titled(title: string, [first, ...others]: readonly Section[]): Section[] {
  if (first === undefined) return [];
  return [{ ...first, markdown: `**${escapeText(title)}**\n\n${first.markdown}` }, ...others];
}

/** Both ways out of drift: undo it, or make it what is wanted. */
function waysOut(content: DriftContent): Section[] {
  const reports = content.rows.flatMap(row => row.reports);
  const seen = reports.some(({ drift }) => drift.length > 0);
  const unseen = reports.some(({ differences }) => differences.length > 0);
  if (!seen && !unseen) return [];
  const settings = settingsOf(reports);
  const where = settings.length === 0 ? '' : `, at ${sentenceList(settings.map(codeSpan))}`;
  const lines = [
    ...(seen
      ? [
          '- **Undo it:** the next promotion puts it back. Open a pull request (an empty commit is enough): its comment shows what is put back, and merging it does so. Where somebody approves the environment, running its last promotion again will do.',
        ]
      : []),
    ...(unseen
      ? ['- **Undo by hand** what is out of sight of every plan, where it was made: no apply puts it back.']
      : []),
    `- **Keep it:** write it into ${codeSpan(content.file)}${where}. A pull request that does so plans nothing for it any more.`,
    ...content.repairs.map(
      ({ number, title, url }) =>
        `- ${link(`Pull request ${number}`, url)} (${escapeText(shorten(title, 120))}) would put it back: its last plan changes what drifted.`,
    ),
  ];
  return [section('list of ways out', weights.danger, `**Two ways out**\n\n${lines.join('\n')}`)];
}

/** What decides in the platform file what was changed. */
function settingsOf(reports: readonly ChangeReport[]): string[] {
  const named = reports.flatMap(({ drift }) =>
    drift.flatMap(({ attributes }) => attributes.flatMap(({ setting }) => setting ?? [])),
  );
  return [...new Set(named)].slice(0, 10);
}

function noteSections({ rows }: DriftContent): Section[] {
  const gaps = rows.flatMap(gapsOf);
  const waiting = rows.flatMap(waitingOf);
  const told = rows.flatMap(({ title, reports }) =>
    reports.flatMap(({ checks, warnings }) =>
      [...checks.filter(isTold).map(sentence), ...warnings].map(text => `${title}: ${text}`),
    ),
  );
  return [
    ...listSection('Could not be looked at', weights.differences, gaps),
    ...listSection('Worth knowing', weights.warnings, [...told, ...waiting]),
  ];
}

/** Who owns what by now, and whether an apply would be let put it back. */
const isTold = ({ status }: Check) => status === 'blocked' || status === 'warning';
const sentence = ({ message, remedy }: Check) => (remedy === undefined ? message : `${message} ${remedy}`);

const shown = 20;
const limit = 600;

function listSection(title: string, weight: number, sentences: readonly string[]): Section[] {
  if (sentences.length === 0) return [];
  const lines = sentences.slice(0, shown).map(sentence => `- ${prose(shorten(sentence, limit))}`);
  if (sentences.length > shown) lines.push(`- ${count(sentences.length - shown, 'more')}`);
  return [section(`list “${title}”`, weight, `**${title}**\n\n${lines.join('\n')}`)];
}

/** Changes of the platform file that no apply has brought there yet. */
function waitingOf({ title, reports }: Row): string[] {
  return reports.flatMap(report => {
    const drifted = new Set(report.drift.map(({ address }) => address));
    const waiting = report.changes.filter(({ address }) => !drifted.has(address));
    return waiting.length === 0
      ? []
      : [
          `${title}: ${count(waiting.length, 'change')} of the platform file ${waiting.length === 1 ? 'waits' : 'wait'} for an apply (${areaOf(report).toLowerCase()}).`,
        ];
  });
}

function bindingSection({ commit, run, finishedAt, since }: DriftContent): Section {
  const parts = [
    `Seen since ${clockTime(since)}`,
    `last looked at by ${link(`run ${run.id}`, run.url)}${run.attempt === '1' ? '' : `, attempt ${escapeText(run.attempt)}`} at ${clockTime(finishedAt)}`,
    `compared with ${codeSpan(commit.head.slice(0, 7))}`,
    'this issue closes by itself',
  ];
  return section('last line', weights.binding, parts.join(' · '));
}

function section(singular: string, weight: number, markdown: string): Section {
  return { holds: { quantity: 1, singular }, weight, markdown };
}
