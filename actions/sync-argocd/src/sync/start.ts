import { type Application, type Cause, isMarked, operationInTheWay, pinsOf, type SyncRequest } from '@suite/argocd';
import type { SyncPlan } from './plan.ts';
import { type ApplicationRef, type SyncPorts, stampOf } from './ports.ts';
import { sayRegularly } from './progress.ts';
import { isOfRun, takenBy, waitsFor } from './taken.ts';

export type Started =
  | { readonly is: 'begun'; readonly operation: string; readonly pins: readonly (string | undefined)[] }
  /** Argo CD itself is already at it, with the same revision. */
  | { readonly is: 'adopted'; readonly pins: readonly (string | undefined)[] }
  | { readonly is: 'failed'; readonly cause: Cause };

export interface StartOptions {
  /** Counts from 1: each operation of a run has an id of its own. */
  readonly attempt: number;
  /** When to give up, in milliseconds since 1970. */
  readonly until: number;
  readonly from?: SyncRequest['from'];
  /** Instead of the plan's revision. */
  readonly pins?: readonly (string | undefined)[];
}

const pauseMs = 2000;

/** For applications whose sources are none of the plan's, and without a revision: as their specification says. */
export function pinsFor(application: Application, plan: SyncPlan): readonly (string | undefined)[] {
  const { repository, branch, revision } = plan;
  if (revision === undefined) return application.sources.map(() => undefined);
  return pinsOf(application, { repository, branch, revision });
}

/**
 * Begins a sync: waits while somebody else's operation runs, and tries again when the object has changed in between. Does not reject for
 * anything that another look may show; safe to be called again after any break.
 */
export async function startSync(
  ref: ApplicationRef,
  plan: SyncPlan,
  ports: SyncPorts,
  { attempt, until, from, pins: given }: StartOptions,
): Promise<Started> {
  const { argo, clock, signal } = ports;
  const id = attempt === 1 ? plan.mark.id : `${plan.mark.id}.${attempt}`;
  const began = clock.now();
  const reporter = sayRegularly(ref.name, ports);
  try {
    for (;;) {
      signal.throwIfAborted();
      const application = await argo.get(ref);
      if (application === undefined || application.isDeleting) {
        return { is: 'failed', cause: { kind: 'gone', message: 'the Application has been deleted' } };
      }
      const pins = given ?? pinsFor(application, plan);
      // An answer that was lost: it has begun.
      if (isMarked(application.operation, id) || isMarked(application.status.state?.operation, id)) {
        return { is: 'begun', operation: id, pins };
      }
      const inTheWay = operationInTheWay(application, id);
      if (inTheWay === undefined) {
        const request = { mark: { ...plan.mark, id }, pins, prune: true, stamp: stampOf(ports), ...(from && { from }) };
        if ((await argo.sync(application, request)) === 'begun') return { is: 'begun', operation: id, pins };
        await clock.sleep(50 + ports.random() * 200, signal);
        continue;
      }
      if (from === undefined && isSame(application, pins, plan.mark.run)) return { is: 'adopted', pins };
      // What a rollback finds running of its own run is what has failed.
      if (plan.endsOwn && isOfRun(application, plan.mark.run) && application.status.state?.phase === 'Running') {
        await argo.terminate(application);
      }
      if (clock.now() >= until) return { is: 'failed', cause: takenBy(inTheWay, clock.now() - began) };
      reporter.say(waitsFor(inTheWay));
      await clock.sleep(pauseMs, signal);
    }
  } finally {
    reporter.end();
  }
}

/** Argo CD by itself, or an earlier attempt of this run, syncs to these very revisions. */
function isSame(application: Application, pins: readonly (string | undefined)[], run: string): boolean {
  const { operation } = application;
  if (operation === undefined || operation.isSelective) return false;
  if (!operation.isAutomated && !isOfRun(application, run)) return false;
  return pins.some(pin => pin !== undefined) && pins.every((pin, at) => !pin || operation.revisions[at] === pin);
}
