import type { ReportFindings, Timing } from '@suite/change-report';
import { chartChanges } from './charts.ts';
import type { Prepared } from './prepare.ts';
import type { ApplicationResult, ProofResult } from './sync/index.ts';

export interface Findings extends ReportFindings {
  /** Of the repository of the applications. */
  readonly commit?: string;
  /** What runs: application → `host/repository` → digest. */
  readonly running?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface Outcome {
  readonly findings: Findings;
  /** What the command fails with, after its report was written. */
  readonly error?: unknown;
}

/** A plan as reports have it. */
export function planned({ plan, ownPlan, edits, checks, digest, commit }: Prepared) {
  const changes = [...ownPlan.changes, ...chartChanges(edits), ...plan.changes];
  return { plan: { changes, checks, digest }, drift: plan.drift, commit };
}

/** Bars of the time line, in milliseconds since `startedAt`. */
export function timingsOf(results: readonly ApplicationResult[], startMs: number): Timing[] {
  return results.map(({ name, seconds }) => ({ name, startMs, durationMs: Math.round(seconds * 1000) }));
}

export function runningOf(results: readonly ProofResult[]): NonNullable<Findings['running']> {
  return Object.fromEntries(results.map(({ name, running }) => [name, running]));
}
