import type { RunContext } from '@suite/action-kit';
import { type ChangeReport, type Check, highestRisk, reportHead, type Timing } from '@suite/change-report';
import type { EnvironmentScope } from '@suite/platform-file';
import type { Run } from './graph.ts';
import type { PlatformPlan } from './plan.ts';
import { reviewOf } from './review.ts';

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
  subject: Subject,
  { plan, verdict, checks = [], differences = [], warnings = [], timings = [] }: Findings,
): ChangeReport {
  return {
    ...reportHead({ ...subject, action: 'deploy-platform' }),
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

export function outputsOf(report: ChangeReport, plan: PlatformPlan | undefined, reportFile: string) {
  return {
    changes: report.changes.length,
    risk: highestRisk(report.changes),
    digest: report.digest,
    releases: plan === undefined ? undefined : JSON.stringify(reviewOf(plan.releases)),
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
