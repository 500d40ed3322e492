import {
  assembleReport,
  failureChecks,
  headline,
  judgeDrift,
  problemSections,
  renderSummaryParts,
  reportOutputs,
} from '@suite/change-report';
import { CancelledError, UserError } from '@suite/foundation';
import { stopWrites } from '@suite/kubernetes';
import { exclusively, refuseWhileLocked, whileAtRest } from '@suite/lease';
import { placeOf } from '@suite/platform-file';
import { describeLock } from '@suite/terraform';
import { applyReleases } from './apply-command.ts';
import { destroyReleases, planDestruction } from './destroy/command.ts';
import { findDrift } from './drift-command.ts';
import type { Request } from './inputs.ts';
import type { ApplyRequest, Outcome } from './outcome.ts';
import { planReleases } from './plan-command.ts';
import type { Connected, Services } from './ports.ts';
import { reviewOf } from './review.ts';
import { loadTarget, type Target } from './target.ts';
import { verifyPlatform } from './verify-command.ts';

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
  // To a report it is an apply: it performs a plan.
  const command = request.command === 'destroy' ? 'apply' : request.command;
  const about = { action: 'deploy-platform', command, view, context };
  const subject = { ...about, startedAt, finishedAt: clock.now() };
  const failed = findings.verdict === 'failed' ? failureChecks(error) : [];
  const report = assembleReport(subject, { ...findings, checks: [...(findings.checks ?? []), ...failed] });
  const reportFile = await services.writeReport(request.command, report);
  const parts = renderSummaryParts(report, { limitBytes: await summary.room() });
  await summary.append(parts.slice(0, 1));
  services.setOutputs({
    ...reportOutputs(report, reportFile),
    releases:
      findings.plan === undefined ? undefined : JSON.stringify(findings.reviewed ?? reviewOf(findings.plan.releases)),
    'summary-parts': parts.length,
  });
  if (error !== undefined) throw error;
  log.info(headline(report));
}

async function perform(request: Request, target: Target, services: Services, startedAt: number): Promise<Outcome> {
  const { view } = target;
  try {
    const signedIn = services.signIn(target);
    if (!('review' in request)) {
      const look = () => whileConnected(signedIn.connect(), connected => looks(request, target, services, connected));
      const place = {
        ...services,
        ...signedIn,
        place: placeOf(view),
        view,
        describeLock,
      };
      return await (request.command === 'drift' ? whileAtRest(place, look) : look());
    }
    const options = {
      ...services,
      place: placeOf(view),
      lease: signedIn.lease,
      waitMs: request.leaseWaitMs,
      // Who sees the note of `apply` alone takes Terraform's lock for its own.
      command: `deploy-platform ${request.command}`,
      mayTakeOver: refuseWhileLocked({
        ...services,
        view,
        readState: signedIn.readState,
        describeLock,
      }),
    };
    const work = request.command === 'destroy' ? destroyReleases : applyReleases;
    // The state and the cluster are looked at once they are nobody else's: what was seen before a wait is outdated.
    return await exclusively(options, lost =>
      whileConnected(signedIn.connect(lost), connected =>
        work(
          request,
          target,
          services,
          whileHeld(connected, lost),
          startedAt,
          AbortSignal.any([services.signal, lost]),
        ),
      ),
    );
  } catch (error) {
    // A defect is reported by the runner alone; there is nothing a reader of the summary could do about it.
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    if (request.command === 'drift' && error instanceof UserError) {
      const { verdict, checks } = judgeDrift({ drift: [], gaps: error.problems });
      return { findings: { verdict, checks }, error };
    }
    return { findings: { verdict: 'failed' }, error };
  }
}

/** Helm is told by its processes; what is written beside it ends with the lease as well. */
function whileHeld(connected: Connected, lost: AbortSignal): Connected {
  const { cluster } = connected;
  return cluster === undefined ? connected : { ...connected, cluster: stopWrites(cluster, lost) };
}

/** The commands that change nothing. */
function looks(
  request: Exclude<Request, ApplyRequest>,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  switch (request.command) {
    case 'plan':
      return request.destroy
        ? planDestruction(request, target, services, connected)
        : planReleases(request, target, services, connected);
    case 'verify':
      return verifyPlatform(target, services, connected);
    case 'drift':
      return findDrift(target, services, connected);
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
