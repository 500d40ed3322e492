import { count, shorten } from '@suite/foundation';
import { allowanceId } from '../allowance.ts';
import { headline } from '../headline.ts';
import type { ChangeReport } from '../model.ts';
import { byRisk, countKinds, highestRisk } from '../risk.ts';
import { describeCounts } from '../sentences.ts';
import { details, table } from './blocks.ts';
import { detailSections, driftSections, openDriftSections, outputSections, tableSections } from './changes.ts';
import { checkSections, differenceSections, warningSections } from './checks.ts';
import { dangerSections } from './danger.ts';
import { cell, codeSpan, escapeText, link, prose } from './escape.ts';
import { type Section, weights } from './section.ts';
import { riskLabel } from './show.ts';
import { timingSections } from './timings.ts';

/** The job summary of a report: verdict, danger, changes, proof. */
export function summarySections(report: ChangeReport): Section[] {
  const changes = report.changes.toSorted(byRisk);
  // Those of `allow:` are told with the change that needs them.
  const told = new Set(changes.flatMap(({ allowKey }) => (allowKey === undefined ? [] : allowanceId(allowKey))));
  const isAboutDrift = report.command === 'drift';
  return [
    verdictSection(report),
    ...(isAboutDrift ? openDriftSections(report.drift) : []),
    ...dangerSections(changes, report),
    ...differenceSections(report.differences),
    ...checkSections(report.checks.filter(check => !told.has(check.id))),
    ...tableSections(changes),
    ...detailSections(changes),
    ...(isAboutDrift ? [] : driftSections(report.drift)),
    ...outputSections(report.outputs),
    ...timingSections(report),
    ...warningSections(report.warnings),
    proofSection(report),
    bindingSection(report),
  ];
}

function verdictSection(report: ChangeReport): Section {
  const facts = [`**${report.verdict}**`, `${report.command} of ${codeSpan(shorten(report.platform, 80))}`];
  if (report.production) facts.push('production');
  if (report.changes.length > 0) {
    const when = report.verdict === 'applied' ? 'done' : 'planned';
    facts.push(describeCounts(countKinds(report.changes), when), `risk ${riskLabel(highestRisk(report.changes))}`);
  }
  if (report.outputs.length > 0) facts.push(count(report.outputs.length, 'changed output'));
  const unknown = report.checks.filter(({ status }) => status === 'unknown').length;
  if (unknown > 0) facts.push(`**${count(unknown, 'check')} could not be made**`);
  if (report.drift.length > 0) facts.push(`${report.drift.length} changed by others`);
  return {
    holds: { quantity: 1, singular: 'verdict' },
    weight: weights.verdict,
    markdown: `### ${prose(shorten(headline(report), 400))}\n\n${facts.join(' · ')}`,
  };
}

function proofSection(report: ChangeReport): Section {
  const { commit, run, digest } = report;
  const rows: string[][] = [];
  if (commit.head !== '') rows.push(['Commit', cell(commit.head)]);
  if (commit.base !== undefined) rows.push(['Compared with', cell(commit.base)]);
  if (commit.merge !== undefined) rows.push(['Trial merge', cell(commit.merge)]);
  if (digest !== undefined) rows.push(['Plan digest', cell(digest)]);
  if (run !== undefined) {
    rows.push(['Run', `${link(run.id, run.url)}, attempt ${escapeText(run.attempt)}, by ${cell(run.actor)}`]);
  }
  rows.push(['Started', cell(report.startedAt)], ['Finished', cell(report.finishedAt)]);
  return {
    holds: { quantity: 1, singular: 'table of commit, run and times' },
    weight: weights.proof,
    markdown: details('Proof', table(['', ''], rows)),
  };
}

/** The last line: which plan, which commit, which run. */
function bindingSection({ command, commit, run, digest, verdict, finishedAt }: ChangeReport): Section {
  const plan = digest === undefined ? 'Result' : `Plan ${codeSpan(`${digest.slice(0, 4)}·${digest.slice(-4)}`)}`;
  const parts = [commit.head === '' ? plan : `${plan} of ${codeSpan(commit.head.slice(0, 7))}`];
  if (run !== undefined) parts.push(link(`run ${run.id}`, run.url));
  parts.push(clockTime(finishedAt));
  // Of a pull request, a later plan decides; and nothing blocked is applied.
  if (command === 'plan' && verdict === 'changes' && commit.merge === undefined) {
    parts.push('what you review here is what will be applied');
  }
  return {
    holds: { quantity: 1, singular: 'last line' },
    weight: weights.binding,
    markdown: parts.join(' · '),
  };
}

/** `2026-11-24 05:01 UTC` */
export function clockTime(iso: string): string {
  const time = new Date(iso);
  return Number.isNaN(time.getTime()) ? escapeText(iso) : `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
