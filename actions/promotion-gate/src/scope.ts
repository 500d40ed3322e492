import { UserError } from '@suite/foundation';
import type { EnvironmentScope, ScopeView } from '@suite/platform-file';
import type { Reader } from './ports.ts';

/** One environment with its regions, or the shared scope, which has one. */
export interface PromotedScope {
  readonly name: string;
  readonly regions: readonly [ScopeView, ...ScopeView[]];
  /** The environment before it in the order of promotion; absent for the shared scope and the first environment. */
  readonly upstream: { readonly environment: string; readonly regions: readonly EnvironmentScope[] } | undefined;
  /** Every region of all environments before it. */
  readonly earlier: readonly EnvironmentScope[];
}

/** Finds a scope among all of a platform. Throws a UserError when there is none of that name. */
export function findScope(views: readonly ScopeView[], name: string): PromotedScope {
  const [own, ...others] = views.filter(({ scope }) => scope === name);
  if (own === undefined) {
    throw new UserError({
      message: `is \`${name}\`, which the platform file does not know.`,
      location: { kind: 'input', name: 'scope' },
      remedy: `It has ${[...new Set(views.map(({ scope }) => scope))].join(', ')}.`,
    });
  }
  const earlier = views.filter(
    (view): view is EnvironmentScope =>
      view.kind === 'environment' && own.kind === 'environment' && view.order < own.order,
  );
  const before = earlier.filter(({ order }) => order === earlier.at(-1)?.order);
  const [first] = before;
  return {
    name,
    regions: [own, ...others],
    upstream: first === undefined ? undefined : { environment: first.scope, regions: before },
    earlier,
  };
}

/** One of its regions, the only one where none is wanted. Throws a UserError about the input `region`. */
export function chooseRegion(regions: readonly ScopeView[], wanted: string | undefined): ScopeView {
  const found =
    wanted === undefined && regions.length === 1 ? regions[0] : regions.find(({ region }) => region === wanted);
  if (found !== undefined) return found;
  throw new UserError({
    message:
      wanted === undefined
        ? 'is needed: the environment has several regions.'
        : `is \`${wanted}\`, which the environment does not have.`,
    location: { kind: 'input', name: 'region' },
    remedy: `Give one of ${regions.map(({ region }) => region).join(', ')}.`,
  });
}

/** As whom the registry of a place is read. */
export function readerOf({ scope, region, identities }: ScopeView, role: 'plan' | 'apply'): Reader {
  return { name: `${role} identity of ${scope} in ${region}`, clientId: identities[role] };
}
