import { type Check, failureChecks, type Timing } from '@suite/change-report';
import { CancelledError, count, UserError } from '@suite/foundation';
import { exclusively } from '@suite/lease';
import { TerraformFailure } from '@suite/terraform';
import { type Outcome, verify } from './commands.ts';
import { describeRetry, isLeftOf, mostRetries, passingFailure, requireGone, retryPauseMs } from './destroy/perform.ts';
import { exclusiveOptions } from './exclusive-options.ts';
import type { ApplyRequest, Reviewed } from './inputs.ts';
import { type JudgedPlan, refusals, withChecks } from './plan.ts';
import type { Services } from './ports.ts';
import { checkOwnRights, placeOfResources } from './preflight/index.ts';
import { isMadeFor, makePlan, type Prepared, prepare, readPlanFile } from './prepared.ts';
import { type Findings, timingsOf } from './report.ts';
import { keepErrored } from './saved-state.ts';
import { describeOwnRoot, hasOwnRoot } from './sources/describe-sources.ts';
import { describeHolder } from './state.ts';
import { discardPlans, type FetchedPlan, fetchPlan, requireOwnKey } from './stored-plan.ts';
import type { Target } from './target.ts';
import type { Workspace } from './workspace.ts';

/** Applies what was reviewed and nothing else, then verifies. Meanwhile no other run works on the scope. */
export async function apply(
  target: Target,
  services: Services,
  workspace: Workspace,
  { command, reviewed, leaseWaitMs }: ApplyRequest,
): Promise<Outcome> {
  const { view } = target;
  if (reviewed.kind === 'stored') requireOwnKey(view, reviewed.key);
  const azure = services.connect(target);
  // What cannot be applied anyway is not waited for.
  const fetched =
    reviewed.kind === 'stored'
      ? await fetchPlan({ ...services, view, plans: azure.plans }, reviewed, workspace.planFile)
      : undefined;
  const options = exclusiveOptions(view, services, azure, { command, waitMs: leaseWaitMs });
  return exclusively(options, async lost => {
    const prepared = await prepare(
      target,
      services,
      azure,
      workspace,
      command === 'destroy' ? 'destroy' : 'build',
      lost,
    );
    const holder = describeHolder(view, prepared.state, { state: 'free' }, services.clock.now());
    if (holder !== undefined) throw new UserError(holder);
    return applyReviewed(target, services, prepared, reviewed, fetched);
  });
}

async function applyReviewed(
  target: Target,
  services: Services,
  prepared: Prepared,
  reviewed: Reviewed,
  fetched: FetchedPlan | undefined,
): Promise<Outcome> {
  const { workspace } = prepared;
  const planFile = reviewed.kind === 'file' ? reviewed.planFile : workspace.planFile;
  const { made, lost } = await takePlan(target, services, prepared, reviewed, fetched, planFile);
  // Of a plan that an earlier attempt has applied nothing may be left: then what is missing is to look at what runs.
  const isDone = lost !== undefined && !made.content.applyable;
  const review = isDone ? [] : compareWithReview(target, prepared.purpose, made, reviewed, lost);
  const rights = await checkOwnRights(
    prepared.azure.preflight,
    made.content,
    placeOfResources(target.view),
    target.identity,
  );
  const judged = withChecks({ ...made, checks: [...review, ...made.checks] }, rights);
  const refused = refusals(judged);
  if (refused.length > 0) {
    return { findings: { verdict: 'blocked', plan: judged }, error: new UserError(refused) };
  }
  try {
    const findings: Findings = { verdict: 'no-changes', plan: judged };
    if (prepared.purpose === 'destroy') {
      if (judged.content.changes.length > 0) return await destroy(target, services, prepared, judged, planFile);
      services.log.info('Nothing is left to destroy.');
      return { findings };
    }
    if (judged.content.applyable) return await performPlan(target, services, prepared, judged, planFile);
    services.log.info('Nothing to apply.');
    return await afterwards(target, services, findings);
  } finally {
    await workspace.discard(workspace.planFile);
    if (reviewed.kind === 'stored') {
      const { plans } = prepared.azure;
      await discardPlans({ ...services, view: target.view, plans }, reviewed.key);
    }
  }
}

interface TakenPlan {
  readonly made: JudgedPlan;
  /** Why it is not the stored plan itself; absent where it is, or where none was stored. */
  readonly lost?: string;
}

/** The reviewed plan itself where it can still be applied, else a new one, which has to be equal. */
async function takePlan(
  target: Target,
  services: Services,
  prepared: Prepared,
  { kind }: Reviewed,
  fetched: FetchedPlan | undefined,
  planFile: string,
): Promise<TakenPlan> {
  const again = () => makePlan(target, services, prepared, planFile);
  if (kind === 'digest') return { made: await again() };
  if (kind === 'stored' && fetched === undefined) return { made: await again(), lost: 'The stored plan is gone' };
  const made = await readPlanFile(target, prepared, planFile);
  const { serial } = fetched ?? {};
  if (serial === undefined || made.serial === undefined || serial === String(made.serial)) return { made };
  // Whoever is killed after its apply leaves a plan behind that would create everything once more.
  const lost = 'The state was written after the stored plan was made';
  services.log.info(`${lost}. Planning again.`);
  return { made: await again(), lost };
}

