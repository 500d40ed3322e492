import {
  assembleReport,
  type ChangeReport,
  type Check,
  type CheckStatus,
  type ReportSubject,
  type Timing,
} from '@suite/change-report';
import { decide, worst } from './decide.ts';
import type { TestedNode } from './test-pool.ts';
import type { Finding, Verdict } from './verdict.ts';
import { type Milestone, milestones } from './watch/phases.ts';
import type { WorkloadResult } from './workload/index.ts';

/** What was found out about one pool. */
export interface PoolReport {
  readonly pool: string;
  readonly findings: readonly Finding[];
  /** Seconds since the command began, by milestone. */
  readonly phases: Readonly<Partial<Record<string, number>>>;
  readonly result: WorkloadResult | undefined;
  readonly nodes: readonly TestedNode[];
}

export interface RunFindings {
  readonly pools: readonly PoolReport[];
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** What became of a command that could not finish. */
  readonly stopped?: Verdict;
}

/** One verdict for all pools. */
export function verdictOf({ pools, stopped }: RunFindings): Verdict {
  return worst([...pools.map(({ findings }) => decide(findings)), ...(stopped === undefined ? [] : [stopped])]);
}

/** The change report of a test: nothing changes, and the checks are its findings. */
export function reportOf(subject: ReportSubject, run: RunFindings, failures: readonly Check[]): ChangeReport {
  const verdict = verdictOf(run);
  const broken = run.pools.flatMap(({ pool, findings }) =>
    findings.filter(finding => finding.verdict?.kind === 'failed').map(finding => ({ pool, finding })),
  );
  return assembleReport(subject, {
    verdict: reportVerdicts[verdict.kind],
    checks: [...run.pools.flatMap(checksOf), ...failures],
    differences: broken.map(({ pool, finding }) => ({
      what: `GPUs of the pool ${pool}: ${finding.check}`,
      path: '',
      expected: 'GPU work runs',
      actual: finding.evidence,
    })),
    timings: run.pools.flatMap(timingsOf),
  });
}

const reportVerdicts = {
  passed: 'verified',
  failed: 'mismatch',
  blocked: 'blocked',
  inconclusive: 'failed',
} as const satisfies Readonly<Record<Verdict['kind'], ChangeReport['verdict']>>;

function checksOf({ pool, findings }: PoolReport): Check[] {
  return findings.map((finding, index) => ({
    id: `${pool}/${index}`,
    name: `${pool}: ${finding.check}`,
    status: statusOf(finding),
    message: finding.evidence,
    ...(finding.remedy === undefined ? {} : { remedy: finding.remedy }),
  }));
}

function statusOf({ level, verdict }: Finding): CheckStatus {
  if (level === 'fine') return 'passed';
  if (level !== 'bad') return level;
  return verdict?.kind === 'blocked' || verdict?.kind === 'failed' ? verdict.kind : 'unknown';
}

/** What each milestone was followed by, as bars: `waits for a node from Azure`. */
const barNames: Readonly<Record<Exclude<Milestone, 'done'>, string>> = {
  queued: 'queued',
  'scale-up': 'scale-up',
  node: 'node starts',
  ready: 'device plugin',
  plugin: 'image',
  pulled: 'container starts',
  running: 'work',
};

/** Bars of the time line, in milliseconds since the command began. */
export function timingsOf({ pool, phases }: Pick<PoolReport, 'pool' | 'phases'>): Timing[] {
  const reached = milestones.flatMap(milestone => {
    const at = phases[milestone];
    return at === undefined ? [] : [{ milestone, at }];
  });
  return reached.slice(0, -1).flatMap(({ milestone, at }, index) => {
    const next = reached[index + 1];
    if (milestone === 'done' || next === undefined) return [];
    return [{ name: `${pool}: ${barNames[milestone]}`, startMs: at * 1000, durationMs: (next.at - at) * 1000 }];
  });
}
