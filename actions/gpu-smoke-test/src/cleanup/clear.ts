import type { Log } from '@suite/action-kit';
import { type Clock, longestSilenceMs, systemClock } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import { ownNamespace } from '../labels.ts';
import { findLeftovers, removeObjects, removeOwnNamespace } from './leftovers.ts';

const patienceMs = 60_000;
const lookEveryMs = 1000;

/**
 * Takes away everything that a run has made, and waits until it is gone. Gives what is still there after a minute: `Pod ns/name`, `Namespace name`.
 * `isHurried`: asks for all of it to go and waits for nothing, as whoever cancels a run leaves it ten seconds.
 */
export async function clear(
  run: string,
  {
    cluster,
    log,
    clock = systemClock,
  }: {
    readonly cluster: Pick<Cluster, 'get' | 'listMetadata' | 'remove'>;
    readonly log: Pick<Log, 'info'>;
    readonly clock?: Clock;
  },
  isHurried: boolean,
): Promise<readonly string[]> {
  const began = clock.now();
  let said = began;
  for (;;) {
    const left = (await findLeftovers(cluster, run)).flatMap(({ objects }) => objects);
    if (left.length > 0) await removeObjects(cluster, left);
    const isEmpty = left.length === 0 || isHurried;
    if (isEmpty && (!(await removeOwnNamespace(cluster, { runs: [run], now: clock.now() })) || isHurried)) return [];
    if (clock.now() - began >= patienceMs) {
      return [
        ...left.map(({ kind, namespace, name }) => `${kind} ${namespace}/${name}`),
        ...(isEmpty ? [`Namespace ${ownNamespace}`] : []),
      ];
    }
    if (clock.now() - said >= longestSilenceMs) {
      said = clock.now();
      log.info('Waiting for what the test has made to go (usually some seconds).');
    }
    await clock.sleep(lookEveryMs);
  }
}