/** Blocked checks for whatever makes this plan another one than was reviewed, or one that this command does not perform. */
function compareWithReview(
  target: Target,
  purpose: Prepared['purpose'],
  { content, digest }: JudgedPlan,
  reviewed: Reviewed,
  lost: string | undefined,
): Check[] {
  if (purpose === 'build' && content.mode === 'destroy') {
    return [
      {
        id: 'review/purpose',
        name: 'The plan was made for this command',
        status: 'blocked',
        message: `This plan was made to destroy, with \`destroy: true\`: ${count(content.changes.length, 'resource')} would go. \`apply\` performs no such plan. Nothing was applied.`,
        remedy: 'If that is meant, give it to the command `destroy`, which asks for the name of the environment.',
      },
    ];
  }
  if (reviewed.digest !== undefined && reviewed.digest !== digest) {
    const changes = count(content.changes.length, 'change');
    return [
      {
        id: 'review/digest',
        name: 'The plan is the reviewed one',
        status: 'blocked',
        message: `This plan is not what was reviewed: its digest is ${digest}, the reviewed one ${reviewed.digest}. Nothing was applied.`,
        remedy:
          lost === undefined
            ? `Something changed since the review. Read the ${changes} in the summary, and review again.`
            : `${lost}, so an apply may have performed a part of it. The summary shows the ${changes} that are left: run all jobs of the workflow again to have them reviewed.`,
      },
    ];
  }
  if (hasOwnRoot(target.view)) return reviewed.digest === undefined ? [needsDigest] : [];
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

/** A plan file says nothing of the scope that it was made for; its digest does, which is keyed from the state. */
const needsDigest: Check = {
  id: 'review/digest',
  name: 'The plan is the reviewed one',
  status: 'blocked',
  message:
    'A plan of a root of your own is applied only with its digest, which proves that it is of this scope. Nothing was applied.',
  remedy: 'Give the `digest` output of the plan as `expected-digest`.',
};

async function performPlan(
  target: Target,
  services: Services,
  prepared: Prepared,
  judged: JudgedPlan,
  planFile: string,
): Promise<Outcome> {
  const { timings, error } = await perform(target, services, prepared, planFile, services.clock.now());
  if (error !== undefined) return { findings: { verdict: 'failed', plan: judged, timings }, error };
  return afterwards(target, services, { verdict: 'applied', plan: judged, timings });
}

/** Lets Terraform apply a plan. `startedAt`: what its times count from. */
async function perform(
  { view }: Target,
  { log }: Services,
  { terraform, azure, workspace }: Prepared,
  planFile: string,
  startedAt: number,
): Promise<{ readonly timings: readonly Timing[]; readonly error?: UserError | CancelledError }> {
  try {
    const { resources } = await log.group(`${terraform.engine.command} apply`, () => terraform.apply({ planFile }));
    return { timings: timingsOf(resources, startedAt) };
  } catch (error) {
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    const resources = error.cause instanceof TerraformFailure ? error.cause.resources : [];
    const told = await keepErrored(error, view, azure, workspace, log);
    return { timings: timingsOf(resources, startedAt), error: told };
  }
}

/** Destroys what was reviewed, again and again while Azure only needs time, and looks whether it is gone. */
async function destroy(
  target: Target,
  services: Services,
  prepared: Prepared,
  judged: JudgedPlan,
  planFile: string,
): Promise<Outcome> {
  const { clock, log } = services;
  const recorded = await prepared.terraform.recorded();
  const startedAt = clock.now();
  const timings: Timing[] = [];
  const failed = (error: unknown): Outcome => ({ findings: { verdict: 'failed', plan: judged, timings }, error });
  for (let attempt = 1, file = planFile; ; attempt++) {
    const done = await perform(target, services, prepared, file, startedAt);
    timings.push(...done.timings);
    if (done.error === undefined) break;
    const code = passingFailure(done.error);
    if (code === undefined || attempt > mostRetries) return failed(done.error);
    log.info(describeRetry(code, attempt));
    await clock.sleep(retryPauseMs);
    // What was done is in the state by now, so the plan is made anew, and may hold nothing that was not reviewed.
    file = prepared.workspace.planFile;
    const rest = await makePlan(target, services, prepared, file);
    const refused = refusals(rest);
    if (refused.length > 0) return failed(new UserError(refused));
    if (!isLeftOf(rest.content.changes, judged.content.changes)) {
      return failed(
        new UserError({
          message: 'What is left to destroy holds something that was not reviewed. It was left alone.',
          remedy: 'Plan again and review that.',
        }),
      );
    }
    if (rest.content.changes.length === 0) break;
  }
  const findings: Findings = { verdict: 'applied', plan: judged, timings };
  try {
    await requireGone(judged.content.changes, recorded, prepared.azure.findResource);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    return { findings: { ...findings, checks: [...judged.checks, ...failureChecks(error)] }, error };
  }
  return { findings };
}

/** An apply is done when what runs is what was asked for. */
async function afterwards(target: Target, services: Services, findings: Findings): Promise<Outcome> {
  if (hasOwnRoot(target.view)) return { findings: { ...findings, warnings: describeOwnRoot(target.view) } };
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
  const { differences = [], checks: unseen = [] } = verified.findings;
  const checks = [...(findings.plan?.checks ?? []), ...unseen];
  return { findings: { ...findings, verdict: 'mismatch', differences, checks }, error: verified.error };
}
