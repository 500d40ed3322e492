import { UserError } from '@suite/foundation';
import type { EnvironmentScope, ScopeView } from '@suite/platform-file';

/** One environment with its regions, or the shared scope, which has nothing to record in. */
export interface PromotedScope {
  readonly name: string;
  /** Empty for the shared scope. */
  readonly regions: readonly EnvironmentScope[];
  /** The environment before it in the order of promotion; absent for the first one. */
  readonly upstream: { readonly environment: string; readonly regions: readonly EnvironmentScope[] } | undefined;
}

/** Finds a scope among all of a platform. Throws a UserError when there is none of that name. */
export function findScope(views: readonly ScopeView[], name: string): PromotedScope {
  if (!views.some(({ scope }) => scope === name)) {
    throw new UserError({
      message: `is \`${name}\`, which the platform file does not know.`,
      location: { kind: 'input', name: 'scope' },
      remedy: `It has ${[...new Set(views.map(({ scope }) => scope))].join(', ')}.`,
    });
  }
  const environments = views.filter((view): view is EnvironmentScope => view.kind === 'environment');
  const regions = environments.filter(({ scope }) => scope === name);
  const order = regions[0]?.order;
  const before = order === undefined ? [] : environments.filter(view => view.order === order - 1);
  const [first] = before;
  return {
    name,
    regions,
    upstream: first === undefined ? undefined : { environment: first.scope, regions: before },
  };
}
