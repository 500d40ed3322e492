import { failureChecks, headline, problemSections, renderSummaryParts } from '@suite/change-report';
import { CancelledError, UserError } from '@suite/foundation';
import { apply } from './apply.ts';
import { check } from './check.ts';
import { type Outcome, plan, verify } from './commands.ts';
import { drift } from './drift/drift.ts';
import type { BootstrapRequest, Request, ScopeRequest } from './inputs.ts';
import { lockProviders } from './lock-providers.ts';
import type { Services } from './ports.ts';
import { assembleReport, outputsOf } from './report.ts';
import { hasOwnRoot } from './sources/describe-sources.ts';
import { renderProposal } from './survey/render.ts';
import { survey } from './survey/survey.ts';
import { loadTarget, type Target } from './target.ts';
import { unlock } from './unlock.ts';
import type { Workspace } from './workspace.ts';

/** Runs one command and reports it, also when it fails. Rejects with what went wrong, after the report was written. */
export async function provision(request: Exclude<Request, BootstrapRequest>, services: Services): Promise<void> {
  if (request.command === 'check') return check(request.platformFile, services);
  if (request.command === 'lock-providers') return lockProviders(request, services);
  const startedAt = services.clock.now();
  const told = async (error: unknown): Promise<never> => {
    if (error instanceof UserError) await services.summary.append(problemSections(error.problems));
    throw error;
  };
  const target = await loadTarget(request, services.context.workspace).catch(told);
  const { view } = target;
  services.log.info(`${request.command} of ${view.scope} in ${view.region} as client id ${target.identity.clientId}`);
  if (request.command === 'unlock') return unlock(request, target, services, () => services.prepareWorkspace(target));
  const workspace = await services.prepareWorkspace(target).catch(told);
  const outcome = await perform(request, target, services, workspace);

  const finishedAt = services.clock.now();
  const command = reportedAs[request.command];
  const subject = { command, view, context: services.context, startedAt, finishedAt };
  const checks = [
    ...(outcome.findings.checks ?? outcome.findings.plan?.checks ?? []),
    ...(outcome.findings.verdict === 'failed' ? failureChecks(outcome.error) : []),
  ];
  const report = assembleReport(subject, { ...outcome.findings, checks });
  const reportFile = await workspace.writeReport(request.command, report);
  if (outcome.proposal !== undefined) await services.summary.append(renderProposal(outcome.proposal));
  const parts = renderSummaryParts(report, { limitBytes: await services.summary.room() });
  await services.summary.append(parts.slice(0, 1));
  services.setOutputs({
    ...outputsOf(report, reportFile, outcome.plan),
    'summary-parts': parts.length,
    'proposed-file': outcome.proposal?.file,
  });
  if (outcome.error !== undefined) throw outcome.error;
  services.log.info(headline(report));
}

/** To a report, what performs a plan is an apply, and what plans a proposal is a plan. */
const reportedAs = {
  plan: 'plan',
  survey: 'plan',
  apply: 'apply',
  destroy: 'apply',
  verify: 'verify',
  drift: 'drift',
} as const;

async function perform(
  request: ScopeRequest,
  target: Target,
  services: Services,
  workspace: Workspace,
): Promise<Outcome> {
  try {
    refuseDestroyOfOwnRoot(request, target);
    switch (request.command) {
      case 'plan':
        return await plan(target, services, workspace, request);
      case 'apply':
      case 'destroy':
        return await apply(target, services, workspace, request);
      case 'survey':
        return await survey(target, services, request);
      case 'verify':
        return await verify(target, services);
      case 'drift':
        return await drift(target, services, workspace);
    }
  } catch (error) {
    // A defect is reported by the runner alone; there is nothing a reader of the summary could do about it.
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    return { findings: { verdict: 'failed' }, error };
  }
}

/** What of a root of somebody's own holds data, and what has to go first, is not known here. */
function refuseDestroyOfOwnRoot(request: ScopeRequest, { view }: Target): void {
  if (!hasOwnRoot(view)) return;
  if (request.command !== 'destroy' && !(request.command === 'plan' && request.destroy)) return;
  throw new UserError({
    message: `${view.scope} is made by a root of your own, of which this action does not know what has to stay. Nothing was touched.`,
    remedy: 'Take out of that root what is to go, and plan and apply it.',
  });
}
