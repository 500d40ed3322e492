import { mapInParallel } from '@suite/foundation';
import type { Cluster } from './cluster.ts';
import { KubernetesFailure } from './failure.ts';
import { identityOf, type KubernetesObject, type ObjectRef, refOf } from './objects.ts';

export interface ReadObjects {
  /** Those that are there, by identity (`identityOf`). */
  readonly objects: ReadonlyMap<string, KubernetesObject>;
  /** Those that this identity may not read, by identity, with what the API server says. */
  readonly unreadable: ReadonlyMap<string, string>;
}

const atOnce = 20;

/** Reads objects, many of one kind in one place with one request. Throws KubernetesFailure, but not for what this identity may not read. */
export async function readObjects(
  refs: Iterable<ObjectRef>,
  cluster: Pick<Cluster, 'get' | 'list'>,
): Promise<ReadObjects> {
  const objects = new Map<string, KubernetesObject>();
  const unreadable = new Map<string, string>();
  const places = Map.groupBy(refs, ({ apiVersion, kind, namespace }) => JSON.stringify([apiVersion, kind, namespace]));
  await mapInParallel([...places.values()].flatMap(readingsOf), atOnce, async reading => {
    try {
      for (const object of await read(reading, cluster)) objects.set(identityOf(refOf(object)), object);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      for (const ref of reading) unreadable.set(identityOf(ref), error.problems[0]?.message ?? 'forbidden');
    }
  });
  return { objects, unreadable };
}

export function isForbidden(error: unknown): error is KubernetesFailure {
  return error instanceof KubernetesFailure && error.kind === 'forbidden';
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
  return (await cluster.list({ apiVersion, kind, namespace })).filter(({ metadata }) => names.has(metadata.name));
}
