import {
  assembleReport,
  type Check,
  compareWithReviewed,
  failureChecks,
  headline,
  problemSections,
  readReviewed,
  renderSummaryParts,
  reportOutputs,
} from '@suite/change-report';
import { CancelledError, count, duration, sentenceList, UserError } from '@suite/foundation';
import { exclusively } from '@suite/lease';
import { spareAllowances } from './allowance.ts';
import { applyPlan } from './apply.ts';
import { failureOf } from './apply-failure.ts';
import { criticalPath } from './graph.ts';
import { changingOutputs } from './infrastructure.ts';
import type { Request } from './inputs.ts';
import { type PlatformPlan, summaryOf } from './plan.ts';
import type { Connected, Services } from './ports.ts';
import { prepare } from './prepare.ts';
import { type Findings, timingsOf } from './report.ts';
import { beyondReview, reviewOf } from './review.ts';
import { groundwork, layGroundwork } from './setup.ts';
import { loadTarget, placeOf, type Target } from './target.ts';
import { verifyReleases } from './verify.ts';

interface Outcome {
  readonly findings: Findings;
  /** What the command fails with, after its report was written. */
  readonly error?: unknown;
}

/** Runs one command and reports it, also when it fails. Rejects with what went wrong, after the report was written. */
export async function deploy(request: Request, services: Services): Promise<void> {
  const { clock, context, log, summary } = services;
  const startedAt = clock.now();
  const target = await loadTarget(request, context.workspace).catch(async error => {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  });
  const { view, identity } = target;
  log.info(`${request.command} of ${view.scope} in ${view.region} as client id ${identity.clientId}`);
  const { findings, error } = await perform(request, target, services, startedAt);
  const about = { action: 'deploy-platform', command: request.command, view, context };
  const subject = { ...about, startedAt, finishedAt: clock.now() };
  const failed = findings.verdict === 'failed' ? failureChecks(error) : [];
  const report = assembleReport(subject, { ...findings, checks: [...(findings.checks ?? []), ...failed] });
  const reportFile = await services.writeReport(request.command, report);
  const parts = renderSummaryParts(report, { limitBytes: await summary.room() });
  await summary.append(parts.slice(0, 1));
  services.setOutputs({
    ...reportOutputs(report, reportFile),
    releases: findings.plan === undefined ? undefined : JSON.stringify(reviewOf(findings.plan.releases)),
    'summary-parts': parts.length,
  });
  if (error !== undefined) throw error;
  log.info(headline(report));
}

async function perform(request: Request, target: Target, services: Services, startedAt: number): Promise<Outcome> {
  try {
    const signedIn = services.signIn(target);
    if (request.command !== 'apply') {
      return await whileConnected(signedIn.connect(), connected =>
        request.command === 'plan' ? plan(request, target, services, connected) : verify(target, services, connected),
      );
    }
    const options = {
      ...services,
      place: placeOf(target.view),
      lease: signedIn.lease,
      waitMs: request.leaseWaitMs,
    };
    // The state and the cluster are looked at once they are nobody else's: what was seen before a wait is outdated.
    return await exclusively(options, lost =>
      whileConnected(signedIn.connect(lost), connected =>
        apply(request, target, services, connected, startedAt, AbortSignal.any([services.signal, lost])),
      ),
    );
  } catch (error) {
    // A defect is reported by the runner alone; there is nothing a reader of the summary could do about it.
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    return { findings: { verdict: 'failed' }, error };
  }
}

async function whileConnected<T>(
  connecting: Promise<Connected>,
  work: (connected: Connected) => Promise<T>,
): Promise<T> {
  const connected = await connecting;
  try {
    return await work(connected);
  } finally {
    await connected.close();
  }
}

/** With the infrastructure as it is. */
const whenApplied = { isApply: true, changing: new Set<string>() };

async function plan(
  request: Extract<Request, { command: 'plan' }>,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  const { infrastructureReport, approval } = request;
  const seen =
    request.reviewed === undefined ? undefined : { report: await readReviewed(request.reviewed, 'deploy-platform') };
  const changing = infrastructureReport === undefined ? new Set<string>() : await changingOutputs(infrastructureReport);
  const { plan: plain } = await prepare(target, services, connected, { isApply: false, changing });
  for (const one of plain.releases) services.log.info(summaryOf(one));
  const review =
    seen === undefined ? [] : [compareWithReviewed({ ...plain, applyable: !isIdle(plain) }, seen.report, approval)];
  const made = { ...plain, checks: [...review, ...plain.checks] };
  const blocked = made.checks.filter(({ status }) => status === 'blocked');
  const verdict = blocked.length > 0 ? 'blocked' : isIdle(made) ? 'no-changes' : 'changes';
  const findings: Findings = { verdict, plan: made, warnings: spareAllowances(made, target.view) };
  if (blocked.length === 0 || !request.failIfBlocked) return { findings };
  return {
    findings,
    error: refusal(blocked),
  };
}

