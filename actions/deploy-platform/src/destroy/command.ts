import { CancelledError, sentenceList, UserError } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import { withAllowance } from '../allowance.ts';
import { applyPlan } from '../apply.ts';
import { failureOf } from '../apply-failure.ts';
import type { Request } from '../inputs.ts';
import { nothingObserved, observe, readRecords, unparsedChecks } from '../observe.ts';
import { type ApplyRequest, blockedOf, type Outcome, refusal, shown } from '../outcome.ts';
import { summaryOf } from '../plan.ts';
import type { Connected, Services } from '../ports.ts';
import { type Findings, timingsOf } from '../report.ts';
import { beyondReview } from '../review.ts';
import type { Target } from '../target.ts';
import { findOuter, noOuter, removeOuter } from './outer.ts';
import { planDestroy, unreadCheck } from './plan.ts';

/** What would go. */
export async function planDestruction(
  request: Extract<Request, { command: 'plan' }>,
  target: Target,
  services: Services,
  connected: Connected,
): Promise<Outcome> {
  const { plan: made, reviewed, notes } = await prepareDestruction(target, connected, false);
  for (const one of made.releases) services.log.info(summaryOf(one));
  return shown({ plan: made, reviewed, warnings: notes }, Object.keys(reviewed).length > 0, request, target);
}

/** Takes away what was reviewed. */
export async function destroyReleases(
  { review, parallel }: ApplyRequest,
  target: Target,
  services: Services,
  connected: Connected,
  startedAt: number,
  signal: AbortSignal,
): Promise<Outcome> {
  const { clock, context, log } = services;
  const { cluster } = connected;
  const { plan: made, reviewed, notes, outer } = await prepareDestruction(target, connected, true);
  if (cluster === undefined) {
    log.info('There is no cluster, so nothing in it has to go.');
    return { findings: { verdict: 'no-changes', plan: made, reviewed } };
  }
  const findings: Findings = { verdict: 'blocked', plan: made, reviewed, warnings: notes };
  const blocked = blockedOf(made);
  if (blocked.length > 0) return { findings, error: refusal(blocked, target) };
  const named = Object.entries(reviewed).map(([name, one]) => ({
    name,
    reviewed: one,
    action: one.action,
    wasBegun: false,
  }));
  const beyond = beyondReview(named, review);
  if (beyond.length > 0) {
    return {
      findings,
      error: new UserError({
        message: `What would go now is not what was reviewed: ${sentenceList(beyond)}. Nothing was changed.`,
        remedy: 'Plan again with `destroy: true`, and review that.',
      }),
    };
  }
  if (signal.aborted) throw new CancelledError('Nothing was changed.');
  const offset = clock.now() - startedAt;
  await removeOuter(outer, { cluster, clock, log, signal });
  const result = await applyPlan(made, {
    helm: connected.helm,
    cluster,
    clock,
    log,
    signal,
    run: context.runUrl ?? 'outside of a workflow',
    commit: context.sha,
    rollback: 'never',
    limit: parallel,
  });
  const timings = timingsOf(result.runs, offset);
  const error = signal.aborted
    ? new CancelledError('Some releases may be gone. Running this again goes on from there.')
    : failureOf(result);
  if (error !== undefined) return { findings: { ...findings, verdict: 'failed', timings }, error };
  return { findings: { ...findings, verdict: named.length === 0 ? 'no-changes' : 'applied', timings } };
}

/** Reads what there is, and plans that it goes. Where there is no cluster, nothing is left. */
async function prepareDestruction(target: Target, { cluster, state }: Connected, isApply: boolean) {
  const { view } = target;
  const { observed, outer, unparsed, refused } = await observeAll(cluster, view.cluster.name);
  // Whoever takes it away has to see it.
  if (isApply && refused !== undefined) throw refused;
  const key = state?.lineage || `${view.platform}/${view.scope}/${view.region}`;
  const made = planDestroy(view, observed, outer.groups, key);
  const unread = refused === undefined ? [] : [unreadCheck(refused)];
  const plan = { ...made.plan, checks: [...unread, ...unparsed, ...outer.checks, ...made.plan.checks] };
  return { ...made, plan: withAllowance(plan, view, target.platform.document.path), outer: outer.groups };
}

/** `refused`: this identity may not read what runs there, as where nothing was ever applied. */
async function observeAll(cluster: Cluster | undefined, clusterName: string) {
  const nothing = { observed: nothingObserved, outer: noOuter, unparsed: [], refused: undefined };
  if (cluster === undefined) return nothing;
  const { records, unparsed, refused } = await readRecords(cluster);
  if (refused !== undefined) return { ...nothing, refused };
  const [observed, outer] = await Promise.all([observe([], records, cluster), findOuter(cluster, clusterName)]);
  return { observed, outer, unparsed: unparsedChecks(unparsed, 'blocked'), refused };
}
