import {
  allowanceId,
  type Change,
  type Check,
  type CommentContent,
  capital,
  describeReason,
  forms,
  isAtLeast,
  needsAllowance,
  type Row,
} from '@suite/change-report';
import { locateSetting, type Platform } from '@suite/platform-file';
import { plainText } from './plain-text.ts';
import type { Annotation } from './ports.ts';

const most = 200;
const messageLimit = 2000;

/**
 * Findings on the lines of the platform file that cause them. Where the file cannot be read there is no line to speak of, and
 * none is made.
 */
export function annotate({ rows }: Pick<CommentContent, 'rows'>, platform: Platform | undefined): Annotation[] {
  if (platform === undefined) return [];
  const annotations = rows.flatMap(row =>
    row.reports.flatMap(report => [
      ...report.changes.filter(isNotable).map(change => ofChange(row, change, report.checks, platform)),
      ...report.checks
        .filter(check => isNotableCheck(check, report.changes))
        .map(check => ofCheck(row, check, platform)),
    ]),
  );
  const byPlace = new Map<string, Annotation>();
  for (const annotation of annotations) {
    const key = JSON.stringify([annotation.path, annotation.line, annotation.message]);
    if (!byPlace.has(key)) byPlace.set(key, annotation);
  }
  return [...byPlace.values()].slice(0, most);
}

function isNotable(change: Change): boolean {
  return isAtLeast(change.risk, 'high') || needsAllowance(change);
}

/** Those of `allow:` are told with their change. */
function isNotableCheck({ id, status, setting }: Check, changes: readonly Change[]): boolean {
  // What is less than wrong is only said on the line that causes it.
  const isCaused = (status === 'warning' || status === 'unknown') && setting !== undefined;
  if (status !== 'failed' && status !== 'blocked' && !isCaused) return false;
  return !changes.some(change => needsAllowance(change) && id === allowanceId(change.allowKey ?? ''));
}

function ofChange(row: Row, change: Change, checks: readonly Check[], platform: Platform): Annotation {
  const setting = [...change.reasons.flatMap(({ attribute }) => attribute ?? []), ...change.attributes].find(
    attribute => attribute.setting !== undefined,
  )?.setting;
  const allowance = checks.find(({ id }) => id === allowanceId(change.allowKey ?? ''));
  const why = change.reasons.slice(0, 3).map(describeReason).join('; ');
  const blocked = allowance?.status === 'blocked';
  return {
    ...placeIn(platform, row, setting?.split('.') ?? []),
    level: blocked ? 'failure' : 'warning',
    title: plainText(`${row.title} ${forms[change.kind].verb} ${change.title}`, 255),
    message: plainText(
      [why === '' ? '' : `${capital(why)}.`, change.effect ?? '', blocked ? (allowance.remedy ?? '') : '']
        .filter(part => part !== '')
        .join(' ') || `${change.title} is ${forms[change.kind].participle}.`,
      messageLimit,
    ),
  };
}

function ofCheck(row: Row, { name, status, message, remedy, setting }: Check, platform: Platform): Annotation {
  return {
    ...placeIn(platform, row, setting?.split('.') ?? []),
    level: status === 'blocked' ? 'failure' : 'warning',
    title: plainText(`${row.title}: ${name}`, 255),
    message: plainText(remedy === undefined ? message : `${message} ${remedy}`, messageLimit),
  };
}

function placeIn(platform: Platform, row: Row, setting: readonly string[]): Pick<Annotation, 'path' | 'line'> {
  const { path, line } = locateSetting(platform, row, setting);
  return { path, line };
}
