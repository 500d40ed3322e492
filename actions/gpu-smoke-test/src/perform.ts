import { failureChecks, problemSections } from '@suite/change-report';
import { CancelledError, UserError } from '@suite/foundation';
import { placeOf } from '@suite/platform-file';
import { sweep } from './cleanup/sweep.ts';
import { decisive } from './decide.ts';
import type { Request, RunRequest } from './inputs.ts';
import { stoppedBy } from './left-open.ts';
import type { Services } from './ports.ts';
import { type PoolReport, type RunFindings, reportOf, verdictOf } from './report.ts';
import { renderSummary } from './summary.ts';
import { loadTarget, type Target } from './target.ts';
import { testPools } from './test-pools.ts';
import { findingText, type Verdict, verdictText } from './verdict.ts';

/** Runs one command and reports it, also when it fails. Rejects with what went wrong, after the report was written. */
export async function perform(request: Request, services: Services): Promise<void> {
  const { context, log, summary } = services;
  const target = await loadTarget(request, context.workspace).catch(async error => {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  });
  log.info(`${request.command} of ${placeOf(target.view)} as client id ${target.identity.clientId}`);
  if (request.command === 'sweep') await sweepOnly(target, services);
  else await runAndReport(request, target, services);
}

async function sweepOnly(target: Target, services: Services): Promise<void> {
  const { log, killedRun } = services;
  const connected = await services.connect(target);
  try {
    const { cluster } = connected;
    if (cluster === undefined) {
      log.info('There is no cluster, so nothing is left in it.');
      return;
    }
    const swept = await sweep({ ...services, cluster }, killedRun);
    if (swept.length === 0) log.info('Nothing is left of any test.');
  } finally {
    connected.close();
  }
}

async function runAndReport(request: RunRequest, target: Target, services: Services): Promise<void> {
  const { clock, log, summary } = services;
  const startedAt = clock.now();
  const { findings, error } = await work(request, target, services, startedAt);
  const verdict = verdictOf(findings);
  const subject = {
    action: 'gpu-smoke-test',
    command: 'verify',
    view: target.view,
    context: services.context,
    startedAt,
    finishedAt: clock.now(),
  } as const;
  const report = reportOf(subject, findings, failuresOf(error));
  const reportFile = await services.writeReport('run', report);
  await summary.append(renderSummary(placeOf(target.view), findings, report.checks));
  services.setOutputs({
    verdict: verdictText(verdict),
    phases: JSON.stringify(perPool(findings, ({ phases }) => phases)),
    measurements: JSON.stringify(perPool(findings, ({ result }) => result ?? null)),
    nodes: JSON.stringify(findings.pools.flatMap(({ pool, nodes }) => nodes.map(node => ({ pool, ...node })))),
    report: reportFile,
  });
  // A cancelled step has failed whatever is wished.
  if (error instanceof CancelledError) throw error;
  conclude(request, target, { findings, error }, services);
  log.info(`${placeOf(target.view)}: ${verdictText(verdict)}`);
}

function perPool<T>({ pools }: RunFindings, read: (pool: PoolReport) => T): Readonly<Record<string, T>> {
  return Object.fromEntries(pools.map(pool => [pool.pool, read(pool)]));
}

/** A defect is told by the runner; its report says no more than that. */
function failuresOf(error: Outcome['error']) {
  return error === undefined ? [] : failureChecks(error);
}

/** Annotations, and the exit that `fail-on` asks for. */
function conclude({ failOn }: RunRequest, { view }: Target, { findings, error }: Outcome, { log }: Services): void {
  const isFailure = ({ kind }: Verdict) => failOn.some(failure => failure === kind);
  if (error !== undefined) {
    const { stopped } = findings;
    if (stopped === undefined || isFailure(stopped)) throw error;
    log.warning(`${placeOf(view)}: ${verdictText(stopped)}. ${error.message}`);
    return;
  }
  for (const { pool, findings: all } of findings.pools) {
    for (const finding of all) {
      if (finding.level === 'warning') log.warning(findingText(pool, finding));
    }
  }
  const verdict = verdictOf(findings);
  if (verdict.kind === 'passed') return;
  const reasons = findings.pools.flatMap(({ pool, findings: all }) => {
    const finding = decisive(all);
    if (finding?.verdict === undefined) return [];
    return [
      { verdict: finding.verdict, finding, sentence: `${pool}: ${verdictText(finding.verdict)}. ${finding.evidence}` },
    ];
  });
  const fails = reasons.filter(({ verdict: of }) => isFailure(of));
  for (const { finding, sentence } of reasons.filter(reason => !fails.includes(reason))) {
    log.warning(finding.remedy === undefined ? sentence : `${sentence} ${finding.remedy}`);
  }
  if (fails.length === 0) return;
  throw new UserError(
    fails.map(({ sentence, finding }) => ({
      message: `${placeOf(view)}, ${sentence}`,
      ...(finding.remedy === undefined ? {} : { remedy: finding.remedy }),
    })),
  );
}

interface Outcome {
  readonly findings: RunFindings;
  /** What stopped the command, which is told after its report was written. */
  readonly error?: UserError | CancelledError | undefined;
}

async function work(request: RunRequest, target: Target, services: Services, startedAt: number): Promise<Outcome> {
  try {
    const connected = await services.connect(target);
    try {
      const pools = await testPools(request, target, services, connected, startedAt);
      return { findings: { pools, startedAt } };
    } finally {
      connected.close();
    }
  } catch (error) {
    // A defect is reported by the runner alone; there is nothing a reader of the summary could do about it.
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    return { findings: { pools: [], startedAt, stopped: stoppedBy(error) }, error };
  }
}
