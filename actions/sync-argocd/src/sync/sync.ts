import { mapInParallel, UserError } from '@suite/foundation';
import { checkAll, findAll, type Refusal } from './check.ts';
import { causeOf } from './explain.ts';
import { type Followed, followApplications } from './follow.ts';
import { type ApplicationResult, noEvidence, type SyncPlan } from './plan.ts';
import { type ApplicationRef, keyOf, type SyncPorts, stampOf } from './ports.ts';
import { pinsFor, startSync } from './start.ts';

/** Syncs that are begun at once. */
const atOnce = 8;

/** What would be refused, before anything is delivered: nothing is changed. */
export async function checkApplications(
  plan: SyncPlan,
  ports: Pick<SyncPorts, 'argo' | 'clock' | 'contains'>,
): Promise<readonly Refusal[]> {
  return (await checkAll(refsOf(plan), plan, ports)).refusals;
}

/**
 * Syncs the plan's applications, and what they bring, to the plan's revision, and waits until all are there.
 * Where one is refused none is touched. Rejects for defects only: what goes wrong is in the results (see `explainSync`).
 */
export async function syncApplications(plan: SyncPlan, ports: SyncPorts): Promise<readonly ApplicationResult[]> {
  return bring(plan, ports, 'sync');
}

/** Waits until the plan's applications are at its revision, whoever syncs them; Argo CD is only asked to look. */
export async function waitApplications(plan: SyncPlan, ports: SyncPorts): Promise<readonly ApplicationResult[]> {
  return bring(plan, ports, 'wait');
}

async function bring(plan: SyncPlan, ports: SyncPorts, how: 'sync' | 'wait'): Promise<readonly ApplicationResult[]> {
  const { clock, argo, log } = ports;
  const until = clock.now() + plan.timeoutMs;
  const began = clock.now();
  const own = refsOf(plan);
  try {
    const { found, refusals } = await findBegun(own, plan, ports, how);
    if (refusals.length > 0) return refused(own, refusals);
    const failed: ApplicationResult[] = [];
    const followed = await mapInParallel(found, atOnce, async ({ ref, pins, comparedBefore }) => {
      const one: Followed = {
        ref,
        expectation: { operation: undefined, pins },
        comparedBefore,
        began: clock.now(),
      };
      if (how === 'wait') {
        await argo.refresh(ref, stampOf(ports));
        return [one];
      }
      const started = await startSync(ref, plan, ports, { attempt: 1, until }).catch(error => {
        return { is: 'failed', cause: causeOf(error) } as const;
      });
      if (started.is === 'failed') {
        failed.push({ ...resultOf(ref, 'failed', one.began), cause: started.cause });
        return [];
      }
      const at = started.pins.flatMap(pin => pin?.slice(0, 12) ?? []).join(', ');
      const doing = started.is === 'adopted' ? 'Argo CD is already at it' : 'sync begun';
      log.info(`${ref.name}: ${doing}${at === '' ? '' : `, to ${at}`}`);
      const operation = started.is === 'begun' ? started.operation : undefined;
      return [{ ...one, expectation: { operation, pins: started.pins } }];
    });
    const results = await followApplications(followed.flat(), plan, ports, { until, syncsChildren: how === 'sync' });
    return [...failed, ...results];
  } catch (error) {
    if (ports.signal.aborted) return own.map(ref => resultOf(ref, 'cancelled', began));
    if (!(error instanceof UserError)) throw error;
    return own.map(ref => ({ ...resultOf(ref, 'failed', began), cause: causeOf(error) }));
  }

  function resultOf(ref: ApplicationRef, phase: ApplicationResult['phase'], since: number): ApplicationResult {
    const seconds = (clock.now() - since) / 1000;
    return { ...ref, phase, revisions: [], seconds, notes: [], evidence: noEvidence };
  }

  function refused(refs: readonly ApplicationRef[], refusals: readonly Refusal[]): ApplicationResult[] {
    const causes = new Map(refusals.map(({ ref, cause }) => [keyOf(ref), cause]));
    return refs.map(ref => {
      const cause = causes.get(keyOf(ref));
      return { ...resultOf(ref, cause === undefined ? 'skipped' : 'refused', began), ...(cause && { cause }) };
    });
  }
}

/** What is there before anything is asked of it. Of each Application only what following it begins with: there may be thousands. */
async function findBegun(
  refs: readonly ApplicationRef[],
  plan: SyncPlan,
  ports: SyncPorts,
  how: 'sync' | 'wait',
): Promise<{
  readonly found: readonly (Pick<Followed, 'ref' | 'comparedBefore'> & Pick<Followed['expectation'], 'pins'>)[];
  readonly refusals: readonly Refusal[];
}> {
  const { applications, refusals } =
    how === 'sync' ? await checkAll(refs, plan, ports) : await findAll(refs, ports, 'kept');
  const found = applications.map(({ ref, application }) => ({
    ref,
    pins: pinsFor(application, plan),
    comparedBefore: application.status.reconciledAt,
  }));
  return { found, refusals };
}

function refsOf({ applications, argoNamespace }: SyncPlan): readonly ApplicationRef[] {
  return applications.map(({ name, namespace }) => ({ name, namespace: namespace ?? argoNamespace }));
}
