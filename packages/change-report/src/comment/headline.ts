import { count, sentenceList } from '@suite/foundation';
import { describeFindings, headline } from '../headline.ts';
import { byRisk, isAtLeast } from '../risk.ts';
import { forms, quotedTitle } from '../sentences.ts';
import {
  type CommentContent,
  changesOf,
  isBlocked,
  isKnown,
  type PlacedChange,
  placedChanges,
  type Row,
} from './content.ts';

const named = 2;

/** The verdict over all environments as one sentence without a full stop; names from outside stand in backticks. */
export function commentHeadline({ rows, problems }: CommentContent): string {
  const known = rows.filter(isKnown);
  if (known.length === 0) return problems.length === 0 ? 'there is no plan' : 'nothing could be planned';
  const parts = [describeUnknown(rows), describeBlocks(known), describeDanger(known), describeRest(rows)];
  return parts.filter(part => part !== '').join('; ');
}

function describeUnknown(rows: readonly Row[]): string {
  const unknown = rows.filter(row => !isKnown(row));
  if (unknown.length === 0) return '';
  return `there is no plan of ${listed(unknown.map(({ title }) => title))}`;
}

function describeBlocks(known: readonly Row[]): string {
  const blocked = known.filter(isBlocked).toSorted(productionFirst);
  const [first] = blocked;
  const report = first?.reports.find(({ verdict }) => verdict === 'blocked');
  if (first === undefined || report === undefined) return '';
  const others = blocked.length - 1;
  return `${headline(report, first.title)}${others === 0 ? '' : `; ${others} more ${others === 1 ? 'is' : 'are'} blocked`}`;
}

/** What is dangerous and would be done all the same. */
function describeDanger(known: readonly Row[]): string {
  const dangerous = placedChanges(known.filter(row => !isBlocked(row)))
    .filter(({ change }) => isAtLeast(change.risk, 'high'))
    .toSorted((left, right) => byRisk(left.change, right.change) || productionFirst(left.row, right.row));
  const [worst] = dangerous;
  if (worst === undefined) return '';
  const others = dangerous.length - 1;
  return `${describeChange(worst)}${others === 0 ? '' : ` and ${count(others, 'more dangerous change')}`}`;
}

function describeChange({ row, change }: PlacedChange): string {
  return `${row.title} ${forms[change.kind].verb} ${quotedTitle(change)}`;
}

/** What is left once danger and gaps are named. */
function describeRest(rows: readonly Row[]): string {
  const quiet = rows.filter(row => isKnown(row) && !isBlocked(row) && !isDangerous(row));
  const changing = quiet.filter(hasChanges);
  const others = rows.length - quiet.length;
  if (changing.length === 0) {
    if (quiet.length === 0) return '';
    return `${others === 0 ? 'nothing changes' : 'nothing changes elsewhere'}${describeBut(quiet)}`;
  }
  if (others > 0) return `${count(changing.length, 'other')} ${changing.length === 1 ? 'is' : 'are'} routine`;
  return `${listed(changing.map(({ title }) => title))} ${changing.length === 1 ? 'changes' : 'change'}, nothing dangerous`;
}

/** What a reader should know although nothing changes. */
function describeBut(rows: readonly Row[]): string {
  const reports = rows.flatMap(row => row.reports);
  const drifted = reports.reduce((sum, { drift }) => sum + drift.length, 0);
  const facts = describeFindings(reports.flatMap(({ checks }) => checks));
  if (drifted > 0) facts.push(`${count(drifted, 'thing')} ${drifted === 1 ? 'was' : 'were'} changed by others`);
  return facts.length === 0 ? '' : `, but ${sentenceList(facts)}`;
}

function isDangerous(row: Row): boolean {
  return changesOf(row).some(change => isAtLeast(change.risk, 'high'));
}

function hasChanges({ reports }: Row): boolean {
  return reports.some(({ verdict }) => verdict !== 'no-changes');
}

function listed(places: readonly string[]): string {
  return places.length <= named + 1
    ? sentenceList(places)
    : sentenceList([...places.slice(0, named), `${places.length - named} more`]);
}

export function productionFirst(left: Row, right: Row): number {
  return Number(right.production) - Number(left.production);
}
