import type { Clock } from '@suite/foundation';
import type { Cluster, KubernetesObject } from '@suite/kubernetes';
import { type PodTrouble, troubleOf } from '@suite/kubernetes/workloads';
import { NotReady } from './not-ready.ts';

export interface PodWatch {
  readonly cluster: Pick<Cluster, 'follow'>;
  readonly clock: Clock;
  /** Aborted when the work is over, or cancelled: the watch then rejects. */
  readonly signal: AbortSignal;
  /** What is waited for, and why; undefined when it is no longer. */
  readonly say: (what: string, why: string | undefined) => void;
}

/** Which pods are watched. */
export interface WatchedPods {
  readonly namespace: string;
  readonly isMine: (pod: KubernetesObject) => boolean;
  /** Trouble that others deal with, or that goes by itself. Asked again as long as it lasts. */
  readonly mayPass?: (trouble: PodTrouble) => boolean | Promise<boolean>;
}

/** How long something that looks wrong may stay so: kubelets need a moment. */
const patienceMs = 45_000;
const pauseMs = 2_000;

/** Throws NotReady when one of the pods has been in trouble that does not pass for a while; ends when `ended` says so. */
export async function watchPods(
  { namespace, isMine, mayPass = () => false }: WatchedPods,
  { cluster, clock, signal: over, say }: PodWatch,
  ended: AbortSignal,
): Promise<void> {
  const since = new Map<string, { readonly at: number; readonly trouble: PodTrouble }>();
  const failed = new AbortController();
  const signal = AbortSignal.any([over, ended, failed.signal]);
  const check = async () => {
    for (;;) {
      await clock.sleep(pauseMs, signal);
      const now = clock.now();
      for (const { at, trouble } of since.values()) {
        if (!trouble.isLasting || now - at < patienceMs || (await mayPass(trouble))) continue;
        const container = trouble.container === undefined ? '' : `, container ${trouble.container}`;
        throw new NotReady(`Pod ${namespace}/${trouble.pod}${container} does not run: ${why(trouble)}`, {
          namespace,
          pod: trouble,
        });
      }
    }
  };
  const follow = cluster.follow(
    { apiVersion: 'v1', kind: 'Pod', namespace },
    pods => {
      const troubled = new Set<string>();
      for (const pod of pods.values()) {
        const trouble = isMine(pod) ? troubleOf(pod) : undefined;
        if (trouble === undefined) continue;
        const { name } = pod.metadata;
        troubled.add(name);
        since.set(name, { at: since.get(name)?.at ?? clock.now(), trouble });
        say(`pod ${name}`, why(trouble));
      }
      for (const name of since.keys()) {
        if (troubled.has(name)) continue;
        since.delete(name);
        say(`pod ${name}`, undefined);
      }
      return false;
    },
    signal,
  );
  try {
    await Promise.race([follow, check()]);
  } catch (error) {
    if (error instanceof NotReady || !(over.aborted || ended.aborted)) throw error;
  } finally {
    failed.abort();
    await follow.catch(() => undefined);
  }
}

function why({ reason, message }: PodTrouble): string {
  return message === '' ? reason : `${reason}: ${message}`;
}
