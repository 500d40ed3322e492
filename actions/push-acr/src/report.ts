import type { ReportFindings } from '@suite/change-report';
import type { ImagePlan } from './plan.ts';

export interface Findings extends ReportFindings {
  readonly plan?: ImagePlan;
  /** What is there now, by name: `host/repository@sha256:…`. */
  readonly images?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly findings: Findings;
  /** What the command fails with, after its report was written. */
  readonly error?: unknown;
}
