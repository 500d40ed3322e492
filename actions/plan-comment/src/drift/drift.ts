import {
  type DriftContent,
  type DriftVerdict,
  driftHeadline,
  driftOverview,
  driftVerdict,
  type ExpectedScope,
  type Row,
  renderDriftIssue,
} from '@suite/change-report';
import { UserError, utf8Length } from '@suite/foundation';
import type { PlanId } from '../decide.ts';
import type { Request } from '../inputs.ts';
import type { Services } from '../ports.ts';
import { readReports } from '../reports.ts';
import { joinRows } from '../rows.ts';
import { findRepairs } from './repairs.ts';
import { settleScope } from './settle-scope.ts';

export type DriftRequest = Extract<Request, { command: 'drift' }>;

/** Actions that look for drift. Images have none: a digest is what it is. */
const lookers: readonly string[] = ['provision-aks', 'deploy-platform', 'sync-argocd'];

/**
 * Joins what a run found into one issue for each scope. The summary is written before anything on GitHub is, so that it has
 * everything even where an issue is impossible. What fails of several issues is told together at the end.
 */
export async function drift(request: DriftRequest, services: Services): Promise<void> {
  const { context, summary, log, clock } = services;
  const tracker = services.openTracker();
  const [collection, run] = await Promise.all([readReports(request.reports), tracker.readRun()]);
  const expected = request.expected.map(
    (scope): ExpectedScope => ({ ...scope, actions: scope.actions.filter(name => lookers.includes(name)) }),
  );
  const binding = { platform: request.platform, head: context.sha, run: context.runId, attempt: context.runAttempt };
  const rows = joinRows(expected, collection, binding, run, 'Drift in');
  const finishedAt = new Date(clock.now()).toISOString();
  const found = scopesOf(rows).map(
    (scope): Omit<DriftContent, 'since' | 'repairs'> => ({
      platform: request.platform,
      scope,
      file: request.file,
      commit: { head: context.sha },
      run: { id: context.runId, attempt: context.runAttempt, url: context.runUrl ?? '' },
      finishedAt,
      rows: rows.filter(row => row.scope === scope),
    }),
  );
  const verdict = overall(found.map(one => driftVerdict(one.rows)));
  services.setOutputs({ verdict });
  if (found.length === 0) {
    throw new UserError({
      message: 'Nothing was looked at: the platform file could not be resolved.',
      remedy: request.problems[0] ?? 'The log of the job before this one says why.',
    });
  }
  await summary.append([driftOverview(found)]);
  const drifted = found.filter(one => driftVerdict(one.rows) === 'drifted');
  for (const one of drifted) {
    const content = { ...one, since: finishedAt, repairs: [] };
    await summary.append([renderDriftIssue(content, { limit: await summary.room(), measure: utf8Length })]);
  }
  const failures: UserError[] = [];
  const urls: string[] = [];
  const repairs = drifted.length === 0 ? [] : await findRepairs(drifted, tracker, log);
  for (const one of found) {
    log.info(driftHeadline(one));
    const mine = repairs.filter(({ scope }) => scope === one.scope).map(({ repair }) => repair);
    const id: PlanId = { head: context.sha, run: context.runId, attempt: Number(context.runAttempt) };
    try {
      const issue = await settleScope({ ...one, repairs: mine }, id, tracker, services);
      if (issue !== undefined) urls.push(issue.url);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
    }
  }
  services.setOutputs({ 'issue-urls': urls.join('\n') });
  const problems = [...new Map(failures.flatMap(({ problems }) => problems).map(one => [one.message, one])).values()];
  if (problems.length > 0) throw new UserError(problems, { cause: failures[0]?.cause });
}

/** In the order of promotion. */
function scopesOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.map(({ scope }) => scope))];
}

function overall(verdicts: readonly DriftVerdict[]): DriftVerdict {
  if (verdicts.includes('drifted')) return 'drifted';
  return verdicts.length > 0 && verdicts.every(verdict => verdict === 'clean') ? 'clean' : 'incomplete';
}
