import type { Log } from '@suite/action-kit';
import { type Clock, longestSilenceMs, UserError } from '@suite/foundation';
import { type Cluster, KubernetesFailure } from '@suite/kubernetes';
import { namespaceOf } from './job.ts';
import { fieldManager, ownNamespace, runLabel } from './labels.ts';

const patienceMs = 60_000;
const lookEveryMs = 1000;

/**
 * Makes the action's own namespace, or finds the given one. Throws a UserError for one that is not there, and when a namespace that
 * is being deleted does not go.
 */
export async function ensureNamespace(
  given: string | undefined,
  run: string,
  {
    cluster,
    clock,
    log,
  }: { readonly cluster: Pick<Cluster, 'get' | 'apply'>; readonly clock: Clock; readonly log: Pick<Log, 'info'> },
): Promise<string> {
  const name = given ?? ownNamespace;
  const find = () => cluster.get({ apiVersion: 'v1', kind: 'Namespace', name, namespace: undefined });
  const began = clock.now();
  let said = Number.NEGATIVE_INFINITY;
  for (;;) {
    const found = await find();
    if (found === undefined && given !== undefined) {
      throw new UserError({
        message: `names ${name}, which the cluster does not have.`,
        location: { kind: 'input', name: 'namespace' },
        remedy: 'Use the name of a namespace that is there, or leave it out: then the test makes its own.',
      });
    }
    if (found?.metadata.deletionTimestamp === undefined) {
      // Somebody else's namespace of that name is used as it is, and stays.
      const isOurs = found === undefined || found.metadata.labels?.[runLabel] !== undefined;
      if (given === undefined && isOurs) {
        const now = new Date(clock.now()).toISOString();
        await cluster.apply(namespaceOf(run, now), { manager: fieldManager, force: true });
      }
      return name;
    }
    if (clock.now() - began >= patienceMs) {
      throw new KubernetesFailure('conflict', {
        message: `The namespace ${name} is being deleted, and does not go.`,
        remedy: 'Look at what is left in it, and run the test again.',
      });
    }
    if (clock.now() - said >= longestSilenceMs) {
      said = clock.now();
      log.info(`Waiting for the namespace ${name} of an earlier test to go (usually some seconds).`);
    }
    await clock.sleep(lookEveryMs);
  }
}
