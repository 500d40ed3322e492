import { failureChecks, headline, problemSections, renderSummaryParts } from '@suite/change-report';
import { CancelledError, UserError } from '@suite/foundation';
import { apply } from './apply.ts';
import { check } from './check.ts';
import { type Outcome, plan, verify } from './commands.ts';
import type { BootstrapRequest, Request, ScopeRequest } from './inputs.ts';
import type { Services } from './ports.ts';
import { assembleReport, outputsOf } from './report.ts';
import { loadTarget, type Target } from './target.ts';
import type { Workspace } from './workspace.ts';

/** Runs one command and reports it, also when it fails. Rejects with what went wrong, after the report was written. */
export async function provision(request: Exclude<Request, BootstrapRequest>, services: Services): Promise<void> {
  if (request.command === 'check') return check(request.platformFile, services);
  const startedAt = services.clock.now();
  const target = await loadTarget(request, services.context.workspace).catch(async error => {
    if (error instanceof UserError) await services.summary.append(problemSections(error.problems));
    throw error;
  });
  const { view } = target;
  services.log.info(`${request.command} of ${view.scope} in ${view.region} as client id ${target.identity.clientId}`);
  const workspace = await services.prepareWorkspace(view);
  const outcome = await perform(request, target, services, workspace);

  const finishedAt = services.clock.now();
  const subject = { command: request.command, view, context: services.context, startedAt, finishedAt };
  const checks = [
    ...(outcome.findings.checks ?? outcome.findings.plan?.checks ?? []),
    ...(outcome.findings.verdict === 'failed' ? failureChecks(outcome.error) : []),
  ];
  const report = assembleReport(subject, { ...outcome.findings, checks });
  const reportFile = await workspace.writeReport(request.command, report);
  const parts = renderSummaryParts(report, { limitBytes: await services.summary.room() });
  await services.summary.append(parts.slice(0, 1));
  services.setOutputs({ ...outputsOf(report, reportFile, outcome.plan), 'summary-parts': parts.length });
  if (outcome.error !== undefined) throw outcome.error;
  services.log.info(headline(report));
}

async function perform(
  request: ScopeRequest,
  target: Target,
  services: Services,
  workspace: Workspace,
): Promise<Outcome> {
  try {
    switch (request.command) {
      case 'plan':
        return await plan(target, services, workspace, request);
      case 'apply':
        return await apply(target, services, workspace, request);
      case 'verify':
        return await verify(target, services);
    }
  } catch (error) {
    // A defect is reported by the runner alone; there is nothing a reader of the summary could do about it.
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    return { findings: { verdict: 'failed' }, error };
  }
}
