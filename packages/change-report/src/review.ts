import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { count, parseJson, sentenceList, UserError } from '@suite/foundation';
import type { Change, ChangeReport, Check } from './model.ts';
import { parseReport } from './schema.ts';

/**
 * Reads what an action reported, from the folder of a downloaded artifact; undefined when only others have reported there. Throws a
 * UserError when it holds no report at all.
 */
export async function readReviewed(folder: string, action: string): Promise<ChangeReport | undefined> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter(entry => entry.isFile() && entry.name.endsWith('.json'));
  if (files.length === 0) {
    throw new UserError({
      message: `names ${folder}, which holds no report.`,
      location: { kind: 'input', name: 'reviewed' },
      remedy: 'Download the report of the pull request\u2019s plan into it, or leave the input out.',
    });
  }
  const reports = await Promise.all(
    files.map(async ({ parentPath, name }) => parseReport(parseJson(await readFile(join(parentPath, name), 'utf8')))),
  );
  return reports.find(report => report.action === action);
}

/** What a plan is compared by: the digest of all of it, and its changes to say what differs. */
interface Plan {
  readonly digest?: string;
  readonly changes: readonly Change[];
}

/**
 * Whether this plan is the one that people saw on the pull request. One that differs is for an approver to see first; where
 * nobody approves, it is not applied. One with nothing to apply needs no review: so it is where a run that stopped later has been.
 */
export function compareWithReviewed(
  plan: Plan & { readonly applyable: boolean },
  reviewed: Plan | undefined,
  approval: boolean,
): Check {
  const name = 'The plan is the one of the pull request';
  if (plan.digest !== undefined && plan.digest === reviewed?.digest) {
    return { id: reviewId, name, status: 'passed', message: 'Its digest is the same.' };
  }
  if (!plan.applyable) return { id: reviewId, name, status: 'passed', message: 'Nothing of it is left to apply.' };
  return {
    id: reviewId,
    name,
    status: approval ? 'failed' : 'blocked',
    message:
      reviewed === undefined
        ? 'The pull request showed no such plan.'
        : `This plan is not the one that the pull request showed: ${describeDifference(plan.changes, reviewed.changes)}.`,
    remedy: approval
      ? 'Read it again before you approve.'
      : 'Nobody approves this environment, so nothing is applied: open a pull request that shows this plan, or let somebody approve.',
  };
}

const reviewId = 'review/pull-request';
const named = 3;

function describeDifference(now: readonly Change[], then: readonly Change[]): string {
  const came = missingFrom(now, then);
  const went = missingFrom(then, now);
  const parts: string[] = [];
  if (came.length > 0) parts.push(`${describe(came)} ${came.length === 1 ? 'was' : 'were'} not in it`);
  if (went.length > 0) parts.push(`${describe(went)} ${went.length === 1 ? 'is' : 'are'} gone`);
  return parts.length === 0 ? 'the changes are the same, but not all their values' : parts.join('; ');
}

function missingFrom(changes: readonly Change[], others: readonly Change[]): Change[] {
  const known = new Set(others.map(({ address, kind }) => `${kind} ${address}`));
  return changes.filter(({ address, kind }) => !known.has(`${kind} ${address}`));
}

function describe(changes: readonly Change[]): string {
  const things = changes.slice(0, named).map(({ kind, title }) => `${kind} of ${title}`);
  if (changes.length > named) things.push(count(changes.length - named, 'more change'));
  return sentenceList(things);
}
