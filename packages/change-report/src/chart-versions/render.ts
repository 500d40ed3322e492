import { count, shorten } from '@suite/foundation';
import { alert, table } from '../markdown/blocks.ts';
import { cell, codeSpan, escapeText, fence, link, prose } from '../markdown/escape.ts';
import { fitSections, type Room, type Section, weights } from '../markdown/section.ts';
import { clockTime } from '../markdown/summary.ts';
import {
  type ChartRow,
  type ChartVersion,
  type ChartVersions,
  chartVerdict,
  isNewer,
  isOutOfSupport,
} from './content.ts';

/** Everything that an issue about newer charts is rendered from. */
export interface ChartsContent extends ChartVersions {
  /** Path of the platform file, as people name it. */
  readonly file: string;
  readonly commit: { readonly head: string };
  readonly run: { readonly id: string; readonly url: string };
  /** ISO 8601. */
  readonly finishedAt: string;
  /** ISO 8601; since when something was newer. */
  readonly since: string;
}

/** One sentence without a full stop. */
export function chartsHeadline(found: Pick<ChartVersions, 'rows'>): string {
  const over = found.rows.filter(isOutOfSupport).length;
  const ended =
    over === 0 ? '' : `; ${over === 1 ? 'one' : over} of those that run ${over === 1 ? 'is' : 'are'} out of support`;
  return `${whatIsNewer(found)}${ended}`;
}

function whatIsNewer(found: Pick<ChartVersions, 'rows'>): string {
  const newer = found.rows.filter(isNewer).length;
  switch (chartVerdict(found)) {
    case 'newer':
      return newer === 1 ? 'One chart has a newer version' : `${count(newer, 'chart')} have newer versions`;
    case 'current':
      return `All ${count(found.rows.length, 'chart')} are the newest ones`;
    case 'incomplete':
      return 'Not every registry could be asked, and nothing newer was found in the others';
  }
}

/** GitHub shows a title as it is. */
export function chartsTitle({ platform }: Pick<ChartVersions, 'platform'>): string {
  return `Newer charts for ${platform}`;
}

/** The comment with which an issue is closed. */
export function chartsNote({ run }: Pick<ChartsContent, 'run'>): string {
  return `**Nothing newer.** ${link(`Run ${run.id}`, run.url)} asked every registry. This issue is opened again when something newer comes.`;
}

/** Why something could not be looked up, one sentence each. */
export function chartGaps({ rows }: Pick<ChartVersions, 'rows'>): string[] {
  return rows.flatMap(({ release, problem }) => (problem === undefined ? [] : [`\`${release}\`: ${problem}`]));
}

/** What there is, what may be set where, and what is to be known before. */
export function renderChartsIssue(content: ChartsContent, room: Omit<Room, 'rest'>): string {
  const rest = `The ${link(`summary of run ${content.run.id}`, content.run.url)} holds all of it.`;
  return fitSections([...chartsSections(content), section('last line', weights.binding, bindingLine(content))], {
    ...room,
    rest,
  });
}

/** For the summary of the job that looked, too. */
export function chartsSections(found: ChartVersions & { readonly file: string }): Section[] {
  const newer = found.rows.filter(isNewer);
  return [
    section('verdict', weights.verdict, `### ${escapeText(chartsHeadline(found))}`),
    section('table', weights.danger, overview(found.rows)),
    ...(newer.length === 0 ? [] : [section('way', weights.danger, wayOf(found.file))]),
    ...newer.map(row => section(`proposal for ${row.release}`, weights.differences, proposalOf(row))),
    ...gapSections(found),
  ];
}

function overview(rows: readonly ChartRow[]): string {
  return table(
    ['Release', 'Environments', 'Runs', 'Support', 'Tested with', 'Newest'],
    rows.map(({ release, environments, version, support, tested, newest, problem }) => [
      cell(release),
      escapeText(environments.join(', ')),
      cell(version),
      support === undefined ? '' : support.isOver ? '**ended**' : (support.until ?? ''),
      tested === undefined ? '' : cell(tested),
      problem !== undefined ? 'unknown' : newest === undefined ? '' : `**${escapeText(newest.version)}**`,
    ]),
  );
}

function wayOf(file: string): string {
  return `To take one, put its lines under the first environment of ${codeSpan(file)} in a pull request: its comment shows what becomes different in the cluster. Move them to \`defaults:\` once it runs there.`;
}

function proposalOf(row: ChartRow): string {
  const { release, version, tested, newest, compatible, isBehind } = row;
  const lines = [`**${escapeText(release)}**, from ${codeSpan(row.from)}`, ...supportLines(row)];
  if (isBehind && tested !== undefined) {
    lines.push(
      `The suite is tested with ${codeSpan(tested)} by now, which is newer than ${codeSpan(version)} of the platform file: remove \`version\` and \`digest\` at ${codeSpan(row.setting)}.`,
    );
  }
  if (compatible !== undefined) lines.push(`${stepSentence(row, compatible)}\n\n${linesOf(row, compatible)}`);
  if (newest !== undefined) {
    const step = compatible === undefined ? '' : ' It is no compatible step: read its notes before.';
    lines.push(`${stepSentence(row, newest)}${step}\n\n${linesOf(row, newest)}`);
  }
  return lines.join('\n\n');
}

/** What its makers say of what runs. */
export function supportLines({ support }: ChartRow): string[] {
  if (support === undefined) return [];
  const line = `${prose(support.says)}, as ${link('its makers say', support.source)}.`;
  return [support.isOver ? alert('WARNING', line) : line];
}

/** From which version to which one, and whether the suite was tested with it. */
export function stepSentence({ version, tested, isTested }: ChartRow, to: ChartVersion): string {
  const step = `From ${codeSpan(version)} to ${codeSpan(to.version)}.`;
  if (tested === undefined) return step;
  return isTested
    ? `${step} The suite was tested with ${codeSpan(tested)}.`
    : `${step} The suite was **not tested with it**, but with ${codeSpan(tested)}: values may be named otherwise.`;
}

/** As the platform file has it. */
function linesOf({ setting }: ChartRow, { version, digest }: ChartVersion): string {
  const steps = setting.split('.');
  const indent = '  '.repeat(steps.length);
  return fence('text', [
    ...steps.map((step, depth) => `${'  '.repeat(depth)}${step}:`),
    `${indent}version: ${version}`,
    `${indent}digest: ${digest}`,
  ]);
}

function gapSections(found: ChartVersions): Section[] {
  const gaps = chartGaps(found);
  if (gaps.length === 0) return [];
  const lines = gaps.map(gap => `- ${prose(shorten(gap, 600))}`);
  return [section('list “Could not be asked”', weights.warnings, `**Could not be asked**\n\n${lines.join('\n')}`)];
}

function bindingLine({ since, run, finishedAt, commit }: ChartsContent): string {
  return [
    `Newer since ${clockTime(since)}`,
    `last looked at by ${link(`run ${run.id}`, run.url)} at ${clockTime(finishedAt)}`,
    `for ${codeSpan(commit.head.slice(0, 7))}`,
    'this issue closes by itself',
  ].join(' · ');
}

function section(singular: string, weight: number, markdown: string): Section {
  return { holds: { quantity: 1, singular }, weight, markdown };
}
