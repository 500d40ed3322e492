import { type Check, type Timing, unusedAllowances } from '@suite/change-report';
import { CancelledError, count, describeProblem, UserError } from '@suite/foundation';
import { TerraformFailure } from '@suite/terraform';
import type { Reviewed } from './inputs.ts';
import { type JudgedPlan, refusals } from './plan.ts';
import type { Services } from './ports.ts';
import { isMadeFor, makePlan, type Prepared, prepare, readPlanFile } from './prepared.ts';
import { type Findings, failureChecks, showValue, timingsOf } from './report.ts';
import { describeHolder } from './state.ts';
import type { Target } from './target.ts';
import { verifyScope } from './verify/verify.ts';
import type { Workspace } from './workspace.ts';

/** What a command comes to. With `error` the step fails, after the report was written. */
export interface Outcome {
  readonly findings: Findings;
  readonly planFile?: string;
  readonly error?: unknown;
}

/** Plans. Changes nothing; what apply would refuse is a blocked check, not a failure. */
export async function plan(
  target: Target,
  services: Services,
  workspace: Workspace,
  planFile: string | undefined,
): Promise<Outcome> {
  const azure = services.connect(target);
  const prepared = await prepare(target, services, azure, workspace);
  const file = planFile ?? workspace.planFile;
  const judged = await makePlan(target, services, prepared, file);
  const holder = await describeHolder(azure, target.view, prepared.state, services.clock.now());
  const outdated =
    holder === undefined ? [] : [`This plan may be outdated soon. ${describeProblem({ message: holder.message })}`];
  const spare = unusedAllowances(judged.content.changes, target.view.allow).map(
    key => `\`allow:\` of ${target.view.scope} names ${key}, which this plan does not need: take it out.`,
  );
  return { findings: { verdict: judged.verdict, plan: judged, warnings: [...outdated, ...spare] }, planFile: file };
}

/** Compares the running platform with the platform file. */
export async function verify(target: Target, services: Services): Promise<Outcome> {
  const differences = await verifyScope(target.view, services.connect(target));
  if (differences.length === 0) return { findings: { verdict: 'verified' } };
  const error = new UserError(
    differences.map(({ what, path, expected, actual }) => ({
      message: `${what} is \`${showValue(actual)}\`, but the platform file says \`${showValue(expected)}\`${path === '' ? '' : ` (${path})`}.`,
    })),
  );
  return { findings: { verdict: 'mismatch', differences }, error };
}

/** Applies what was reviewed and nothing else, then verifies. */
export async function apply(
  target: Target,
  services: Services,
  workspace: Workspace,
  reviewed: Reviewed,
): Promise<Outcome> {
  const azure = services.connect(target);
  const prepared = await prepare(target, services, azure, workspace);
  const holder = await describeHolder(azure, target.view, prepared.state, services.clock.now());
  if (holder !== undefined) throw new UserError(holder);

  const planFile = reviewed.planFile ?? workspace.planFile;
  const made =
    reviewed.planFile === undefined
      ? await makePlan(target, services, prepared, planFile)
      : await readPlanFile(target, prepared, planFile);
  const judged = { ...made, checks: [...compareWithReview(target, made, reviewed), ...made.checks] };
  const refused = refusals(judged);
  if (refused.length > 0) {
    return { findings: { verdict: 'blocked', plan: judged }, error: new UserError(refused) };
  }
  if (!judged.content.applyable) {
    services.log.info('Nothing to apply.');
    return afterwards(target, services, { verdict: 'no-changes', plan: judged });
  }
  return performPlan(target, services, prepared, judged, planFile);
}

/** Blocked checks for whatever makes this plan another one than was reviewed. */
function compareWithReview(target: Target, { content, digest }: JudgedPlan, reviewed: Reviewed): Check[] {
  if (reviewed.digest !== undefined && reviewed.digest !== digest) {
    return [
      {
        id: 'review/digest',
        name: 'The plan is the reviewed one',
        status: 'blocked',
        message: `This plan is not what was reviewed: its digest is ${digest}, the reviewed one ${reviewed.digest}. Nothing was applied.`,
        remedy: `Something changed since the review. Read the ${count(content.changes.length, 'change')} in the summary, and review again.`,
      },
    ];
  }
  if (isMadeFor(target, content)) return [];
  return [
    {
      id: 'review/platform-file',
      name: 'The plan is for this scope and platform file',
      status: 'blocked',
      message: 'This plan was made for another scope, or the platform file has changed since. Nothing was applied.',
      remedy: 'Plan again and review the new plan.',
    },
  ];
}

async function performPlan(
  target: Target,
  services: Services,
  { azure, terraform, workspace }: Prepared,
  judged: JudgedPlan,
  planFile: string,
): Promise<Outcome> {
  const { context, clock, log } = services;
  const startedAt = clock.now();
  await azure.marker.write({
    run: context.runUrl ?? 'outside of a workflow',
    actor: context.actor || 'unknown',
    command: 'apply',
    startedAt: new Date(startedAt).toISOString(),
  });
  let timings: readonly Timing[];
  try {
    const { resources } = await log.group('terraform apply', () => terraform.apply({ planFile }));
    timings = timingsOf(resources, startedAt);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    const resources = error.cause instanceof TerraformFailure ? error.cause.resources : [];
    return { findings: { verdict: 'failed', plan: judged, timings: timingsOf(resources, startedAt) }, error };
  } finally {
    await azure.marker.remove();
    await workspace.discard(workspace.planFile);
  }
  return afterwards(target, services, { verdict: 'applied', plan: judged, timings });
}

/** An apply is done when what runs is what was asked for. */
async function afterwards(target: Target, services: Services, findings: Findings): Promise<Outcome> {
  let verified: Outcome;
  try {
    verified = await verify(target, services);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    // What was applied is applied, whether or not it could be looked at.
    const checks = [...(findings.plan?.checks ?? []), ...failureChecks(error)];
    return { findings: { ...findings, checks }, error };
  }
  if (verified.error === undefined) return { findings };
  const differences = verified.findings.differences ?? [];
  return { findings: { ...findings, verdict: 'mismatch', differences }, error: verified.error };
}
