import {
  assembleReport,
  failureChecks,
  headline,
  judgeDrift,
  problemSections,
  renderSummaryParts,
  reportOutputs,
} from '@suite/change-report';
import { CancelledError, stopCalls, UserError } from '@suite/foundation';
import { exclusively, refuseWhileLocked, whileAtRest } from '@suite/lease';
import { placeOf } from '@suite/platform-file';
import { describeLock } from '@suite/terraform';
import { driftFor } from './drift-command.ts';
import type { Request } from './inputs.ts';
import { planFor } from './plan-command.ts';
import type { Connected, Services } from './ports.ts';
import type { Outcome } from './report.ts';
import { rollBack } from './rollback-command.ts';
import { sync } from './sync-command.ts';
import { loadTarget, type Target } from './target.ts';
import { verify, wait } from './verify-command.ts';

/** Runs one command and reports it, also when it fails. Rejects with what went wrong, after the report was written. */
export async function perform(request: Request, services: Services): Promise<void> {
  const { clock, context, log, summary } = services;
  const { command } = request;
  const startedAt = clock.now();
  const target = await loadTarget(request, context.workspace).catch(async error => {
    if (error instanceof UserError) await summary.append(problemSections(error.problems));
    throw error;
  });
  const { view, identity } = target;
  log.info(`${command} of ${placeOf(view)} as client id ${identity.clientId}`);
  const { findings, error } = await work(request, target, services, startedAt);
  const subject = {
    action: 'sync-argocd',
    command: kinds[command],
    view,
    context,
    startedAt,
    finishedAt: clock.now(),
  } as const;
  const failures = findings.verdict === 'failed' ? failureChecks(error) : [];
  const report = assembleReport(subject, { ...findings, checks: [...(findings.checks ?? []), ...failures] });
  const reportFile = await services.writeReport(command, report);
  const parts = renderSummaryParts(report, { limitBytes: await summary.room() });
  await summary.append(parts.slice(0, 1));
  services.setOutputs({
    ...reportOutputs(report, reportFile),
    'gitops-commit': findings.commit,
    running: findings.running === undefined ? undefined : JSON.stringify(findings.running),
    'summary-parts': parts.length,
  });
  if (error !== undefined) throw error;
  log.info(headline(report));
}

/** As reports call the commands. */
const kinds = {
  plan: 'plan',
  drift: 'drift',
  verify: 'verify',
  wait: 'verify',
  sync: 'apply',
  rollback: 'apply',
} as const;

async function work(request: Request, target: Target, services: Services, startedAt: number): Promise<Outcome> {
  const { view } = target;
  try {
    const signedIn = services.signIn(target);
    switch (request.command) {
      case 'plan':
        return await whileConnected(signedIn.connect(), connected => planFor(request, target, services, connected));
      case 'drift':
        return await whileAtRest({ ...services, ...signedIn, place: placeOf(view), view, describeLock }, () =>
          whileConnected(signedIn.connect(), connected => driftFor(request, target, services, connected)),
        );
      case 'wait':
        return await whileConnected(signedIn.connect(), connected =>
          wait(request, target, services, connected, startedAt),
        );
      case 'verify':
        return await whileConnected(signedIn.connect(), connected => verify(request, target, services, connected));
      case 'sync':
      case 'rollback': {
        const options = {
          ...services,
          place: placeOf(view),
          lease: signedIn.lease,
          waitMs: request.leaseWaitMs,
          command: `sync-argocd ${request.command}`,
          mayTakeOver: refuseWhileLocked({
            ...services,
            view,
            readState: signedIn.readState,
            describeLock,
          }),
        };
        // Looked at once it is nobody else's: what was seen before a wait is outdated.
        return await exclusively(options, lost => {
          const held = { ...services, signal: AbortSignal.any([services.signal, lost]) };
          return whileConnected(signedIn.connect(), connected =>
            request.command === 'sync'
              ? sync(request, target, held, whileHeld(connected, lost), startedAt)
              : rollBack(request, target, held, whileHeld(connected, lost)),
          );
        });
      }
    }
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

/** Nothing is committed and nothing in the cluster is changed any more once the lease is lost. */
function whileHeld(connected: Connected, lost: AbortSignal): Connected {
  const { cluster, gitops } = connected;
  return {
    ...connected,
    cluster:
      cluster === undefined
        ? undefined
        : {
            ...stopCalls(cluster, ['apply', 'remove'], lost),
            home: stopCalls(cluster.home, ['apply', 'remove'], lost),
            argo: stopCalls(cluster.argo, ['sync', 'refresh', 'refreshSet', 'clear', 'terminate'], lost),
          },
    gitops: stopCalls(gitops, ['commit'], lost),
  };
}

async function whileConnected<T>(
  connecting: Promise<Connected>,
  act: (connected: Connected) => Promise<T>,
): Promise<T> {
  const connected = await connecting;
  try {
    return await act(connected);
  } finally {
    await connected.close();
  }
}
