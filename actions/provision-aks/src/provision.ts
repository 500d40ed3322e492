import { escapeText, headline, renderSummary } from '@suite/change-report';
import { CancelledError, count, describeProblem, type Problem, UserError } from '@suite/foundation';
import { apply, type Outcome, plan, verify } from './commands.ts';
import type { Request } from './inputs.ts';
import type { Services } from './ports.ts';
import { assembleReport, failureChecks, outputsOf } from './report.ts';
import { loadTarget, type Target } from './target.ts';
import type { Workspace } from './workspace.ts';

/** Runs one command and reports it, also when it fails. Rejects with what went wrong, after the report was written. */
export async function provision(request: Request, services: Services): Promise<void> {
  const startedAt = services.clock.now();
  const target = await loadTarget(request, services.context.workspace).catch(async error => {
    if (error instanceof UserError) await services.summary.append(describeProblems(error.problems));
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
  await services.summary.append([renderSummary(report, { limitBytes: await services.summary.room() })]);
  services.setOutputs(outputsOf(report, reportFile, outcome.planFile));
  if (outcome.error !== undefined) throw outcome.error;
  services.log.info(headline(report));
}

/** There is no scope to report on yet, but the summary says what the log says. */
function describeProblems(problems: readonly Problem[]): string[] {
  const lines = problems.slice(0, 100).map(problem => `- ${escapeText(describeProblem(problem))}`);
  return [`### ${count(problems.length, 'problem')} before anything was called`, lines.join('\n')];
}

async function perform(request: Request, target: Target, services: Services, workspace: Workspace): Promise<Outcome> {
  try {
    switch (request.command) {
      case 'plan':
        return await plan(target, services, workspace, request.planFile);
      case 'apply':
        return await apply(target, services, workspace, request.reviewed);
      case 'verify':
        return await verify(target, services);
    }
  } catch (error) {
    // A defect is reported by the runner alone; there is nothing a reader of the summary could do about it.
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    return { findings: { verdict: 'failed' }, error };
  }
}
