import { type Application, type Cause, chooseRollback } from '@suite/argocd';
import { UserError } from '@suite/foundation';
import { findAll } from './check.ts';
import { causeOf } from './explain.ts';
import { type Followed, followApplications } from './follow.ts';
import type { ApplicationResult, RollbackPlan, RollbackResult, SyncPlan } from './plan.ts';
import { type ApplicationRef, keyOf, type RollbackPorts } from './ports.ts';
import { pinsFor, startSync } from './start.ts';

type Found = { readonly ref: ApplicationRef; readonly application: Application };

/**
 * Brings the plan's applications back to what this environment proved last: those that Argo CD syncs by itself through Git, the others by
 * what their history says. `plan.revision` is the commit to leave. Rejects for defects only.
 */
export async function rollbackApplications(
  plan: RollbackPlan,
  ports: RollbackPorts,
): Promise<readonly RollbackResult[]> {
  const { clock, log } = ports;
  const began = clock.now();
  const until = began + plan.timeoutMs;
  const refs = plan.applications.map(({ name, namespace }) => ({ name, namespace: namespace ?? plan.argoNamespace }));
  const marked: RollbackPlan = {
    ...plan,
    mark: { ...plan.mark, id: `${plan.mark.id}.rollback` },
    endsOwn: true,
  };
  const failed = (ref: ApplicationRef, by: RollbackResult['by'], cause: Cause): RollbackResult => ({
    ...ref,
    by,
    revisions: [],
    isDone: false,
    seconds: (clock.now() - began) / 1000,
    cause,
  });
  const results: RollbackResult[] = [];
  try {
    const found = await findAll(refs, ports);
    results.push(...found.refusals.map(({ ref, cause }) => failed(ref, 'nothing', cause)));
    const byGit: Found[] = [];
    const followed: Followed[] = [];
    for (const one of found.applications) {
      const { ref, application } = one;
      const way = chooseRollback(application, pinsFor(application, plan), plan.verified);
      if (way.by === 'git') byGit.push(one);
      else if (way.by === 'nothing') results.push(failed(ref, 'nothing', { kind: 'operation', message: way.why }));
      else {
        const { entry } = way;
        log.info(`${ref.name}: back to ${entry.revisions.map(at => at.slice(0, 12)).join(', ')} of its history`);
        const started = await startSync(ref, marked, ports, {
          attempt: 1,
          until,
          pins: entry.revisions,
          from: { source: entry.source, sources: entry.sources },
        });
        if (started.is === 'failed') results.push(failed(ref, 'history', started.cause));
        else followed.push(followedOf(one, started, clock.now()));
      }
    }
    const viaHistory = new Set(followed.map(({ ref }) => keyOf(ref)));
    let back: SyncPlan = marked;
    if (byGit.length > 0) {
      const reverted = await revert(byGit, ports);
      if ('cause' in reverted) results.push(...byGit.map(({ ref }) => failed(ref, 'git', reverted.cause)));
      else {
        back = { ...marked, revision: reverted.revision };
        for (const one of byGit) {
          const started = await startSync(one.ref, back, ports, { attempt: 1, until });
          if (started.is === 'failed') results.push(failed(one.ref, 'git', started.cause));
          else followed.push(followedOf(one, started, clock.now()));
        }
      }
    }
    const followUp = await followApplications(followed, back, ports, { until, syncsChildren: true });
    return [...results, ...followUp.map(result => resultOf(result, viaHistory.has(keyOf(result)) ? 'history' : 'git'))];
  } catch (error) {
    if (!(error instanceof UserError) && !ports.signal.aborted) throw error;
    const cause: Cause = ports.signal.aborted
      ? { kind: 'operation', message: 'cancelled before it was back' }
      : causeOf(error);
    const known = new Set(results.map(keyOf));
    return [...results, ...refs.filter(ref => !known.has(keyOf(ref))).map(ref => failed(ref, 'nothing', cause))];
  }
}

async function revert(
  found: readonly Found[],
  { revert: go, log }: RollbackPorts,
): Promise<{ readonly revision: string } | { readonly cause: Cause }> {
  const names = found.map(({ ref }) => ref.name);
  if (go === undefined) {
    return {
      cause: {
        kind: 'fight',
        message: 'Argo CD syncs it by itself, so that Git has to go back, and this run may not write there',
        remedy: 'Give the action a gitops-token or GitOps App, or revert the commit by hand.',
      },
    };
  }
  try {
    const { revision } = await go(names);
    log.info(`Git is back for ${names.join(', ')}: ${revision.slice(0, 12)}`);
    return { revision };
  } catch (error) {
    return { cause: causeOf(error) };
  }
}

function followedOf(
  { ref, application }: Found,
  started: { readonly is: string; readonly operation?: string; readonly pins: readonly (string | undefined)[] },
  began: number,
): Followed {
  return {
    ref,
    expectation: { operation: started.operation, pins: started.pins },
    comparedBefore: application.status.reconciledAt,
    began,
  };
}

function resultOf(
  { name, namespace, phase, revisions, seconds, cause }: ApplicationResult,
  by: 'git' | 'history',
): RollbackResult {
  return {
    name,
    namespace,
    by,
    revisions,
    isDone: phase === 'done',
    seconds,
    ...(cause === undefined ? {} : { cause }),
  };
}
