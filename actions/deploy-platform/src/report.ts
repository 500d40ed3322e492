import type { ReportFindings, Timing } from '@suite/change-report';
import type { Run } from './graph.ts';
import type { PlatformPlan } from './plan.ts';
import type { ReviewedReleases } from './review.ts';

export interface Findings extends ReportFindings {
  readonly plan?: PlatformPlan;
  /** What a review is held to, where it is more than the releases of the plan. */
  readonly reviewed?: ReviewedReleases;
}

/** How long each release took, for the picture in the summary. */
export function timingsOf(runs: readonly Run<unknown>[], offsetMs: number): Timing[] {
  return runs
    .filter(({ result }) => result !== 'skipped')
    .map(({ name, startMs, endMs }) => ({ name, startMs: offsetMs + startMs, durationMs: endMs - startMs }));
}
