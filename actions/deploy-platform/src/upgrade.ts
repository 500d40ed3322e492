import type { Log } from '@suite/action-kit';
import { type Clock, errorMessage, retry } from '@suite/foundation';
import { helmFailureOf } from '@suite/helm';
import type { Cluster } from '@suite/kubernetes';
import { type HistoryCluster, historyKey, type Revision, readHistories } from './history.ts';
import type { ReleasePlan } from './plan.ts';
import type { Helm, UpgradeRequest } from './ports.ts';

type Named = Pick<ReleasePlan, 'name' | 'namespace'>;

interface RepairOptions {
  readonly cluster: HistoryCluster & Pick<Cluster, 'remove'>;
  readonly log: Pick<Log, 'warning'>;
}

interface UpgradeOptions extends RepairOptions {
  readonly helm: Pick<Helm, 'upgrade'>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Waits until every webhook about the release's objects answers. Throws what keeps it from it. */
  readonly untilAnswered: () => Promise<void>;
}

/**
 * Installs or upgrades. Where the API server, or the way to it, fails for a moment, it is tried again, three times in all: an upgrade
 * says what is to be, so that a second one goes on where the first one broke off. So it is where a webhook does not answer, which may
 * be the release's own: Helm makes workloads before custom resources, and goes on past an object whose update is refused, so that by then
 * what answers for it has been upgraded.
 */
export function upgrade(
  release: Named,
  request: UpgradeRequest,
  { helm, cluster, clock, log, signal, untilAnswered }: UpgradeOptions,
): Promise<void> {
  let isUnanswered = false;
  return retry(
    async attempt => {
      if (attempt > 1) {
        if (isUnanswered) await untilAnswered();
        const histories = await readHistories(cluster, release.namespace);
        await repair(release, histories.get(historyKey(release.name, release.namespace)) ?? [], { cluster, log });
      }
      await helm.upgrade(request);
    },
    {
      clock,
      attempts: 3,
      baseMs: 4000,
      capMs: 10_000,
      signal,
      judge: error => {
        const kind = helmFailureOf(error)?.kind;
        isUnanswered = kind === 'webhook-unreachable';
        return { retry: !request.stop.aborted && (isUnanswered || kind === 'server-trouble') };
      },
      onRetry: (error, _attempt, pauseMs) => {
        const when = isUnanswered ? 'once the webhook answers' : `in ${Math.ceil(pauseMs / 1000)} s`;
        log.warning(`${release.name}: tried again ${when}: ${errorMessage(error)}`);
      },
    },
  );
}

/**
 * Takes away what an upgrade that was cut off left in Helm's history: the revision that it was about to make. Helm refuses every
 * other command until then. The objects stay; the upgrade that follows puts them right.
 */
export async function repair(
  { name, namespace }: Named,
  history: readonly Revision[],
  { cluster, log }: RepairOptions,
): Promise<void> {
  const last = history.at(-1);
  if (last === undefined || !/^(?:pending-|uninstalling)/.test(last.status)) return;
  log.warning(
    `${name}: an earlier run was cut off (${last.status}, revision ${last.revision}); its mark is taken away`,
  );
  await cluster.remove({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    // Helm, pkg/storage: the name of a revision's record.
    name: `sh.helm.release.v1.${name}.v${last.revision}`,
  });
}
