import type { Clock } from '@suite/foundation';
import { type Cluster, KubernetesFailure } from '@suite/kubernetes';
import { aliveAnnotation } from '../labels.ts';

/** How often a run says that it is alive, and after how long a silence it is taken for dead. */
const aliveEveryMs = 15_000;
export const deadAfterMs = 60_000;

/** Writes the time on the Job until it is stopped, so that no other run takes it for a leftover. A write that fails is not worth a test. */
export function keepAlive(
  job: { readonly namespace: string; readonly name: string },
  { cluster, clock }: { readonly cluster: Pick<Cluster, 'patch'>; readonly clock: Clock },
): () => void {
  const stop = new AbortController();
  const beat = async () => {
    for (;;) {
      await clock.sleep(aliveEveryMs, stop.signal);
      const annotations = { [aliveAnnotation]: new Date(clock.now()).toISOString() };
      await cluster
        .patch({ apiVersion: 'batch/v1', kind: 'Job', ...job }, { metadata: { annotations } })
        .catch((error: unknown) => {
          if (!(error instanceof KubernetesFailure)) throw error;
        });
    }
  };
  beat().catch(() => undefined);
  return () => stop.abort();
}
