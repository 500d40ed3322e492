import { type Applied, type ApplyOptions, applyRelease, removeRelease } from './apply-release.ts';
import { type Diagnosis, diagnose } from './diagnose.ts';
import { type Run, schedule } from './graph.ts';
import { readHistories } from './history.ts';
import type { PlatformPlan } from './plan.ts';
import type { GoodRevision } from './record.ts';
import { orderRemovals } from './removal.ts';
import { rollBack } from './rollback.ts';
import { findServerAmong } from './served-webhooks.ts';
import type { WayBack } from './way-back.ts';

export interface Failure {
  readonly release: string;
  readonly error: unknown;
  readonly diagnosis: Diagnosis;
  /** It failed before anything of it was changed. */
  readonly isUntouched: boolean;
}

export interface ApplyResult {
  readonly runs: readonly Run<Applied>[];
  readonly failures: readonly Failure[];
  /** What was done about the failures. */
  readonly waysBack: readonly WayBack[];
}

/**
 * Applies a plan release by release: each as soon as what it needs is ready. Releases that are taken away go last. Failures do
 * not reject: they are in the result, with what the cluster shows of them.
 */
export async function applyPlan(plan: PlatformPlan, options: ApplyOptions): Promise<ApplyResult> {
  const { clock, log, signal, limit } = options;
  const began = clock.now();
  const present = plan.releases.flatMap(one => {
    const release = one.rendered?.release;
    return release === undefined ? [] : [{ name: one.name, needs: release.needs, plan: one }];
  });
  const good = new Map<string, GoodRevision>();
  const touched = new Set<string>();
  const findServer = findServerAmong(plan.releases.flatMap(({ rendered }) => rendered ?? []));
  const isIdle = plan.releases.every(({ action }) => action === 'none');
  // Nobody else changes it meanwhile: whoever applies holds the lease.
  const histories = isIdle ? new Map() : await readHistories(options.cluster);
  const runs = await schedule(present, { limit, now: () => clock.now(), signal }, ({ plan: one }, rest) =>
    applyRelease(one, options, { histories, good, touched, findServer }, rest),
  );
  const failed = runs.flatMap(run => (run.result === 'failed' ? [run] : []));
  for (const run of runs) {
    if (run.result === 'skipped') log.warning(`${run.name}: not begun, because ${run.because}`);
  }
  const failures = [];
  for (const { name, error, startMs } of failed) {
    const one = plan.releases.find(found => found.name === name);
    const rendered = one?.rendered;
    const diagnosis =
      rendered === undefined || signal.aborted
        ? { events: [], log: [] }
        : await diagnose(rendered, error, options.cluster, began + startMs);
    const isUntouched = one?.action !== 'none' && !touched.has(name);
    failures.push({ release: name, error, diagnosis, isUntouched });
  }
  if (failed.length > 0 || signal.aborted) {
    return { runs, failures, waysBack: signal.aborted ? [] : await rollBack(plan, runs, good, options) };
  }
  const offset = clock.now() - began;
  const gone = plan.releases
    .filter(({ action }) => action === 'uninstall')
    .map(one => ({ name: one.name, needs: one.record?.needs ?? [], plan: one }));
  const removed = await schedule(orderRemovals(gone), { limit, now: () => clock.now(), signal }, ({ release }) =>
    removeRelease(release.plan, options, histories),
  );
  for (const run of removed) {
    if (run.result === 'skipped') log.warning(`${run.name}: not taken away, because ${run.because}`);
  }
  return {
    runs: [...runs, ...removed.map(run => ({ ...run, startMs: offset + run.startMs, endMs: offset + run.endMs }))],
    failures: removed.flatMap(run =>
      run.result === 'failed'
        ? [{ release: run.name, error: run.error, diagnosis: { events: [], log: [] }, isUntouched: false }]
        : [],
    ),
    waysBack: [],
  };
}
