import {
  type ChangeReport,
  compareWithReviewed,
  failureChecks,
  readReviewed,
  unusedAllowances,
} from '@suite/change-report';
import { count, describeProblem, duration, UserError } from '@suite/foundation';
import { whoWorks } from '@suite/lease';
import { adoptKey } from './adopt.ts';
import type { PlanRequest } from './inputs.ts';
import { type JudgedPlan, refusals, withChecks } from './plan.ts';
import type { Azure, Services } from './ports.ts';
import { type Judgement, otherNetworks, type Preflight, startPreflight } from './preflight/index.ts';
import { makePlan, prepare, type ReadPlan } from './prepared.ts';
import { type Findings, type PlanPlace, showValue } from './report.ts';
import { describeOwnRoot, hasOwnRoot } from './sources/describe-sources.ts';
import { describeHolder } from './state.ts';
import { type StoredPlan, storePlan } from './stored-plan.ts';
import type { SurveyProposal } from './survey/render.ts';
import type { Target } from './target.ts';
import { verifyScope } from './verify/verify.ts';
import type { Workspace } from './workspace.ts';

/** What a command comes to. With `error` the step fails, after the report was written. */
export interface Outcome {
  readonly findings: Findings;
  readonly plan?: PlanPlace;
  readonly error?: unknown;
  /** What a survey proposes; the plan is of that. */
  readonly proposal?: SurveyProposal;
}

/** Plans. Changes nothing; what apply would refuse is a blocked check, not a failure. */
export async function plan(
  target: Target,
  services: Services,
  workspace: Workspace,
  request: PlanRequest,
): Promise<Outcome> {
  const { view } = target;
  const seen =
    request.reviewed === undefined ? undefined : { report: await readReviewed(request.reviewed, 'provision-aks') };
  const azure = services.connect(target);
  // Asks Azure while Terraform works. What goes needs no room.
  const preflight =
    request.destroy || hasOwnRoot(view)
      ? undefined
      : startPreflight(view, otherNetworks(target), {
          reader: azure.preflight,
          reach: services.reach,
          clock: services.clock,
        });
  const prepared = await prepare(target, services, azure, workspace, request.destroy ? 'destroy' : 'build');
  const file = request.planFile ?? workspace.planFile;
  const plain = await makePlan(target, services, prepared, file);
  const { checks, notes } = await finishPreflight(preflight, plain, services);
  const made = withChecks(plain, checks);
  const judged = seen === undefined ? made : withReview(made, seen.report, request.approval);
  const handed = request.store
    ? await handOn(target, services, azure, await workspace.readPlan(file), { ...judged, serial: plain.serial })
    : {};
  const holder = describeHolder(view, prepared.state, await whoWorks(azure.lease, services.log), services.clock.now());
  const outdated =
    holder === undefined ? [] : [`This plan may be outdated soon. ${describeProblem({ message: holder.message })}`];
  // What a release or an application holds is for the actions that know it.
  const ours = view.allow.filter(key => !/^(?:release|application)\//.test(key));
  const isAdopting = judged.content.changes.some(({ kind }) => kind === 'import');
  const spare = unusedAllowances(
    judged.content.changes,
    ours.filter(key => !(key === adoptKey && isAdopting)),
  ).map(key => `\`allow:\` of ${view.scope} names ${key}, which this plan does not need: take it out.`);
  const warnings = [
    ...describeOwnRoot(view),
    ...notes,
    ...outdated,
    ...(handed.warning === undefined ? [] : [handed.warning]),
    ...spare,
  ];
  const refused = request.failIfBlocked ? refusals(judged) : [];
  return {
    findings: { verdict: judged.verdict, plan: judged, warnings },
    plan: { file, stored: handed.stored },
    ...(refused.length === 0 ? {} : { error: new UserError(refused) }),
  };
}

async function finishPreflight(
  preflight: Preflight | undefined,
  { content }: JudgedPlan,
  { clock, log }: Services,
): Promise<Judgement> {
  if (preflight === undefined) return { checks: [], notes: [] };
  const plannedAt = clock.now();
  const findings = await preflight.finish(content);
  const waited = duration(clock.now() - plannedAt);
  log.info(`Preflight: ${count(findings.checks.length, 'finding')}; the plan waited ${waited} for them.`);
  return findings;
}

function withReview(plan: JudgedPlan, seen: ChangeReport | undefined, approval: boolean): JudgedPlan {
  const { changes, applyable } = plan.content;
  const check = compareWithReviewed({ digest: plan.digest, changes, applyable }, seen, approval);
  return { ...plan, checks: [check, ...plan.checks], verdict: check.status === 'blocked' ? 'blocked' : plan.verdict };
}

/** Stores the plan for a later job, unless no job could apply it. */
async function handOn(
  { view }: Target,
  services: Services,
  { plans }: Azure,
  content: Buffer,
  { verdict, digest, serial }: ReadPlan,
): Promise<{ readonly stored?: StoredPlan; readonly warning?: string }> {
  if (verdict === 'blocked') {
    services.log.info('The plan is not stored: as it is, no apply takes it.');
    return {};
  }
  const outcome = await storePlan({ ...services, view, plans }, content, { digest, serial });
  return 'warning' in outcome ? outcome : { stored: outcome };
}

/** Compares the running platform with the platform file. */
export async function verify(target: Target, services: Services): Promise<Outcome> {
  if (hasOwnRoot(target.view)) {
    throw new UserError({
      message: `${target.view.scope} is made by a root of your own, and what that means in Azure is not known here. Nothing was compared.`,
      remedy: 'Use `drift`: it compares Azure with the state of that root.',
    });
  }
  const { differences, problems } = await verifyScope(target.view, services.connect(target));
  if (differences.length === 0) {
    if (problems.length > 0) throw new UserError(problems);
    return { findings: { verdict: 'verified' } };
  }
  const error = new UserError([
    ...differences.map(({ what, path, expected, actual }) => ({
      message: `${what} is \`${showValue(actual)}\`, but the platform file says \`${showValue(expected)}\`${path === '' ? '' : ` (${path})`}.`,
    })),
    ...problems,
  ]);
  const checks = problems.length === 0 ? {} : { checks: failureChecks(new UserError(problems)) };
  return { findings: { verdict: 'mismatch', differences, ...checks }, error };
}
