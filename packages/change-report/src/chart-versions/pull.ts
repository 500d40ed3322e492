import { createHash } from 'node:crypto';
import { count, sentenceList, shorten } from '@suite/foundation';
import { z } from 'zod';
import { hiddenMarker } from '../comment/hidden.ts';
import { alert } from '../markdown/blocks.ts';
import { detailSections, tableSections } from '../markdown/changes.ts';
import { codeSpan, escapeText, prose } from '../markdown/escape.ts';
import { fitSections, type Room, type Section, weights } from '../markdown/section.ts';
import type { Change } from '../model.ts';
import { countKinds } from '../risk.ts';
import { describeCounts } from '../sentences.ts';
import { type ChartDifference, type ChartProposals, type ChartRow, proposedVersion } from './content.ts';
import { stepSentence, supportLines } from './render.ts';

/** A newer chart of one release, for all environments that have an older one. */
export interface ChartProposal {
  readonly release: string;
  readonly rows: readonly ChartRow[];
  readonly differences: readonly ChartDifference[];
}

/** One for each release that has something newer, in the order of the rows. */
export function chartProposals({ rows, differences }: ChartProposals): readonly ChartProposal[] {
  const newer = rows.filter(row => proposedVersion(row) !== undefined);
  return [...Map.groupBy(newer, ({ release }) => release)].map(([release, own]) => ({
    release,
    rows: own,
    differences: differences.filter(one => one.release === release),
  }));
}

/** `v1.22.0`; the versions where environments are apart. Two proposals of the same are one. */
export function proposedVersions({ rows }: Pick<ChartProposal, 'rows'>): string {
  return sentenceList([...new Set(rows.flatMap(row => proposedVersion(row)?.version ?? []))]);
}

/** GitHub shows a title as it is; the headline of its commits, too. */
export function chartPullTitle({ release, rows }: Pick<ChartProposal, 'release' | 'rows'>): string {
  return `Update the chart of ${release} to ${proposedVersions({ rows })}`;
}

/** What the description of a pull request says of itself, hidden in its first line; it proves nothing. */
export interface ChartPullMarker {
  /** Path of the file that is changed. */
  readonly file: string;
  readonly release: string;
  readonly versions: string;
  /** Of the text below the marker, as it was written. */
  readonly content: string;
  /** Set when it is closed by whom it was opened: nobody has turned it down. */
  readonly ended?: true | undefined;
}

const hidden = hiddenMarker<ChartPullMarker>(
  'platform-chart:v1',
  z.object({
    file: z.string(),
    release: z.string(),
    versions: z.string(),
    content: z.string(),
    ended: z.literal(true).optional(),
  }),
);

export const readChartPullMarker = hidden.read;

/** The description with its marker. The same proposal gives the same text, whichever run makes it. */
export function renderChartPull(
  proposal: ChartProposal,
  file: string,
  room: Omit<Room, 'rest'>,
): { readonly body: string; readonly marker: ChartPullMarker } {
  const rest = 'The plan on this pull request holds all of it.';
  const content = fitSections(chartPullSections(proposal), { ...room, rest });
  const marker: ChartPullMarker = {
    file,
    release: proposal.release,
    versions: proposedVersions(proposal),
    content: createHash('sha256').update(content).digest('hex'),
  };
  return { body: `${hidden.write(marker)}\n${content}`, marker };
}

/** The same description once the pull request is closed by whom it was opened. */
export function endChartPull(body: string, marker: ChartPullMarker): string {
  return `${hidden.write({ ...marker, ended: true })}${body.slice(body.indexOf('-->') + 3)}`;
}

function chartPullSections({ rows, differences, release }: ChartProposal): Section[] {
  return [
    ...rows.map(row => section('step', weights.verdict, stepOf(row))),
    ...groupsOf(differences).flatMap(group => differenceSections(group, release)),
    section('last line', weights.binding, lastLine),
  ];
}

const lastLine =
  'Kept up to date until somebody else commits to its branch, and closed when it is not needed any more. Closed by hand, it stays closed until there is a newer version.';

function stepOf(row: ChartRow): string {
  const to = proposedVersion(row);
  if (to === undefined) return '';
  const { compatible, newest, environments } = row;
  const lines = [
    `**${escapeText(environments.join(', '))}**: ${stepSentence(row, to)} It comes from ${codeSpan(row.from)}.`,
    ...supportLines(row),
  ];
  if (compatible !== undefined && newest !== undefined) {
    lines.push(
      `There is ${codeSpan(newest.version)}, too, which its number calls incompatible: it is proposed once this one is taken.`,
    );
  }
  return lines.join('\n\n');
}

interface Group extends Pick<ChartDifference, 'changes' | 'omitted' | 'problem'> {
  readonly environments: readonly string[];
}

/** Environments in which the same becomes different are told as one. */
function groupsOf(differences: readonly ChartDifference[]): readonly Group[] {
  const same = Map.groupBy(differences, ({ changes, omitted, problem, from, to }) =>
    JSON.stringify([changes, omitted, problem, from, to]),
  );
  return [...same.values()].flatMap(group => {
    const [first] = group;
    return first === undefined ? [] : [{ ...first, environments: group.map(({ environment }) => environment) }];
  });
}

function differenceSections({ environments, changes, omitted, problem }: Group, release: string): Section[] {
  const heading = `### ${escapeText(environments.join(', '))}`;
  if (problem !== undefined) {
    const why = alert(
      'WARNING',
      `It cannot be rendered with the values of the platform file: ${prose(shorten(problem, 2000))}`,
    );
    return [section(`difference of ${release}`, weights.danger, `${heading}\n\n${why}`)];
  }
  const named = changes.filter(isNameOnly);
  const others = changes.filter(change => !isNameOnly(change));
  const lines = [
    others.length === 0
      ? 'Nothing becomes different but the chart’s own version.'
      : `${describeCounts(countKinds(others))}.`,
    ...(named.length === 0 ? [] : [`${count(named.length, 'object')} more in labels that name the version alone.`]),
    ...(omitted === 0 ? [] : [`${count(omitted, 'more object')} would be too long for this page.`]),
  ];
  return [
    section(`difference of ${release}`, weights.danger, `${heading}\n\n${lines.join(' ')}`),
    ...(others.length === 0 ? [] : [...tableSections(others), ...detailSections(others)]),
  ];
}

/** Labels in which charts name their version. */
const versionLabels = /\blabels(?:\.(?:chart|version)|\["(?:helm\.sh\/chart|app\.kubernetes\.io\/version)"\])$/;

/** Nobody has to look at it, and nothing restarts by it. */
function isNameOnly({ kind, effect, attributes }: Change): boolean {
  return kind === 'update' && effect === undefined && attributes.every(({ path }) => versionLabels.test(path));
}

function section(singular: string, weight: number, markdown: string): Section {
  return { holds: { quantity: 1, singular }, weight, markdown };
}
