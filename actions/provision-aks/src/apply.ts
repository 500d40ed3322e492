import { type Check, failureChecks, type Timing } from '@suite/change-report';
import { CancelledError, count, UserError } from '@suite/foundation';
import { exclusively, type RunNote } from '@suite/lease';
import { TerraformFailure } from '@suite/terraform';
import { type Outcome, verify } from './commands.ts';
import type { ApplyRequest, Reviewed } from './inputs.ts';
import { type JudgedPlan, refusals, withChecks } from './plan.ts';
import type { Services } from './ports.ts';
import { checkOwnRights, placeOfResources } from './preflight/index.ts';
import { isMadeFor, makePlan, type Prepared, prepare, readPlanFile } from './prepared.ts';
import { type Findings, timingsOf } from './report.ts';
import { describeHolder, requireState } from './state.ts';
import { discardPlans, type FetchedPlan, fetchPlan, requireOwnKey } from './stored-plan.ts';
import { placeOf, type Target } from './target.ts';
import type { Workspace } from './workspace.ts';

/** Applies what was reviewed and nothing else, then verifies. Meanwhile no other run works on the scope. */
export async function apply(
  target: Target,
  services: Services,
  workspace: Workspace,
  { reviewed, leaseWaitMs }: ApplyRequest,
): Promise<Outcome> {
  const { view } = target;
  if (reviewed.kind === 'stored') requireOwnKey(view, reviewed.key);
  const azure = services.connect(target);
  // What cannot be applied anyway is not waited for.
  const fetched =
    reviewed.kind === 'stored'
      ? await fetchPlan({ ...services, view, plans: azure.plans }, reviewed, workspace.planFile)
      : undefined;
  const options = {
    ...services,
    place: placeOf(view),
    lease: azure.lease,
    waitMs: leaseWaitMs,
    /** Of the two locks only Terraform's outlives a run that was killed. */
    mayTakeOver: async (note: RunNote) => {
      const state = await requireState(azure, view);
      const holder = describeHolder(view, state, { state: 'abandoned', note }, services.clock.now());
      if (holder !== undefined) throw new UserError(holder);
    },
  };
  return exclusively(options, async lost => {
    const prepared = await prepare(target, services, azure, workspace, lost);
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
  const review = isDone ? [] : compareWithReview(target, made, reviewed, lost);
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
    if (judged.content.applyable) return await performPlan(target, services, prepared, judged, planFile);
    services.log.info('Nothing to apply.');
    return await afterwards(target, services, { verdict: 'no-changes', plan: judged });
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

/** Blocked checks for whatever makes this plan another one than was reviewed. */
function compareWithReview(
  target: Target,
  { content, digest }: JudgedPlan,
  reviewed: Reviewed,
  lost: string | undefined,
): Check[] {
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
  { terraform }: Prepared,
  judged: JudgedPlan,
  planFile: string,
): Promise<Outcome> {
  const startedAt = services.clock.now();
  let timings: readonly Timing[];
  try {
    const { resources } = await services.log.group('terraform apply', () => terraform.apply({ planFile }));
    timings = timingsOf(resources, startedAt);
  } catch (error) {
    if (!(error instanceof UserError || error instanceof CancelledError)) throw error;
    const resources = error.cause instanceof TerraformFailure ? error.cause.resources : [];
    return { findings: { verdict: 'failed', plan: judged, timings: timingsOf(resources, startedAt) }, error };
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
  const { differences = [], checks: unseen = [] } = verified.findings;
  const checks = [...(findings.plan?.checks ?? []), ...unseen];
  return { findings: { ...findings, verdict: 'mismatch', differences, checks }, error: verified.error };
}
