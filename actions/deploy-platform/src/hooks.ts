import type { Clock } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import { NotReady } from './not-ready.ts';
import type { RenderedHook } from './ports.ts';
import { describeWaits } from './ready.ts';
import type { RenderedRelease } from './render.ts';
import { watchPods } from './watch-pods.ts';
import { watchRefusals } from './watch-refusals.ts';

export interface HookWatch {
  readonly cluster: Pick<Cluster, 'follow'>;
  readonly clock: Clock;
  /** Told what hooks wait for, whenever that changes; empty for nothing. */
  readonly onWait: (what: string) => void;
}

/**
 * Does work that waits for hooks, with an eye on their pods: Helm itself waits to its time-out, and says nothing, for a pod that never
 * starts. Asks the work to stop when one is in trouble that does not pass, and throws NotReady then.
 */
export async function whileHooksRun<T>(
  { hooks }: Pick<RenderedRelease, 'hooks'>,
  { cluster, clock, onWait }: HookWatch,
  work: (stop: AbortSignal) => Promise<T>,
): Promise<T> {
  const [stop, ended] = [new AbortController(), new AbortController()];
  const running = hooks.filter(runsOnApply).map(({ object }) => object);
  const namespaces = new Set(running.filter(hasPods).flatMap(({ metadata }) => metadata.namespace ?? []));
  const waits = new Map<string, string>();
  const say = (what: string, why: string | undefined) => {
    if (why === undefined) waits.delete(what);
    else waits.set(what, why);
    onWait(describeWaits(waits));
  };
  let trouble: unknown;
  const watch = { cluster, clock, signal: ended.signal, say };
  const watching = [...namespaces].map(async namespace => {
    const mine = running.filter(({ metadata }) => metadata.namespace === namespace);
    const pods = {
      namespace,
      isMine: (pod: KubernetesObject) => mine.some(hook => isPodOf(pod, hook)),
      // How often it is tried again is said by the job itself, and some are meant to be.
      mayPass: ({ reason }: { readonly reason: string }) => reason === 'CrashLoopBackOff',
    };
    const isMine = (kind: string, name: string) =>
      mine.some(({ kind: own, metadata }) => own === kind && metadata.name === name);
    const refusals = watchRefusals({ namespace, isMine }, watch, ended.signal);
    try {
      await watchPods(pods, watch, ended.signal);
    } catch (error) {
      // Who may not look at pods can still install.
      if (!(error instanceof NotReady)) return;
      trouble ??= error;
      stop.abort();
    } finally {
      await refusals;
    }
  });
  try {
    return await work(stop.signal);
  } catch (error) {
    throw trouble ?? error;
  } finally {
    ended.abort();
    await Promise.all(watching);
  }
}

/** Whether an install or an upgrade makes it; others are made by `helm test`, and when a release goes. */
export function runsOnApply({ events }: RenderedHook): boolean {
  return events.some(event => /^(?:pre|post)-(?:install|upgrade)$/.test(event));
}

const hasPods = ({ kind }: KubernetesObject) => kind === 'Job' || kind === 'Pod';

function isPodOf({ metadata: { name, labels } }: KubernetesObject, hook: KubernetesObject): boolean {
  return hook.kind === 'Pod'
    ? name === hook.metadata.name
    : hook.kind === 'Job' && labels?.['batch.kubernetes.io/job-name'] === hook.metadata.name;
}
