import { count } from '@suite/foundation';
import { filledTable } from '../markdown/blocks.ts';
import { cell, escapeText, link, prose } from '../markdown/escape.ts';
import { riskLabel, symbols } from '../markdown/show.ts';
import { type ChangeReport, kinds } from '../model.ts';
import { countKinds, highestRisk, isAtLeast } from '../risk.ts';
import { areas, changesOf, isKnown, type Row } from './content.ts';

/** The table of the first screen: a row per scope and region, a column per area that anybody reports on. */
export function overviewTable(rows: readonly Row[]): string {
  return filledTable(
    ['Environment', ...areas.map(({ title }) => title), 'Risk', 'Gate'],
    rows.map(row => [
      placeCell(row),
      ...areas.map(({ actions }) => areaCell(row, actions)),
      riskCell(row),
      gateCell(row),
    ]),
  );
}

/** Only what is alarming is bold. */
function placeCell(row: Row): string {
  const [scope = '', ...region] = row.title.split(' · ').map(escapeText);
  return [isAlarming(row) ? `**${scope}**` : scope, ...region].join(' · ');
}

function isAlarming(row: Row): boolean {
  return !isKnown(row) || isAtLeast(highestRisk(changesOf(row)), 'high') || row.reports.some(isBlocked);
}

const isBlocked = ({ verdict }: ChangeReport) => verdict === 'blocked';

function areaCell({ reports, missing }: Row, actions: readonly string[]): string {
  const report = reports.find(({ action }) => actions.some(name => name === action));
  if (report !== undefined) return reportCell(report);
  if (missing === undefined || !actions.some(name => missing.actions.includes(name))) return '';
  const reason = missing.url === undefined ? prose(missing.reason, cell) : link(missing.reason, missing.url);
  return `**no plan**: ${reason}`;
}

function reportCell({ verdict, changes, outputs, checks, drift }: ChangeReport): string {
  if (verdict === 'failed') return '**failed**';
  const parts: string[] = [];
  if (changes.length > 0) parts.push(countsCell(changes));
  else if (outputs.length > 0) parts.push(count(outputs.length, 'output'));
  else parts.push(verdict === 'no-changes' ? 'no changes' : 'state only');
  if (verdict === 'blocked') parts.push('**blocked**');
  const unknown = checks.filter(({ status }) => status === 'unknown').length;
  if (unknown > 0) parts.push(`**${unknown} unchecked**`);
  if (drift.length > 0) parts.push(`${drift.length} by others`);
  return parts.join(' · ');
}

/** `+1 ~1 **↻1**`: kinds that do not occur are left out, dangerous ones are bold. */
function countsCell(changes: ChangeReport['changes']): string {
  const counts = countKinds(changes);
  const dangerous = new Set(changes.filter(({ risk }) => isAtLeast(risk, 'high')).map(({ kind }) => kind));
  return kinds
    .flatMap(kind => {
      const quantity = counts[kind];
      if (quantity === undefined) return [];
      const text = `${symbols[kind]}${quantity}`;
      return [dangerous.has(kind) ? `**${text}**` : text];
    })
    .join(' ');
}

function riskCell(row: Row): string {
  if (!isKnown(row)) return '**unknown**';
  const risk = highestRisk(changesOf(row));
  return risk === 'none' ? '' : riskLabel(risk);
}

function gateCell({ gate: { after, reviewers, waitMinutes, asks = [] } }: Row): string {
  const parts: string[] = [];
  if (after !== undefined) parts.push(`after ${escapeText(after)}`);
  parts.push(...asks.map(one => escapeText(one)));
  if (reviewers > 0) parts.push('approval');
  if (waitMinutes > 0) parts.push(`waits ${waitMinutes} min`);
  return parts.length === 0 ? 'open' : parts.join(' · ');
}
