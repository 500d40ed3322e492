import type { Node } from './graph.ts';

/**
 * Releases that go, each after those that need it: `needs` of the result are the names that have to be gone first. Records of
 * different applies may contradict one another, so of a circle one edge is left out.
 */
export function orderRemovals<T extends Node>(gone: readonly T[]): readonly (Node & { readonly release: T })[] {
  const byName = new Map(gone.map(release => [release.name, release]));
  const ordered: T[] = [];
  const seen = new Set<string>();
  const visit = (release: T) => {
    if (seen.has(release.name)) return;
    seen.add(release.name);
    for (const need of release.needs) {
      const needed = byName.get(need);
      if (needed !== undefined) visit(needed);
    }
    ordered.push(release);
  };
  for (const release of gone) visit(release);
  const dependantsFirst = ordered.toReversed();
  return dependantsFirst.map((release, index) => ({
    name: release.name,
    release,
    needs: dependantsFirst
      .slice(0, index)
      .filter(({ needs }) => needs.includes(release.name))
      .map(({ name }) => name),
  }));
}
