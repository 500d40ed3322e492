import { type Cause, judgeApplicationSet, membersOf } from '@suite/argocd';
import { errorMessage, UserError } from '@suite/foundation';
import type { ApplicationRef, SyncPorts } from './ports.ts';
import { sayRegularly } from './progress.ts';

const pauseMs = 1000;
/** An error that stands for so long is none of the look before. */
const errorMs = 20_000;

export type SetOutcome =
  | { readonly is: 'ready'; readonly members: readonly ApplicationRef[] }
  | { readonly is: 'failed'; readonly cause: Cause };

/**
 * Lets an ApplicationSet of Argo CD's namespace look at its generators again, and gives the Applications that it then has. Rejects for
 * defects, and when the run is cancelled.
 */
export async function followSet(
  { name, namespace }: ApplicationRef,
  ports: Pick<SyncPorts, 'argo' | 'clock' | 'log' | 'signal'>,
  until: number,
): Promise<SetOutcome> {
  const { argo, clock, signal } = ports;
  const reporter = sayRegularly(`ApplicationSet ${name}`, ports);
  const failed = (kind: Cause['kind'], message: string): SetOutcome => ({ is: 'failed', cause: { kind, message } });
  try {
    if ((await argo.set(name)) === undefined) {
      return failed('missing', `Argo CD ${argo.where} has no ApplicationSet ${name} in the namespace ${namespace}`);
    }
    await argo.refreshSet(name);
    let wrongSince: number | undefined;
    for (;;) {
      const set = await argo.set(name);
      if (set === undefined) return failed('missing', `the ApplicationSet ${name} has been deleted`);
      const stands = judgeApplicationSet(set);
      if (stands.is === 'ready') return { is: 'ready', members: membersOf(set, await argo.list(namespace)) };
      wrongSince = stands.is === 'failing' ? (wrongSince ?? clock.now()) : undefined;
      if (wrongSince !== undefined && clock.now() - wrongSince >= errorMs) {
        return failed('operation', describeError(name, stands.why));
      }
      if (clock.now() >= until) return failed('time', `the ApplicationSet ${name} still waits for ${stands.why}`);
      reporter.say(stands.is === 'failing' ? `says an error: ${stands.why}` : `waits for ${stands.why}`);
      await clock.sleep(pauseMs, signal);
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return failed('operation', errorMessage(error));
  } finally {
    reporter.end();
  }
}

/** What the first of these ApplicationSets that fails says: Argo CD calls whoever brings it degraded, and says no more. */
export async function findSetError(
  refs: readonly ApplicationRef[],
  { argo }: Pick<SyncPorts, 'argo'>,
): Promise<string | undefined> {
  for (const { name } of refs) {
    const set = await argo.set(name);
    const stands = set === undefined ? undefined : judgeApplicationSet(set);
    if (stands?.is === 'failing') return describeError(name, stands.why);
  }
  return undefined;
}

function describeError(name: string, why: string): string {
  return `the ApplicationSet ${name} fails: ${why}`;
}
