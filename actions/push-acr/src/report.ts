import type { RunContext } from '@suite/action-kit';
import { type ChangeReport, type Check, highestRisk, reportHead, type Timing } from '@suite/change-report';
import type { ImagePlan } from './plan.ts';
import type { Target } from './target.ts';

/** What a command found out; everything else of the report is known before it begins. */
export interface Findings {
  readonly verdict: ChangeReport['verdict'];
  readonly plan?: ImagePlan;
  readonly checks?: readonly Check[];
  readonly differences?: ChangeReport['differences'];
  readonly warnings?: readonly string[];
  readonly timings?: readonly Timing[];
  /** What is there now, by name: `host/repository@sha256:…`. */
  readonly images?: Readonly<Record<string, string>>;
}

export interface Subject {
  readonly command: 'plan' | 'apply' | 'verify';
  readonly view: Target['head'];
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
    ...reportHead({ ...subject, action: 'push-acr' }),
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

export function outputsOf(report: ChangeReport, { images }: Findings, reportFile: string) {
  return {
    changes: report.changes.length,
    risk: highestRisk(report.changes),
    digest: report.digest,
    images: images === undefined ? undefined : JSON.stringify(images),
    verdict: report.verdict,
    report: reportFile,
  };
}
