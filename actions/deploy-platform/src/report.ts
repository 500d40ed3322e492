import type { RunContext } from '@suite/action-kit';
import { type ChangeReport, type Check, highestRisk, type Timing } from '@suite/change-report';
import { CancelledError, type Problem, UserError } from '@suite/foundation';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Run } from './graph.ts';
import type { PlatformPlan } from './plan.ts';

/** What a command found out; everything else of the report is known before it begins. */
export interface Findings {
  readonly verdict: ChangeReport['verdict'];
  readonly plan?: PlatformPlan;
  readonly checks?: readonly Check[];
  readonly differences?: ChangeReport['differences'];
  readonly warnings?: readonly string[];
  readonly timings?: readonly Timing[];
}

export interface Subject {
  readonly command: 'plan' | 'apply' | 'verify';
  readonly view: EnvironmentScope;
  readonly context: RunContext;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

export function assembleReport(
  { command, view, context, startedAt, finishedAt }: Subject,
  { plan, verdict, checks = [], differences = [], warnings = [], timings = [] }: Findings,
): ChangeReport {
  const { sha, pullRequest, runUrl, runId, runAttempt, actor } = context;
  return {
    schema: 'change-report/v1',
    action: 'deploy-platform',
    command,
    platform: view.platform,
    scope: view.scope,
    region: view.region,
    production: view.production,
    // A pull request is about the tip of its branch, though what is checked out is a trial merge of it.
    commit:
      pullRequest === undefined ? { head: sha } : { head: pullRequest.headSha, base: pullRequest.baseSha, merge: sha },
    ...(runUrl === undefined ? {} : { run: { id: runId, attempt: runAttempt, url: runUrl, actor } }),
    startedAt: new Date(startedAt).toISOString(),
    finishedAt: new Date(finishedAt).toISOString(),
    verdict,
    changes: plan?.changes ?? [],
    drift: [],
    outputs: [],
    checks: [...(plan?.checks ?? []), ...checks],
    differences,
    warnings,
    timings,
    ...(plan === undefined ? {} : { digest: plan.digest }),
  };
}

export function outputsOf(report: ChangeReport, reportFile: string) {
  return {
    changes: report.changes.length,
    risk: highestRisk(report.changes),
    digest: report.digest,
    verdict: report.verdict,
    report: reportFile,
  };
}

/** How long each release took, for the picture in the summary. */
export function timingsOf(runs: readonly Run<unknown>[], offsetMs: number): Timing[] {
  return runs
    .filter(({ result }) => result !== 'skipped')
    .map(({ name, startMs, endMs }) => ({ name, startMs: offsetMs + startMs, durationMs: endMs - startMs }));
}

/** A failure as checks of the report, so that the summary says what the log says. */
export function failureChecks(error: unknown): Check[] {
  const problems: readonly Problem[] =
    error instanceof UserError
      ? error.problems
      : [{ message: error instanceof CancelledError ? error.message : 'The action has a defect; its log says which.' }];
  return problems.map(({ message, remedy }, index) => ({
    id: `failure/${index}`,
    name: error instanceof CancelledError ? 'Cancelled' : 'Failed',
    status: 'failed',
    message,
    ...(remedy === undefined ? {} : { remedy }),
  }));
}