async function apply(
  { review, parallel }: Extract<Request, { command: 'apply' }>,
  target: Target,
  services: Services,
  connected: Connected,
  startedAt: number,
  /** Aborted when the run is cancelled or has lost its lease. */
  signal: AbortSignal,
): Promise<Outcome> {
  const { cluster, helm } = connected;
  const { clock, context, log } = services;
  if (cluster === undefined) throw noCluster(target);
  const { plan: made, releases, rendered } = await prepare(target, services, connected, whenApplied);
  const blocked = made.checks.filter(({ status }) => status === 'blocked');
  if (blocked.length > 0) {
    return { findings: { verdict: 'blocked', plan: made }, error: refusal(blocked) };
  }
  const beyond = beyondReview(made.releases, review);
  if (beyond.length > 0) {
    return {
      findings: { verdict: 'blocked', plan: made },
      error: new UserError({
        message: `What would be applied now is not what was reviewed: ${sentenceList(beyond)}. Nothing was changed.`,
        remedy: 'Something was changed since, in the platform file or in the cluster. Plan again, and review that.',
      }),
    };
  }
  if (signal.aborted) throw new CancelledError('Nothing was changed.');
  const planner = await connected.planner();
  if (planner === undefined) {
    log.warning(
      'The plan identity was not found among the managed identities: it gets no rights in the cluster from here.',
    );
  }
  await layGroundwork(groundwork(target.view, planner, rendered), cluster);
  const offset = clock.now() - startedAt;
  const result = await applyPlan(made, {
    helm,
    cluster,
    clock,
    log,
    signal,
    run: context.runUrl ?? 'outside of a workflow',
    commit: context.sha,
    rollback: target.view.rollback,
    limit: parallel,
  });
  const path = criticalPath(releases, result.runs);
  const longest = Math.max(0, ...result.runs.map(({ endMs }) => endMs));
  if (path.length > 0) log.info(`${duration(longest)} in all, decided by ${path.join(' → ')}`);
  const timings = timingsOf(result.runs, offset);
  const notes = result.runs.flatMap(run =>
    run.result === 'done' ? run.value.notes.map(note => `${run.name}: ${note}`) : [],
  );
  const warnings = [...notes, ...result.rolledBack];
  if (signal.aborted) {
    const done = result.runs.filter(({ result: how }) => how === 'done').length;
    const error = new CancelledError(
      `${count(done, 'release')} of ${result.runs.length} ${done === 1 ? 'was' : 'were'} done. Running this again goes on from there.`,
    );
    return { findings: { verdict: 'failed', plan: made, timings, warnings }, error };
  }
  const error = failureOf(result);
  if (error !== undefined) return { findings: { verdict: 'failed', plan: made, timings, warnings }, error };
  const verdict = isIdle(made) ? 'no-changes' : 'applied';
  return { findings: { verdict, plan: made, timings, warnings } };
}

async function verify(target: Target, services: Services, connected: Connected): Promise<Outcome> {
  const { cluster } = connected;
  if (cluster === undefined) throw noCluster(target);
  const prepared = await prepare(target, services, connected, whenApplied);
  const { differences, warnings } = await verifyReleases(prepared, cluster, services);
  if (differences.length === 0) return { findings: { verdict: 'verified', warnings } };
  const problems = differences.map(({ what, path, expected, actual }) => ({
    message: `${what}: ${path === '' ? '' : `${path} `}should be ${expected}, and is ${actual}.`,
  }));
  return { findings: { verdict: 'mismatch', differences, warnings }, error: new UserError(problems) };
}

function isIdle({ changes, releases }: PlatformPlan): boolean {
  return changes.length === 0 && releases.every(({ action }) => action === 'none');
}

/** What apply refuses, as an error. */
function refusal(blocked: readonly Check[]): UserError {
  return new UserError(
    blocked.map(({ message, remedy }) => ({ message, ...(remedy === undefined ? {} : { remedy }) })),
  );
}

function noCluster({ view }: Target): UserError {
  return new UserError({
    message: `There is no cluster ${view.cluster.name} in ${view.resourceGroup}.`,
    remedy: 'Apply its infrastructure first, with `provision-aks`.',
  });
}
