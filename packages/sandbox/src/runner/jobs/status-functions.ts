import type { Json } from '@suite/foundation';
import type { ScopeFunction } from '../expressions/evaluate.ts';
import type { Conclusion } from '../results.ts';

/** `needs` of every job, by its id. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** All jobs that a job waits for, directly or through others. */
export function ancestorsOf(id: string, graph: Graph): readonly string[] {
  const found = new Set<string>();
  const visit = (job: string) => {
    for (const need of graph.get(job) ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(need);
    }
  };
  visit(id);
  return [...found];
}

/**
 * The functions of a job's `if:`. success() looks at every ancestor: a skipped one far up makes it false even when the
 * jobs between ran by always() (actions/runner#491, #2205); failure() is true when any ancestor failed. Both may be asked
 * about jobs by name.
 */
export function jobStatusFunctions(
  ancestors: readonly { readonly id: string; readonly result: Conclusion }[],
  isCancelled: boolean,
): Readonly<Record<string, ScopeFunction>> {
  const among = (ids: readonly Json[]) =>
    ids.length === 0 ? ancestors : ancestors.filter(({ id }) => ids.includes(id));
  return {
    always: { call: () => true },
    cancelled: { call: () => isCancelled },
    success: { maxArgs: 255, call: (...ids) => !isCancelled && among(ids).every(({ result }) => result === 'success') },
    failure: { maxArgs: 255, call: (...ids) => among(ids).some(({ result }) => result === 'failure') },
  };
}

/** The functions of a step's `if:`: they look at the job so far. */
export function stepStatusFunctions(status: Conclusion): Readonly<Record<string, ScopeFunction>> {
  return {
    always: { call: () => true },
    cancelled: { call: () => status === 'cancelled' },
    success: { call: () => status === 'success' },
    failure: { call: () => status === 'failure' },
  };
}

/** What a job of several (a matrix, a called workflow) counts as. */
export function combine(results: readonly Conclusion[]): Conclusion {
  if (results.includes('failure')) return 'failure';
  if (results.includes('cancelled')) return 'cancelled';
  return results.length > 0 && results.every(result => result === 'skipped') ? 'skipped' : 'success';
}
