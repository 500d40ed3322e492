import { mapInParallel } from '@suite/foundation';
import {
  type Cluster,
  identityOf,
  KubernetesFailure,
  type KubernetesObject,
  type ObjectRef,
  refOf,
} from '@suite/kubernetes';
import { isSecret } from './compare/index.ts';
import { type ReleaseRecord, readRecord, recordLabel, recordNamespace } from './record.ts';
import type { RenderedRelease } from './render.ts';

/** What is there before a plan decides anything. */
export interface Observed {
  /** False where nobody could look: no cluster yet, or no right to read it. */
  readonly isKnown: boolean;
  /** Live objects by identity (`identityOf`). Secrets are not among them. */
  readonly live: ReadonlyMap<string, KubernetesObject>;
  /** Objects that this identity may not read, by identity, with what the API server says. */
  readonly unreadable: ReadonlyMap<string, string>;
  /** What earlier applies left, by release. */
  readonly records: ReadonlyMap<string, ReleaseRecord>;
}

export const nothingObserved: Observed = {
  isKnown: false,
  live: new Map(),
  unreadable: new Map(),
  records: new Map(),
};

const atOnce = 20;

/** What earlier applies left in the cluster; `refused` where this identity may not read it. */
export async function readRecords(
  cluster: Pick<Cluster, 'list'>,
): Promise<{ readonly records: ReadonlyMap<string, ReleaseRecord>; readonly refused: KubernetesFailure | undefined }> {
  try {
    const found = await cluster.list({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: recordNamespace,
      labels: `${recordLabel}=release`,
    });
    const records = found.flatMap(object => readRecord(object) ?? []);
    return { records: new Map(records.map(record => [record.release, record])), refused: undefined };
  } catch (error) {
    if (!(error instanceof KubernetesFailure && error.kind === 'forbidden')) throw error;
    return { records: new Map(), refused: error };
  }
}

/** The live objects that the releases render and that earlier applies recorded. */
export async function observe(
  rendered: readonly RenderedRelease[],
  records: ReadonlyMap<string, ReleaseRecord>,
  cluster: Pick<Cluster, 'get' | 'list'>,
): Promise<Observed> {
  const wanted = new Map<string, ObjectRef>();
  for (const { objects } of rendered) {
    for (const { object } of objects) wanted.set(identityOf(refOf(object)), refOf(object));
  }
  for (const { objects } of records.values()) {
    for (const ref of objects) {
      const identity = identityOf(ref);
      if (!wanted.has(identity)) wanted.set(identity, ref);
    }
  }
  const live = new Map<string, KubernetesObject>();
  const unreadable = new Map<string, string>();
  // No Secret is read: of those the records know a digest.
  const readable = [...wanted.values()].filter(ref => !isSecret(ref));
  const places = Map.groupBy(readable, ({ apiVersion, kind, namespace }) =>
    JSON.stringify([apiVersion, kind, namespace]),
  );
  await mapInParallel([...places.values()].flatMap(readingsOf), atOnce, async refs => {
    try {
      for (const object of await read(refs, cluster)) live.set(identityOf(refOf(object)), object);
    } catch (error) {
      if (!(error instanceof KubernetesFailure && error.kind === 'forbidden')) throw error;
      for (const ref of refs) unreadable.set(identityOf(ref), error.problems[0]?.message ?? 'forbidden');
    }
  });
  return { isKnown: true, live, unreadable, records };
}

/** From so many of one kind in one place on, all that are there are read at once. */
const worthListing = 3;

/** What is read with one request each, of objects of one kind in one place. */
function readingsOf(refs: readonly ObjectRef[]): (readonly ObjectRef[])[] {
  return refs.length < worthListing ? refs.map(ref => [ref]) : [refs];
}

/** Those that are there. */
async function read(
  refs: readonly ObjectRef[],
  cluster: Pick<Cluster, 'get' | 'list'>,
): Promise<readonly KubernetesObject[]> {
  const [first] = refs;
  if (first === undefined) return [];
  if (refs.length === 1) {
    const found = await cluster.get(first);
    return found === undefined ? [] : [found];
  }
  const { apiVersion, kind, namespace } = first;
  const names = new Set(refs.map(({ name }) => name));
  const found = await cluster.list({ apiVersion, kind, namespace });
  return found.filter(({ metadata }) => names.has(metadata.name));
}
