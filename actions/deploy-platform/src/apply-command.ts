import { CancelledError, count, duration, sentenceList, UserError } from '@suite/foundation';
import { demandCluster } from '@suite/platform-file';
import { applyPlan } from './apply.ts';
import { failureOf } from './apply-failure.ts';
import { criticalPath } from './graph.ts';
import { bringMirror } from './mirror/bring.ts';
import { type ApplyRequest, blockedOf, isIdle, type Outcome, refusal } from './outcome.ts';
import type { Connected, Services } from './ports.ts';
import { prepare, whenApplied } from './prepare.ts';
import { timingsOf } from './report.ts';
import { beyondReview } from './review.ts';
import { groundwork, layGroundwork } from './setup.ts';
import type { Target } from './target.ts';
import { describeWayBack } from './way-back.ts';

/** Performs what was reviewed, release by release. */
export async function applyReleases(
  { review, parallel, bundle }: ApplyRequest,
  target: Target,
  services: Services,
  connected: Connected,
  startedAt: number,
  /** Aborted when the run is cancelled or has lost its lease. */
  signal: AbortSignal,
): Promise<Outcome> {
  const cluster = demandCluster(target.view, connected);
  const { clock, context, log } = services;
  const circumstances = { ...whenApplied, hold: bundle };
  const { plan: made, releases, rendered, mirror } = await prepare(target, services, connected, circumstances);
  const blocked = blockedOf(made);
  if (blocked.length > 0) {
    return { findings: { verdict: 'blocked', plan: made }, error: refusal(blocked) };
  }
  const beyond = beyondReview(made.releases, review);
  if (beyond.length > 0) {
    return {
      findings: { verdict: 'blocked', plan: made },
      error: new UserError({
        message: `What would be applied now is not what was reviewed: ${sentenceList(beyond)}. Nothing was changed.`,
        remedy: 'Something was changed since, in the platform file or in the cluster. Plan again, and review that.',
      }),
    };
  }
  if (signal.aborted) throw new CancelledError('Nothing was changed.');
  const brought =
    mirror === undefined || connected.mirror === undefined
      ? []
      : await bringMirror(mirror, connected.mirror, { log, clock, signal });
  const planner = await connected.planner();
  if (planner === undefined) {
    log.warning(
      'The plan identity was not found among the managed identities: it gets no rights in the cluster from here.',
    );
  }
  await layGroundwork(groundwork(target.view, planner, rendered), cluster);
  const offset = clock.now() - startedAt;
  const result = await applyPlan(made, {
    helm: connected.helm,
    cluster,
    clock,
    log,
    signal,
    run: context.runUrl ?? 'outside of a workflow',
    commit: context.sha,
    rollback: target.view.rollback,
    limit: parallel,
  });
  const path = criticalPath(releases, result.runs);
  const longest = Math.max(0, ...result.runs.map(({ endMs }) => endMs));
  if (path.length > 0) log.info(`${duration(longest)} in all, decided by ${path.join(' → ')}`);
  const timings = timingsOf(result.runs, offset);
  const notes = result.runs.flatMap(run =>
    run.result === 'done' ? run.value.notes.map(note => `${run.name}: ${note}`) : [],
  );
  const warnings = [...brought, ...notes, ...result.waysBack.map(describeWayBack)];
  if (signal.aborted) {
    const done = result.runs.filter(({ result: how }) => how === 'done').length;
    const error = new CancelledError(
      `${count(done, 'release')} of ${result.runs.length} ${done === 1 ? 'was' : 'were'} done. Running this again goes on from there.`,
    );
    return { findings: { verdict: 'failed', plan: made, timings, warnings }, error };
  }
  const error = failureOf(result);
  if (error !== undefined) return { findings: { verdict: 'failed', plan: made, timings, warnings }, error };
  const verdict = isIdle(made) ? 'no-changes' : 'applied';
  return { findings: { verdict, plan: made, timings, warnings } };
}
