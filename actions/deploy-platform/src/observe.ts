import type { Check } from '@suite/change-report';
import {
  type Cluster,
  identityOf,
  isForbidden,
  type KubernetesFailure,
  type KubernetesObject,
  type ObjectRef,
  readObjects,
  refOf,
} from '@suite/kubernetes';
import { isSecret } from '@suite/kubernetes/compare';
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

/** What earlier applies left in the cluster. */
export interface FoundRecords {
  /** By release. */
  readonly records: ReadonlyMap<string, ReleaseRecord>;
  /** Names of records that are there and say nothing that is understood. */
  readonly unparsed: readonly string[];
  /** Where this identity may not read them. */
  readonly refused: KubernetesFailure | undefined;
}

export const noRecords: FoundRecords = { records: new Map(), unparsed: [], refused: undefined };

export async function readRecords(cluster: Pick<Cluster, 'list'>): Promise<FoundRecords> {
  try {
    const found = await cluster.list({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      namespace: recordNamespace,
      labels: `${recordLabel}=release`,
    });
    const read = found.map(object => ({ name: object.metadata.name, record: readRecord(object) }));
    return {
      records: new Map(read.flatMap(({ record }) => (record === undefined ? [] : [[record.release, record]]))),
      unparsed: read.flatMap(({ name, record }) => (record === undefined ? [name] : [])),
      refused: undefined,
    };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return { ...noRecords, refused: error };
  }
}

/** A release whose record is not understood drops out of every plan, so it is named. `status`: what the plan makes of that. */
export function unparsedChecks(unparsed: readonly string[], status: 'blocked' | 'unknown'): Check[] {
  return unparsed.map(name => ({
    id: `release/record/${name}`,
    name: `What ${name} records is known`,
    status,
    message: `The record \`${recordNamespace}/${name}\` cannot be read, so what that release brought, and whether it holds data, is not known.`,
    remedy:
      'A later version of this suite wrote it, or somebody changed it. Use that version, or apply the platform once more, which writes the records of its releases anew. Then plan again.',
  }));
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
  // No Secret is read: of those the records know a digest.
  const readable = [...wanted.values()].filter(ref => !isSecret(ref));
  const { objects: live, unreadable } = await readObjects(readable, cluster);
  return { isKnown: true, live, unreadable, records };
}
