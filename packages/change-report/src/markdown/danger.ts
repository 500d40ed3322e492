import { count, shorten } from '@suite/foundation';
import { allowanceId, needsAllowance } from '../allowance.ts';
import type { Change, ChangeReport, Check } from '../model.ts';
import { isAtLeast } from '../risk.ts';
import { capital, describeReason, forms, quoted, quotedTitle } from '../sentences.ts';
import { alert } from './blocks.ts';
import { prose } from './escape.ts';
import { type Section, weights } from './section.ts';

const shownAlerts = 10;
const sentenceLimit = 1500;

/**
 * What is deleted, replaced or rotated: why, what stops, and what to write to allow it. Then what else blocks, or failed
 * and so ended the command. `changes` come in order of risk.
 */
export function dangerSections(changes: readonly Change[], report: ChangeReport): Section[] {
  const { checks, verdict } = report;
  const dangerous = changes.filter(change => isAtLeast(change.risk, 'high') || needsAllowance(change));
  const byId = new Map(checks.map(check => [check.id, check]));
  const told = new Set(
    dangerous.flatMap(change => (change.allowKey === undefined ? [] : allowanceId(change.allowKey))),
  );
  const others = checks.filter(
    check =>
      !told.has(check.id) && (check.status === 'blocked' || (check.status === 'failed' && isUrgent(check, verdict))),
  );
  const alerts = [
    ...others.slice(0, shownAlerts).map(checkAlert),
    ...dangerous
      .slice(0, shownAlerts)
      .map(change => changeAlert(change, byId.get(allowanceId(change.allowKey ?? '')), isDone(report))),
  ];
  if (others.length > shownAlerts)
    alerts.push(`${count(others.length - shownAlerts, 'more check')} in the list below.`);
  if (dangerous.length > shownAlerts) {
    alerts.push(`**${count(dangerous.length - shownAlerts, 'more dangerous change')}** in the table below.`);
  }
  return alerts.map(markdown => ({ holds: { quantity: 1, singular: 'alert' }, weight: weights.danger, markdown }));
}

/** What failed and ended the command, or makes this another plan than people saw. */
function isUrgent({ id }: Check, verdict: ChangeReport['verdict']): boolean {
  return verdict === 'failed' || id.startsWith('review/');
}

/** An apply that was refused or failed has not done all of what it would do. */
function isDone({ command, verdict }: ChangeReport): boolean {
  return command === 'apply' && verdict !== 'blocked' && verdict !== 'failed';
}

function changeAlert(change: Change, allowance: Check | undefined, done: boolean): string {
  const blocked = allowance?.status === 'blocked';
  const why = change.reasons.slice(0, 3).map(describeReason).join('; ');
  const sentences = [
    why === '' ? '' : `${capital(why)}.`,
    change.effect ?? '',
    blocked ? (allowance.remedy ?? '') : '',
    allowance?.status === 'passed' ? `${quoted(change.allowKey ?? '')} is allowed.` : '',
  ].filter(sentence => sentence !== '');
  const tense = done ? 'was' : 'is';
  const order = change.createBeforeDelete === true ? ', the new one first' : '';
  const head = prose(`${quotedTitle(change)} ${tense} ${forms[change.kind].participle}${order}`);
  return alert(blocked ? 'CAUTION' : 'WARNING', `**${head}.** ${prose(shorten(sentences.join(' '), sentenceLimit))}`);
}

function checkAlert({ name, status, message, remedy }: Check): string {
  const sentence = shorten(remedy === undefined ? message : `${message} ${remedy}`, sentenceLimit);
  const word = status === 'blocked' ? 'Blocked, for this does not hold' : 'This does not hold';
  return alert('CAUTION', `**${word}: ${prose(shorten(name, 120))}.** ${prose(sentence)}`);
}
