import type { Cluster, KubernetesObject, ObjectRef } from '@suite/kubernetes';
import { refOf } from '@suite/kubernetes';
import { aliveAnnotation, ownNamespace, runLabel } from '../labels.ts';
import { deadAfterMs } from './alive.ts';

/** What one run has in the cluster. */
export interface Leftover {
  readonly run: string;
  readonly objects: readonly ObjectRef[];
  /** When it last said that it is alive, ISO 8601. Undefined for one without a Job: what outlives its Job belongs to nobody. */
  readonly alive: string | undefined;
}

const kinds = [
  { apiVersion: 'batch/v1', kind: 'Job' },
  { apiVersion: 'v1', kind: 'Pod' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
] as const;

/** Everything that carries the label, by run, wherever it is; of one run, if `run` is given. What goes already counts until it is gone. */
export async function findLeftovers(
  cluster: Pick<Cluster, 'listMetadata'>,
  run?: string,
): Promise<readonly Leftover[]> {
  const labels = run === undefined ? runLabel : `${runLabel}=${run}`;
  const found = (await Promise.all(kinds.map(kind => cluster.listMetadata({ ...kind, labels })))).flat();
  return [...Map.groupBy(found, runOf)].map(([name, objects]) => ({
    run: name,
    objects: objects.map(refOf),
    alive: objects
      .filter(({ kind }) => kind === 'Job')
      .map(({ metadata }) => metadata.annotations?.[aliveAnnotation] ?? '')
      .sort()
      .at(-1),
  }));
}

function runOf({ metadata }: KubernetesObject): string {
  return metadata.labels?.[runLabel] ?? '';
}

/** Asks for all of it to go, the Jobs first: their pods and programs go with them. */
export async function removeObjects(cluster: Pick<Cluster, 'remove'>, objects: readonly ObjectRef[]): Promise<void> {
  const inOrder = [...objects].sort((left, right) => order(left) - order(right));
  for (const rank of [0, 1]) {
    await Promise.all(inOrder.filter(ref => Math.min(order(ref), 1) === rank).map(ref => cluster.remove(ref)));
  }
}

function order({ kind }: ObjectRef): number {
  return kinds.findIndex(one => one.kind === kind);
}

export interface Ending {
  /** Runs that need the namespace no longer. */
  readonly runs: readonly (string | undefined)[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * Takes the action's own namespace away, unless it is not of its making, somebody's test is in it, or another run began with it in the
 * last minute and has made nothing in it yet.
 */
export async function removeOwnNamespace(
  cluster: Pick<Cluster, 'get' | 'listMetadata' | 'remove'>,
  { runs, now }: Ending,
): Promise<boolean> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: ownNamespace, namespace: undefined };
  const namespace = await cluster.get(ref);
  const run = namespace?.metadata.labels?.[runLabel];
  if (namespace === undefined || run === undefined) return false;
  const begun = Date.parse(namespace.metadata.annotations?.[aliveAnnotation] ?? '');
  if (!runs.includes(run) && now - begun < deadAfterMs) return false;
  const jobs = await cluster.listMetadata({
    apiVersion: 'batch/v1',
    kind: 'Job',
    namespace: ownNamespace,
    labels: runLabel,
  });
  if (jobs.some(({ metadata }) => metadata.deletionTimestamp === undefined)) return false;
  return cluster.remove(ref);
}
