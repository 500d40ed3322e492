import type { Log } from '@suite/action-kit';
import { type Clock, count } from '@suite/foundation';
import type { Cluster } from '@suite/kubernetes';
import { deadAfterMs } from './alive.ts';
import { findLeftovers, type Leftover, removeObjects, removeOwnNamespace } from './leftovers.ts';

export interface SweepPorts {
  readonly cluster: Pick<Cluster, 'get' | 'listMetadata' | 'remove'>;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info'>;
}

const lookEveryMs = 5000;

/**
 * Takes away what runs have left that are dead: at once what was silent for a minute; of another one that is watched for a minute.
 * `killed` names a run that is known to be dead. Gives the runs whose things were taken away.
 */
export async function sweep({ cluster, clock, log }: SweepPorts, killed?: string): Promise<readonly string[]> {
  const swept: string[] = [];
  const first = new Map<string, string | undefined>();
  const alive = new Set<string>();
  const began = clock.now();
  for (;;) {
    const found = (await findLeftovers(cluster)).filter(({ run }) => !alive.has(run) && !swept.includes(run));
    const undecided: Leftover[] = [];
    for (const leftover of found) {
      const { run, objects } = leftover;
      if (!first.has(run)) first.set(run, leftover.alive);
      if (run === killed || isDead(leftover, clock.now()) || clock.now() - began >= deadAfterMs) {
        log.info(`Taking away ${count(objects.length, 'object')} that the test ${run} has left.`);
        await removeObjects(cluster, objects);
        swept.push(run);
      } else if (leftover.alive !== first.get(run)) {
        log.info(`Another test is running: ${run}.`);
        alive.add(run);
      } else undecided.push(leftover);
    }
    if (undecided.length === 0) break;
    log.info(`Waiting to see whether ${undecided.map(({ run }) => run).join(', ')} is alive.`);
    await clock.sleep(lookEveryMs);
  }
  const ending = { runs: [...swept, killed], now: clock.now() };
  if (await removeOwnNamespace(cluster, ending)) log.info('Taking away the namespace of earlier tests.');
  return swept;
}

/** Clocks of two runners differ; one that is ahead is watched. */
function isDead({ alive }: Leftover, now: number): boolean {
  const at = Date.parse(alive ?? '');
  return Number.isNaN(at) || now - at >= deadAfterMs;
}
