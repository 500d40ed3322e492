import { count, sentenceList } from '@suite/foundation';
import { allowanceId, needsAllowance } from './allowance.ts';
import type { Change, ChangeReport, Check } from './model.ts';
import { byRisk, countKinds, isAtLeast } from './risk.ts';
import { describeCounts, forms, placeOf, quoted, quotedTitle } from './sentences.ts';

const named = 2;

/**
 * The verdict as one sentence without a full stop, for somebody who reads nothing else. Plain text that has names from
 * outside in backticks: escape it wherever it is rendered.
 */
export function headline(report: ChangeReport, place: string = placeOf(report)): string {
  switch (report.verdict) {
    case 'failed':
      return `${place}: ${report.command} failed`;
    case 'blocked':
      return `${place} is blocked${describeBlocks(report)}`;
    case 'no-changes':
      return `${place}: nothing changes${describeBut(report)}`;
    case 'changes':
      return describeChanges(place, report);
    case 'applied':
      return describeApplied(place, report);
    case 'verified':
      return `${place} is what the platform file says`;
    case 'drifted':
      return `${place}: ${describeDrift(report)}`;
    case 'clean':
      return `${place} is as its last apply left it`;
    case 'incomplete':
      return `${place} could not be looked at to the end`;
    case 'mismatch':
      return `${place}${report.command === 'apply' ? ': applied, but it' : ''} differs from the platform file in ${count(report.differences.length, 'place')}`;
  }
}

/** `2 things were changed by others`, those that no plan sees among them. */
export function describeDrift({ drift, differences }: Pick<ChangeReport, 'drift' | 'differences'>): string {
  const quantity = drift.length + differences.length;
  return `${count(quantity, 'thing')} ${quantity === 1 ? 'was' : 'were'} changed by others`;
}

function describeBut({ checks, drift }: ChangeReport): string {
  const facts = describeFindings(checks);
  if (drift.length > 0) facts.push(describeDrift({ drift, differences: [] }));
  return facts.length === 0 ? '' : `, but ${sentenceList(facts)}`;
}

/** `1 check fails`, `2 checks warn`, `3 could not be made`: what is wrong although nothing is blocked. */
export function describeFindings(checks: readonly Pick<Check, 'status'>[]): string[] {
  const quantity = (status: Check['status']) => checks.filter(check => check.status === status).length;
  const [failed, warning, unknown] = [quantity('failed'), quantity('warning'), quantity('unknown')];
  const facts: string[] = [];
  if (failed > 0) facts.push(`${count(failed, 'check')} ${failed === 1 ? 'fails' : 'fail'}`);
  if (warning > 0) facts.push(`${count(warning, 'check')} ${warning === 1 ? 'warns' : 'warn'}`);
  if (unknown > 0) facts.push(`${count(unknown, 'check')} could not be made`);
  return facts;
}

function describeBlocks({ changes, checks }: ChangeReport): string {
  const blocked = checks.filter(check => check.status === 'blocked');
  const ids = new Set(blocked.map(check => check.id));
  const refused = changes
    .filter(needsAllowance)
    .filter(change => ids.has(allowanceId(change.allowKey)))
    .toSorted(byRisk);
  const refusedIds = new Set(refused.map(change => allowanceId(change.allowKey)));
  const others = blocked.filter(check => !refusedIds.has(check.id));
  const parts: string[] = [];
  if (refused.length > 0) {
    const things = listed(refused, change => `${forms[change.kind].gerund} ${quotedTitle(change)}`);
    parts.push(`${things} ${refused.length === 1 ? 'is' : 'are'} not allowed`);
  }
  const names = [...new Set(others.map(({ name }) => name))];
  if (names.length === 1) parts.push(`${quoted(names[0] ?? '')} does not hold`);
  else if (names.length > 1) parts.push(`${names.length} checks do not hold`);
  return parts.length === 0 ? '' : `: ${parts.join('; ')}`;
}

function describeChanges(place: string, { changes, outputs }: ChangeReport): string {
  if (changes.length === 0) {
    return outputs.length === 0
      ? `${place}: only the recorded state is brought up to date`
      : `${place}: only ${count(outputs.length, 'output')} ${outputs.length === 1 ? 'changes' : 'change'}`;
  }
  const dangerous = changes.filter(isDangerous).toSorted(byRisk);
  if (dangerous.length === 0) return `${place}: ${describeCounts(countKinds(changes), 'planned')}`;
  const things = dangerous.slice(0, named).map(change => `${forms[change.kind].verb} ${quotedTitle(change)}`);
  const others = changes.length - things.length;
  if (others > 0) things.push(`makes ${count(others, 'other change')}`);
  return `${place} ${sentenceList(things)}`;
}

function describeApplied(place: string, { changes }: ChangeReport): string {
  if (changes.length === 0) return `${place}: applied, no resource was changed`;
  const dangerous = changes.filter(isDangerous).toSorted(byRisk);
  if (dangerous.length === 0) return `${place}: applied, ${describeCounts(countKinds(changes))}`;
  const others = changes.length - Math.min(named, dangerous.length);
  const things = dangerous.slice(0, named).map(change => `${forms[change.kind].participle} ${quotedTitle(change)}`);
  if (others > 0) things.push(`made ${count(others, 'other change')}`);
  return `${place}: applied, ${sentenceList(things)}`;
}

function isDangerous(change: Change): boolean {
  return isAtLeast(change.risk, 'high');
}

function listed(changes: readonly Change[], describe: (change: Change) => string): string {
  const things = changes.slice(0, named).map(describe);
  if (changes.length > named) things.push(`${changes.length - named} more`);
  return sentenceList(things);
}
