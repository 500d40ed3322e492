import { sentenceList, UserError } from '@suite/foundation';

/** What is scheduled by what it needs. */
export interface Node {
  readonly name: string;
  readonly needs: readonly string[];
}

/** The nodes so that each comes after what it needs, else in their own order. Throws a UserError that names a cycle. */
export function orderByNeeds<T extends Node>(nodes: readonly T[]): readonly T[] {
  const byName = new Map(nodes.map(node => [node.name, node]));
  const ordered: T[] = [];
  const done = new Set<string>();
  const visit = (node: T, path: readonly string[]) => {
    if (done.has(node.name)) return;
    const at = path.indexOf(node.name);
    if (at >= 0) {
      const cycle = [...path.slice(at), node.name];
      throw new UserError({
        message: `Releases need one another in a circle: ${cycle.join(' → ')}.`,
        remedy: 'Take one of these `needs` away.',
      });
    }
    for (const need of node.needs) {
      const needed = byName.get(need);
      if (needed !== undefined) visit(needed, [...path, node.name]);
    }
    done.add(node.name);
    ordered.push(node);
  };
  for (const node of nodes) visit(node, []);
  return ordered;
}

/** Everything that a node needs, directly or through others. */
export function allNeeds(name: string, nodes: readonly Node[]): ReadonlySet<string> {
  const byName = new Map(nodes.map(node => [node.name, node]));
  const found = new Set<string>();
  const visit = (node: Node | undefined) => {
    for (const need of node?.needs ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      visit(byName.get(need));
    }
  };
  visit(byName.get(name));
  return found;
}

/** How many nodes come one after another from each on, itself included. Takes nodes in their order. */
function chainLengths(ordered: readonly Node[]): ReadonlyMap<string, number> {
  const lengths = new Map(ordered.map(({ name }) => [name, 1]));
  for (const { name, needs } of ordered.toReversed()) {
    const own = lengths.get(name) ?? 1;
    for (const need of needs) {
      const known = lengths.get(need);
      if (known !== undefined) lengths.set(need, Math.max(known, own + 1));
    }
  }
  return lengths;
}

/** How one node went. Times in milliseconds since the start of all. */
export type Run<R> = { readonly name: string; readonly startMs: number; readonly endMs: number } & (
  | { readonly result: 'done'; readonly value: R }
  | { readonly result: 'failed'; readonly error: unknown }
  /** Not begun, because of what it needs or because work was stopped. */
  | { readonly result: 'skipped'; readonly because: string }
);

export interface ScheduleOptions {
  /** How many at once, beside those that rest. */
  readonly limit: number;
  readonly now: () => number;
  /** Nothing is begun any more once it is aborted; what runs is waited for. */
  readonly signal: AbortSignal;
}

/**
 * Runs each node as soon as all it needs is done. What needs a failed one is skipped; everything else goes on. Work that from
 * some moment on only waits says so by `rest`, and keeps no other from its place.
 */
export async function schedule<T extends Node, R>(
  nodes: readonly T[],
  { limit, now, signal }: ScheduleOptions,
  work: (node: T, rest: () => void) => Promise<R>,
): Promise<readonly Run<R>[]> {
  const ordered = orderByNeeds(nodes);
  // What a long chain waits for goes first; the others have time.
  const lengths = chainLengths(ordered);
  const lengthOf = (name: string) => lengths.get(name) ?? 0;
  const urgent = ordered.toSorted((one, other) => lengthOf(other.name) - lengthOf(one.name));
  const known = new Set(ordered.map(({ name }) => name));
  const runs = new Map<string, Run<R>>();
  const running = new Map<string, Promise<void>>();
  const busy = new Set<string>();
  let rested = Promise.withResolvers<void>();
  const began = now();
  /** Beside what more waits for, the others keep to half of the places: they would only slow down what decides how long all takes. */
  const placesFor = ({ name }: T) =>
    [...busy].some(other => lengthOf(other) > lengthOf(name))
      ? Math.min(limit, Math.max(2, Math.ceil(limit / 2)))
      : limit;
  const finish = (run: Run<R>) => {
    runs.set(run.name, run);
    running.delete(run.name);
    busy.delete(run.name);
  };
  for (;;) {
    rested = Promise.withResolvers();
    for (const node of urgent) {
      if (runs.has(node.name) || running.has(node.name)) continue;
      const needs = node.needs.filter(need => known.has(need));
      const lacking = needs.filter(need => ['failed', 'skipped'].includes(runs.get(need)?.result ?? ''));
      const startMs = now() - began;
      if (lacking.length > 0 || signal.aborted) {
        const because = signal.aborted ? 'work was stopped' : `it needs ${sentenceList(lacking)}`;
        finish({ name: node.name, startMs, endMs: startMs, result: 'skipped', because });
        continue;
      }
      if (busy.size >= placesFor(node) || needs.some(need => runs.get(need)?.result !== 'done')) continue;
      busy.add(node.name);
      const rest = () => {
        if (busy.delete(node.name)) rested.resolve();
      };
      const task = work(node, rest).then(
        value => finish({ name: node.name, startMs, endMs: now() - began, result: 'done', value }),
        error => finish({ name: node.name, startMs, endMs: now() - began, result: 'failed', error }),
      );
      running.set(node.name, task);
    }
    if (running.size === 0) return ordered.flatMap(({ name }) => runs.get(name) ?? []);
    await Promise.race([rested.promise, ...running.values()]);
  }
}

/** The chain of nodes that decided how long all took: each waited for the one before it. */
export function criticalPath<R>(nodes: readonly Node[], runs: readonly Run<R>[]): readonly string[] {
  const byName = new Map(runs.map(run => [run.name, run]));
  const needs = new Map(nodes.map(node => [node.name, node.needs]));
  const latest = (names: readonly string[]) =>
    names
      .flatMap(name => byName.get(name) ?? [])
      .filter(({ result }) => result !== 'skipped')
      .reduce<Run<R> | undefined>(
        (last, run) => (last === undefined || run.endMs > last.endMs ? run : last),
        undefined,
      );
  const path: string[] = [];
  for (let run = latest([...byName.keys()]); run !== undefined; run = latest(needs.get(run.name) ?? [])) {
    path.unshift(run.name);
  }
  return path;
}
