import type { RunContext } from '@suite/action-kit';
import {
  type Change,
  type ChangeReport,
  type Check,
  reportHead,
  reportOutputs,
  type Timing,
} from '@suite/change-report';
import type { ScopeView } from '@suite/platform-file';
import type { ResourceRun } from '@suite/terraform';
import type { JudgedPlan } from './plan.ts';
import type { Difference } from './verify/compare.ts';

/** What a command found out; everything else of the report is known before it begins. */
export interface Findings {
  readonly verdict: ChangeReport['verdict'];
  readonly plan?: JudgedPlan;
  /** In place of that of the plan. */
  readonly drift?: readonly Change[];
  readonly checks?: readonly Check[];
  readonly differences?: readonly Difference[];
  readonly warnings?: readonly string[];
  readonly timings?: readonly Timing[];
}

export interface Subject {
  readonly command: 'plan' | 'apply' | 'verify' | 'drift';
  readonly view: ScopeView;
  readonly context: RunContext;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly finishedAt: number;
}

export function assembleReport(subject: Subject, found: Findings): ChangeReport {
  const { plan, differences = [], checks = plan?.checks ?? [], timings = [] } = found;
  return {
    ...reportHead({ ...subject, action: 'provision-aks' }),
    verdict: found.verdict,
    changes: plan?.content.changes ?? [],
    drift: found.drift ?? plan?.content.drift ?? [],
    outputs: plan?.content.outputs ?? [],
    checks,
    differences: differences.map(shownDifference),
    warnings: [...(plan?.content.warnings ?? []), ...(found.warnings ?? [])],
    timings,
    ...(plan === undefined ? {} : { digest: plan.digest }),
  };
}

/** A difference as log and summary show it. */
export function shownDifference({ what, path, expected, actual }: Difference): ChangeReport['differences'][number] {
  return { what, path, expected: showValue(expected), actual: showValue(actual) };
}

/** A value of a difference, as log and summary show it. */
export function showValue(value: unknown): string {
  if (value === undefined) return 'absent';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Where a plan lies for later steps, and for later jobs. */
export interface PlanPlace {
  readonly file: string;
  readonly stored: { readonly key: string; readonly sha256: string } | undefined;
}

/** The outputs of the action. */
export function outputsOf(report: ChangeReport, reportFile: string, plan: PlanPlace | undefined) {
  return {
    ...reportOutputs(report, reportFile),
    'plan-file': plan?.file,
    'plan-key': plan?.stored?.key,
    'plan-sha256': plan?.stored?.sha256,
  };
}

/** How long each resource took, for the picture in the summary. */
export function timingsOf(resources: readonly ResourceRun[], startedAt: number): Timing[] {
  return resources.map(({ name, startedAt: began, elapsedMs }) => ({
    name,
    startMs: Math.max(0, began - startedAt),
    durationMs: elapsedMs,
  }));
}
